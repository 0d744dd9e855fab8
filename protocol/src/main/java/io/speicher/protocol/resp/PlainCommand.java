package io.speicher.protocol.resp;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import io.speicher.protocol.Shortcut;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;

/** {@code GET key} and {@code SET key value}, as arrays of bulk strings. */
final class PlainCommand extends Shortcut {

  /*
   * Clients spell both in one way:
   *
   *   *2 | $3 | GET | $7 | example                  each | is CR LF, and there is one at the end
   *   *3 | $3 | SET | $7 | example | $5 | value
   *
   * So all up to the length of the key is compared as two numbers of eight bytes. That takes a few
   * nanoseconds, where the parser takes about 80 for each command.
   */
  private static final VarHandle LONG =
      MethodHandles.byteBufferViewVarHandle(long[].class, LITTLE_ENDIAN);

  private static final long TWO_WORDS = word("*2\r\n$3\r\n");
  private static final long THREE_WORDS = word("*3\r\n$3\r\n");
  private static final long GET = word("get\r\n$\0\0");
  private static final long SET = word("set\r\n$\0\0");
  private static final long SIX_BYTES = 0xFFFF_FFFF_FFFFL;
  private static final long LOWER_CASE = word("   \0\0\0\0\0");
  private static final int KEY_LENGTH = 14;
  private static final int SHORTEST = KEY_LENGTH + "1\r\nk\r\n".length();
  private static final int MAX_LENGTH_DIGITS = 8;

  private final int maxKeyBytes;
  private final int maxValueBytes;

  /** Where the number that was read last ends, behind its CR LF. */
  private int numberEnd;

  PlainCommand(int maxKeyBytes, int maxValueBytes) {
    this.maxKeyBytes = maxKeyBytes;
    this.maxValueBytes = maxValueBytes;
  }

  @Override
  protected int find(ByteBuffer in, int start) {
    if (in.limit() - start < SHORTEST) {
      return NONE;
    }
    long head = (long) LONG.get(in, start);
    long name = ((long) LONG.get(in, start + Long.BYTES) & SIX_BYTES) | LOWER_CASE;
    boolean isGet = head == TWO_WORDS && name == GET;
    isSet = head == THREE_WORDS && name == SET;
    if (!isGet && !isSet) {
      return NONE;
    }
    keyBytes = number(in, start + KEY_LENGTH, maxKeyBytes);
    keyIndex = numberEnd;
    if (keyBytes < 1) {
      return NONE;
    }
    int keyEnd = keyIndex + keyBytes + 2;
    if (isGet) {
      return keyEnd <= in.limit() ? keyEnd : NONE;
    }
    if (keyEnd >= in.limit() || in.get(keyEnd) != '$') {
      return NONE;
    }
    valueBytes = number(in, keyEnd + 1, maxValueBytes);
    valueIndex = numberEnd;
    return valueBytes >= 0 && valueBytes <= in.limit() - valueIndex - 2
        ? valueIndex + valueBytes + 2
        : NONE;
  }

  /** A length and its line end, or -1 if it is not written as lengths are, or too large. */
  private int number(ByteBuffer in, int start, int max) {
    int number = 0;
    int end = Math.min(in.limit() - 1, start + MAX_LENGTH_DIGITS + 1);
    for (int at = start; at < end; at++) {
      int digit = in.get(at) - '0';
      if (digit < 0 || digit > 9) {
        numberEnd = at + 2;
        boolean isEnded = digit == '\r' - '0' && in.get(at + 1) == '\n';
        boolean isUsual = at > start && (in.get(start) != '0' || at == start + 1);
        return isEnded && isUsual && number <= max ? number : -1;
      }
      number = 10 * number + digit;
    }
    return -1;
  }

  /** Eight bytes, as they are read. */
  private static long word(String text) {
    long word = 0;
    for (int i = 0; i < Long.BYTES; i++) {
      word |= (long) text.charAt(i) << (8 * i);
    }
    return word;
  }
}
