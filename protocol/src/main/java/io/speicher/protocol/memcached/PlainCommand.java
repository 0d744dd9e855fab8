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
    flags = numberAfter(keyEnd, in);
    exptime = flags < 0 ? NONE : numberAfter(numberEnd, in);
    valueBytes = exptime < 0 ? NONE : numberAfter(numberEnd, in);
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
  private int numberAfter(int space, ByteBuffer in) {
    return space < in.limit() && in.get(space) == ' ' ? number(in, space + 1, MAX_DIGITS) : NONE;
  }

  int flags() {
    return flags;
  }

  int exptime() {
    return exptime;
  }
}
