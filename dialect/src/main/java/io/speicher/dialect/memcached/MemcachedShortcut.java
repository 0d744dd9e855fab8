package io.speicher.dialect.memcached;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import io.speicher.dialect.Plain;
import io.speicher.dialect.Shortcut;
import io.speicher.protocol.Bytes;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;

/** {@code get <key>} and {@code set <key> <flags> <exptime> <bytes>} with its data block. */
final class MemcachedShortcut extends Shortcut {
  private static final VarHandle INT =
      MethodHandles.byteBufferViewVarHandle(int[].class, LITTLE_ENDIAN);

  private static final int GET = 'g' | 'e' << 8 | 't' << 16 | ' ' << 24;
  private static final int SET = 's' | 'e' << 8 | 't' << 16 | ' ' << 24;
  private static final int NAME_BYTES = 4;
  private static final int MAX_DIGITS = 9;

  private final int maxKeyBytes;
  private final int maxValueBytes;

  MemcachedShortcut(int maxKeyBytes, int maxValueBytes) {
    this.maxKeyBytes = maxKeyBytes;
    this.maxValueBytes = maxValueBytes;
  }

  @Override
  protected boolean find(ByteBuffer in, int start, Plain found) {
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
    found.key(keyIndex, keyBytes);
    if (name == SET) {
      return findValue(in, keyEnd, found);
    }
    found.found(false, keyEnd + 2);
    return isLineEnd(in, keyEnd);
  }

  private boolean findValue(ByteBuffer in, int keyEnd, Plain found) {
    int flags = numberAfter(keyEnd, in);
    int exptime = flags < 0 ? NONE : numberAfter(numberEnd, in);
    int valueBytes = exptime < 0 ? NONE : numberAfter(numberEnd, in);
    if (valueBytes < 0
        || valueBytes > maxValueBytes
        || !isLineEnd(in, numberEnd)
        || valueBytes > in.limit() - numberEnd - 4) {
      return false;
    }
    int valueIndex = numberEnd + 2;
    int valueEnd = valueIndex + valueBytes;
    found.found(true, valueEnd + 2);
    found.value(valueIndex, valueBytes);
    found.flags(flags, exptime);
    return isLineEnd(in, valueEnd);
  }

  /** A number after one space, or {@link #NONE}. */
  private int numberAfter(int space, ByteBuffer in) {
    return space < in.limit() && in.get(space) == ' ' ? number(in, space + 1, MAX_DIGITS) : NONE;
  }
}
