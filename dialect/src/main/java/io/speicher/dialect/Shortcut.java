package io.speicher.dialect;

import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Recognizes the two commands that nearly all traffic consists of, to get and to set one key, as
 * clients of a dialect spell them, when they lie in a buffer from their first byte to their last.
 * All others, and these in pieces or with anything unusual about them, are the parser's, which
 * would come to the same command for these.
 */
public abstract class Shortcut {
  /** Stands for a number that is none. */
  protected static final int NONE = -1;

  private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

  /** Where the parts of a command lie: indexes of the buffer in which it was found. */
  protected static final class Parts {
    int start;
    public int end;
    public boolean isSet;

    /** Whether all of it is as usual. Else its key and its end are right, and nothing more. */
    public boolean isPlain;

    public int keyIndex;
    public int keyBytes;
    public int valueIndex;
    public int valueBytes;

    /** What memcached's clients say of a value. */
    public int flags;

    public int exptime;
  }

  private static final Parts NO_PARTS = new Parts();

  /** Those of the command that was taken. */
  private Parts parts = NO_PARTS;

  /** Where the command lies that was taken. */
  private ByteBuffer bytes = NOTHING;

  /** Another view of the same memory: of a key, beside that of a value. */
  private ByteBuffer keys = NOTHING;

  /** What {@link #keys} is another view of. */
  private ByteBuffer viewedTwice = NOTHING;

  private @Nullable KeysAhead ahead;

  /** Where the {@link #number} ends that was read last. */
  protected int numberEnd;

  /** Finds the parts of the command that begins at this index, or returns false. */
  protected abstract boolean find(ByteBuffer in, int start, Parts found);

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

  /**
   * Takes the next command, if {@link #lookAhead} has found it. Else it returns false, and takes
   * nothing: it is the parser's.
   */
  public final boolean take(ByteBuf in) {
    ByteBuffer buffer = in.internalNioBuffer(in.readerIndex(), in.readableBytes());
    Parts found = ahead == null ? null : ahead.recall(buffer);
    if (found == null || !found.isPlain) {
      return false;
    }
    in.skipBytes(found.end - found.start);
    bytes = buffer;
    parts = found;
    return true;
  }

  public final boolean isSet() {
    return parts.isSet;
  }

  /** The key of the command that was taken: a view of the buffer, valid until the next call. */
  public final ByteBuffer key() {
    return view(parts.isSet ? secondView() : bytes, parts.keyIndex, parts.keyBytes);
  }

  /** The value, if it sets one. As with {@link #key}. */
  public final ByteBuffer value() {
    return view(bytes, parts.valueIndex, parts.valueBytes);
  }

  public final int flags() {
    return parts.flags;
  }

  public final int exptime() {
    return parts.exptime;
  }

  /** The views of a buffer are used again: one for each command would be garbage. */
  private static ByteBuffer view(ByteBuffer whole, int index, int length) {
    return whole.limit(index + length).position(index);
  }

  @SuppressWarnings("ReferenceEquality") // Another buffer may have the same bytes.
  private ByteBuffer secondView() {
    if (viewedTwice != bytes) {
      viewedTwice = bytes;
      keys = bytes.duplicate();
    }
    return keys;
  }

  /**
   * Finds the commands that are next, as long as they are of these. It takes none, and relies on
   * them: until each has been taken, or the batch is forgotten, they must stay what they are.
   */
  public final void lookAhead(ByteBuf in, KeysAhead keysAhead) {
    ByteBuffer buffer = in.internalNioBuffer(in.readerIndex(), in.readableBytes());
    ahead = keysAhead;
    ahead.goOnIn(buffer);
    int start = buffer.position();
    while (!ahead.isFull() && find(buffer, start, ahead.next())) {
      ahead.next().start = start;
      start = ahead.next().end;
      ahead.add();
    }
  }
}
