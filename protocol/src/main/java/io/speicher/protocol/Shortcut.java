package io.speicher.protocol;

import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;

/**
 * Recognizes the two commands that nearly all traffic consists of, to get and to set one key, as
 * clients of a dialect spell them, when they lie in a buffer from their first byte to their last.
 * All others, and these in pieces or with anything unusual about them, are the parser's, which
 * would come to the same command for these.
 */
public abstract class Shortcut {
  /** What {@link #find} returns if the command is none of these. */
  protected static final int NONE = -1;

  private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

  /** Whether the command sets. Like all of these it is valid if {@link #find} found one. */
  protected boolean isSet;

  protected int keyIndex;
  protected int keyBytes;
  protected int valueIndex;
  protected int valueBytes;

  /** Where the {@link #number} ends that was read last. */
  protected int numberEnd;

  /** Where the command lies that was taken. */
  private ByteBuffer bytes = NOTHING;

  /** Finds the command that begins at this index, and returns where it ends, or {@link #NONE}. */
  protected abstract int find(ByteBuffer in, int start);

  /** As {@link #find}, but all that matters is the key. */
  protected int findKey(ByteBuffer in, int start) {
    return find(in, start);
  }

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

  /** Takes the next command, or returns false, and takes nothing, if it is none of these. */
  public final boolean take(ByteBuf in) {
    bytes = in.internalNioBuffer(in.readerIndex(), in.readableBytes());
    int start = bytes.position();
    int end = find(bytes, start);
    if (end == NONE) {
      return false;
    }
    in.skipBytes(end - start);
    return true;
  }

  public final boolean isSet() {
    return isSet;
  }

  /** The key of the command that was taken: a view of the buffer, valid until the next call. */
  public final ByteBuffer key() {
    return isSet ? bytes.slice(keyIndex, keyBytes) : piece(keyIndex, keyBytes);
  }

  /** The value, if it sets one. As with {@link #key}. */
  public final ByteBuffer value() {
    return piece(valueIndex, valueBytes);
  }

  /** One view in each command needs no object of its own. */
  private ByteBuffer piece(int index, int length) {
    return bytes.limit(index + length).position(index);
  }

  /** Finds the keys of the commands that are next, as long as they are of these. */
  public final void lookAhead(ByteBuf in, KeysAhead keys) {
    ByteBuffer ahead = in.internalNioBuffer(in.readerIndex(), in.readableBytes());
    keys.begin(ahead);
    int end = findKey(ahead, ahead.position());
    while (end != NONE && !keys.isFull()) {
      keys.add(keyIndex, keyBytes);
      end = findKey(ahead, end);
    }
  }
}
