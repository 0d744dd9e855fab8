package io.speicher.protocol.memcached;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import io.speicher.protocol.Bytes;
import io.speicher.protocol.Shortcut;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;

/** {@code get <key>} and {@code set <key> <flags> <exptime> <bytes>} with its data block. */
final class PlainCommand extends Shortcut {
  private static final VarHandle INT =
      MethodHandles.byteBufferViewVarHandle(int[].class, LITTLE_ENDIAN);

  private static final int GET = 'g' | 'e' << 8 | 't' << 16 | ' ' << 24;
  private static final int SET = 's' | 'e' << 8 | 't' << 16 | ' ' << 24;
  private static final int NAME_BYTES = 4;
  private static final int MAX_DIGITS = 9;

  private final int maxKeyBytes;
  private final int maxValueBytes;

  private int flags;
  private int exptime;

  /** Where the number that was read last ends. */
  private int numberEnd;

  PlainCommand(int maxKeyBytes, int maxValueBytes) {
    this.maxKeyBytes = maxKeyBytes;
    this.maxValueBytes = maxValueBytes;
  }

  @Override
  protected int find(ByteBuffer in, int start) {
    int limit = in.limit();
    if (limit - start < NAME_BYTES) {
      return NONE;
    }
    int name = (int) INT.get(in, start);
    isSet = name == SET;
    if (!isSet && name != GET) {
      return NONE;
    }
    keyIndex = start + NAME_BYTES;
    int keyEnd = Bytes.indexOfSpace(in, keyIndex, Math.min(limit, keyIndex + maxKeyBytes + 1));
    keyBytes = keyEnd - keyIndex;
    if (keyBytes < 1 || keyBytes > maxKeyBytes) {
      return NONE;
    }
    if (!isSet) {
      return isLineEnd(in, keyEnd) ? keyEnd + 2 : NONE;
    }
    flags = number(in, keyEnd);
    exptime = flags < 0 ? NONE : number(in, numberEnd);
    valueBytes = exptime < 0 ? NONE : number(in, numberEnd);
    if (valueBytes < 0 || valueBytes > maxValueBytes || !isLineEnd(in, numberEnd)) {
      return NONE;
    }
    valueIndex = numberEnd + 2;
    if (valueBytes > limit - valueIndex - 2) {
      return NONE;
    }
    int valueEnd = valueIndex + valueBytes;
    return isLineEnd(in, valueEnd) ? valueEnd + 2 : NONE;
  }

  /** A number after one space, or {@link #NONE}. */
  private int number(ByteBuffer in, int space) {
    int first = space + 1;
    int end = Math.min(in.limit(), first + MAX_DIGITS);
    if (space >= in.limit() || in.get(space) != ' ') {
      return NONE;
    }
    int number = 0;
    int at = first;
    for (; at < end; at++) {
      int digit = in.get(at) - '0';
      if (digit < 0 || digit > 9) {
        break;
      }
      number = 10 * number + digit;
    }
    numberEnd = at;
    return at > first ? number : NONE;
  }

  private static boolean isLineEnd(ByteBuffer in, int index) {
    return index < in.limit() - 1 && in.get(index) == '\r' && in.get(index + 1) == '\n';
  }

  int flags() {
    return flags;
  }

  int exptime() {
    return exptime;
  }
}
