package io.speicher.dialect;

import java.nio.ByteBuffer;

/**
 * Recognizes the two commands that nearly all traffic consists of, to get and to set one key, as
 * clients of a dialect spell them, when they lie in a buffer from their first byte to their last.
 * All others, and these in pieces or with anything unusual about them, are the parser's, which
 * would come to the same command for these.
 */
public abstract class Shortcut {
  /** Stands for a number that is none. */
  protected static final int NONE = -1;

  /** Where the {@link #number} ends that was read last. */
  protected int numberEnd;

  /**
   * Finds the parts of the command that begins at this index, or returns false. Nothing is looked
   * at behind the limit of {@code in}.
   */
  protected abstract boolean find(ByteBuffer in, int start, Plain found);

  /** A number of so many digits at the most, or {@link #NONE} if there is no digit. */
  protected final int number(ByteBuffer in, int start, int maxDigits) {
    int end = Math.min(in.limit(), start + maxDigits);
    int number = 0;
    int at = start;
    for (; at < end; at++) {
      int digit = in.get(at) - '0';
      if (digit < 0 || digit > 9) {
        break;
      }
      number = 10 * number + digit;
    }
    numberEnd = at;
    return at > start ? number : NONE;
  }

  protected static boolean isLineEnd(ByteBuffer in, int index) {
    return index < in.limit() - 1 && in.get(index) == '\r' && in.get(index + 1) == '\n';
  }

  /** Finds the commands that come next, as long as they are plain and there is room for them. */
  public final void lookAhead(ReceivedBytes received, Ahead ahead) {
    ByteBuffer in = received.readable();
    int start = received.bytes().readerIndex();
    while (!ahead.isFull() && find(in, start, ahead.next())) {
      Plain found = ahead.next();
      found.source = received;
      found.start = start;
      start = found.end;
      ahead.add();
    }
  }
}
