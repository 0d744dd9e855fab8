package io.speicher.dialect.json;

import static io.speicher.protocol.Bytes.word;
import static java.nio.ByteOrder.BIG_ENDIAN;
import static java.nio.charset.StandardCharsets.US_ASCII;

import io.speicher.dialect.Plain;
import io.speicher.dialect.Shortcut;
import io.speicher.protocol.Bytes;
import io.speicher.protocol.Limits;
import io.speicher.protocol.json.Frame;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;

/**
 * The frames that nearly all traffic consists of, as clients spell them:
 *
 * <pre>
 *  {"command":"GET","key":"..."}                  {"command": "GET", "key": "..."}
 *  {"command":"SET","key":"...","value":"..."}    {"command": "SET", "key": "...", "value": "..."}
 * </pre>
 *
 * with ASCII between the quotes, none of it escaped.
 */
final class JsonShortcut extends Shortcut {

  /*
   * What stands before the key is compared as numbers of eight bytes: three, and one more where
   * there are spaces. That takes some nanoseconds, where a strict scanner takes about a hundred.
   */
  private static final VarHandle LENGTH =
      MethodHandles.byteBufferViewVarHandle(int[].class, BIG_ENDIAN);

  private static final long COMMAND = word("{\"comman");
  private static final long GET = word("d\":\"GET\"");
  private static final long SET = word("d\":\"SET\"");
  private static final long KEY = word(",\"key\":\"");
  private static final long SPACED_GET = word("d\": \"GET");
  private static final long SPACED_SET = word("d\": \"SET");
  private static final long SPACED_KEY = word("\", \"key\"");
  private static final byte[] SPACED_COLON = ascii(": \"");

  private static final byte[] END = ascii("\"}");
  private static final byte[] VALUE = ascii("\",\"value\":\"");
  private static final byte[] SPACED_VALUE = ascii("\", \"value\": \"");
  private static final int SHORTEST = Frame.HEADER_BYTES + 3 * Long.BYTES + 1 + END.length;

  private final Limits limits;

  JsonShortcut(Limits limits) {
    this.limits = limits;
  }

  /** Whatever follows the key, that and the end are right. */
  @Override
  protected boolean find(ByteBuffer in, int start, Plain found) {
    if (in.limit() - start < SHORTEST) {
      return false;
    }
    int payloadBytes = (int) LENGTH.get(in, start);
    if (payloadBytes < SHORTEST - Frame.HEADER_BYTES
        || payloadBytes > limits.maxFrameBytes()
        || payloadBytes > in.limit() - start - Frame.HEADER_BYTES) {
      return false;
    }
    int payload = start + Frame.HEADER_BYTES;
    int end = payload + payloadBytes;
    long name = word(in, payload + Long.BYTES);
    long key = word(in, payload + 2 * Long.BYTES);
    boolean isSpaced = name == SPACED_GET || name == SPACED_SET;
    boolean isSet = name == SET || name == SPACED_SET;
    int keyIndex = payload + 3 * Long.BYTES + (isSpaced ? SPACED_COLON.length : 0);
    if (word(in, payload) != COMMAND
        || !(isSpaced
            ? key == SPACED_KEY && is(SPACED_COLON, in, keyIndex - SPACED_COLON.length, end)
            : (isSet || name == GET) && key == KEY)) {
      return false;
    }
    int keyEnd =
        Bytes.indexOfSpecial(
            in, keyIndex, Math.min(end, keyIndex + limits.maxKeyBytes() + 1), true);
    int keyBytes = keyEnd - keyIndex;
    if (keyBytes < 1 || keyBytes > limits.maxKeyBytes() || keyEnd >= end) {
      return false;
    }
    found.found(isSet, end);
    found.key(keyIndex, keyBytes);
    boolean isUsual = isSet ? findValue(in, keyEnd, isSpaced, found) : isEnd(in, keyEnd, end);
    if (!isUsual) {
      found.unusual();
    }
    return in.get(keyEnd) == '"';
  }

  private static boolean findValue(ByteBuffer in, int keyEnd, boolean isSpaced, Plain found) {
    byte[] value = isSpaced ? SPACED_VALUE : VALUE;
    int valueIndex = keyEnd + value.length;
    int valueEnd = found.end() - END.length;
    found.value(valueIndex, valueEnd - valueIndex);
    return is(value, in, keyEnd, found.end())
        && isEnd(in, Bytes.indexOfSpecial(in, valueIndex, valueEnd, true), found.end());
  }

  private static boolean isEnd(ByteBuffer in, int index, int end) {
    return index == end - END.length && is(END, in, index, end);
  }

  private static boolean is(byte[] text, ByteBuffer in, int index, int end) {
    if (end - index < text.length) {
      return false;
    }
    for (int i = 0; i < text.length; i++) {
      if (in.get(index + i) != text[i]) {
        return false;
      }
    }
    return true;
  }

  private static byte[] ascii(String text) {
    return text.getBytes(US_ASCII);
  }
}
