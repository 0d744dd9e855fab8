package io.speicher.dialect.memcached;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import io.speicher.protocol.Bytes;
import io.speicher.dialect.Shortcut;
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

  PlainCommand(int maxKeyBytes, int maxValueBytes) {
    this.maxKeyBytes = maxKeyBytes;
    this.maxValueBytes = maxValueBytes;
  }

  @Override
  protected boolean find(ByteBuffer in, int start, Parts found) {
    int limit = in.limit();
    if (limit - start < NAME_BYTES) {
      return false;
    }
    int name = (int) INT.get(in, start);
    if (name != GET && name != SET) {
      return false;
    }
    int keyIndex = start + NAME_BYTES;
    int keyEnd = Bytes.indexOfSpace(in, keyIndex, Math.min(limit, keyIndex + maxKeyBytes + 1));
    int keyBytes = keyEnd - keyIndex;
    if (keyBytes < 1 || keyBytes > maxKeyBytes) {
      return false;
    }
    found.isSet = name == SET;
    found.isPlain = true;
    found.keyIndex = keyIndex;
    found.keyBytes = keyBytes;
    found.end = keyEnd + 2;
    return found.isSet ? findValue(in, keyEnd, found) : isLineEnd(in, keyEnd);
  }

  private boolean findValue(ByteBuffer in, int keyEnd, Parts found) {
    found.flags = numberAfter(keyEnd, in);
    found.exptime = found.flags < 0 ? NONE : numberAfter(numberEnd, in);
    found.valueBytes = found.exptime < 0 ? NONE : numberAfter(numberEnd, in);
    if (found.valueBytes < 0
        || found.valueBytes > maxValueBytes
        || !isLineEnd(in, numberEnd)
        || found.valueBytes > in.limit() - numberEnd - 4) {
      return false;
    }
    found.valueIndex = numberEnd + 2;
    int valueEnd = found.valueIndex + found.valueBytes;
    found.end = valueEnd + 2;
    return isLineEnd(in, valueEnd);
  }

  /** A number after one space, or {@link #NONE}. */
  private int numberAfter(int space, ByteBuffer in) {
    return space < in.limit() && in.get(space) == ' ' ? number(in, space + 1, MAX_DIGITS) : NONE;
  }
}
