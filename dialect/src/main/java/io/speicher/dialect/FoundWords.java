package io.speicher.dialect;

/**
 * Where the words of a command lie, if they are too many for all their places to be remembered. A
 * word is looked for when it is asked for, from the one before it on, and the places of the last
 * {@link #REMEMBERED} words stay known: so it is cheap to ask for one word after the other, and
 * again for some of the last ones. To ask for one further back begins anew with the first one.
 */
public abstract class FoundWords {
  public static final int REMEMBERED = 64;

  /** Stands for the end of a word where there is none. */
  protected static final int NONE = -1;

  private final int[] starts = new int[REMEMBERED];
  private final int[] ends = new int[REMEMBERED];
  private int count;

  /** Where a word begins. There must be one of this index. */
  public final int start(int index) {
    return starts[slotOf(index)];
  }

  /** Where a word ends: the offset behind its last byte. */
  public final int end(int index) {
    return ends[slotOf(index)];
  }

  private int slotOf(int index) {
    if (index < count - REMEMBERED) {
      count = 0;
    }
    while (count <= index) {
      findAfter(count == 0 ? NONE : ends[(count - 1) % REMEMBERED]);
    }
    return index % REMEMBERED;
  }

  /**
   * Looks for the next word, and says where it is by {@link #found}.
   *
   * @param end of the word before it, or {@link #NONE} if it is the first one
   */
  protected abstract void findAfter(int end);

  protected final void found(int start, int end) {
    starts[count % REMEMBERED] = start;
    ends[count % REMEMBERED] = end;
    count++;
  }
}
