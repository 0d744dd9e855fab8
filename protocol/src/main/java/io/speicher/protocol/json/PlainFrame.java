package io.speicher.protocol.json;

import static io.speicher.protocol.Bytes.word;
import static java.nio.ByteOrder.BIG_ENDIAN;
import static java.nio.charset.StandardCharsets.US_ASCII;

import io.speicher.protocol.Bytes;
import io.speicher.protocol.Limits;
import io.speicher.protocol.Shortcut;
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
final class PlainFrame extends Shortcut {

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
  private boolean isSpaced;
  private int end;

  PlainFrame(Limits limits) {
    this.limits = limits;
  }

  @Override
  protected int find(ByteBuffer in, int start) {
    int found = findKey(in, start);
    return found != NONE && isPlainToItsEnd(in) ? found : NONE;
  }

  /** Knows nothing of what follows the key, which may be long. */
  @Override
  protected int findKey(ByteBuffer in, int start) {
    if (in.limit() - start < SHORTEST) {
      return NONE;
    }
    int payloadBytes = (int) LENGTH.get(in, start);
    if (payloadBytes < SHORTEST - Frame.HEADER_BYTES
        || payloadBytes > limits.maxFrameBytes()
        || payloadBytes > in.limit() - start - Frame.HEADER_BYTES) {
      return NONE;
    }
    int payload = start + Frame.HEADER_BYTES;
    end = payload + payloadBytes;
    if (!isHead(in, payload)) {
      return NONE;
    }
    int keyEnd =
        Bytes.indexOfSpecial(in, keyIndex, Math.min(end, keyIndex + maxKeyBytes() + 1), true);
    keyBytes = keyEnd - keyIndex;
    return keyBytes >= 1 && keyBytes <= maxKeyBytes() && keyEnd < end && in.get(keyEnd) == '"'
        ? end
        : NONE;
  }

  private int maxKeyBytes() {
    return limits.maxKeyBytes();
  }

  private boolean isHead(ByteBuffer in, int payload) {
    long name = word(in, payload + Long.BYTES);
    long key = word(in, payload + 2 * Long.BYTES);
    keyIndex = payload + 3 * Long.BYTES;
    isSpaced = name == SPACED_GET || name == SPACED_SET;
    isSet = name == SET || name == SPACED_SET;
    if (word(in, payload) != COMMAND) {
      return false;
    }
    if (isSpaced) {
      keyIndex += SPACED_COLON.length;
      return key == SPACED_KEY && is(SPACED_COLON, in, keyIndex - SPACED_COLON.length);
    }
    return (isSet || name == GET) && key == KEY;
  }

  private boolean isPlainToItsEnd(ByteBuffer in) {
    int keyEnd = keyIndex + keyBytes;
    if (!isSet) {
      return isEnd(in, keyEnd);
    }
    byte[] value = isSpaced ? SPACED_VALUE : VALUE;
    valueIndex = keyEnd + value.length;
    valueBytes = end - END.length - valueIndex;
    return is(value, in, keyEnd)
        && isEnd(in, Bytes.indexOfSpecial(in, valueIndex, end - END.length, true));
  }

  private boolean isEnd(ByteBuffer in, int index) {
    return index == end - END.length && is(END, in, index);
  }

  private boolean is(byte[] text, ByteBuffer in, int index) {
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
