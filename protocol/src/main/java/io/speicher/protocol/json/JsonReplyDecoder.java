package io.speicher.protocol.json;

import io.speicher.protocol.ProtocolException;
import io.speicher.protocol.Reply;
import io.speicher.protocol.ValueKind;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Reads the replies of one connection, for a client. Not safe for more than one thread at a time.
 */
public final class JsonReplyDecoder {
  private static final byte[] STATUS_CODE = "status_code".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] VALUE = "value".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] MESSAGE = "message".getBytes(StandardCharsets.US_ASCII);

  private final int maxFrameBytes;
  private final JsonScanner scanner = new JsonScanner();

  /**
   * @param maxFrameBytes the longest payload that is believed
   */
  public JsonReplyDecoder(int maxFrameBytes) {
    this.maxFrameBytes = maxFrameBytes;
  }

  /**
   * Takes one reply from the position of {@code in}, or returns null, and takes nothing, if it is
   * not there to its end. A {@link Reply.Value} holds a view of {@code in}. A status code that the
   * protocol does not list is taken by its class: 4xx is refused, 5xx is failed.
   *
   * @throws ProtocolException if the reply makes no sense, so that nothing after it can be trusted
   */
  public @Nullable Reply decode(ByteBuffer in) {
    ByteBuffer payload = Frame.take(in, maxFrameBytes);
    if (payload == null) {
      return null;
    }
    try {
      return reply(payload);
    } catch (MalformedJsonException e) {
      throw new ProtocolException(e.reason());
    }
  }

  private Reply reply(ByteBuffer payload) throws MalformedJsonException {
    JsonSpan statusCode = null;
    JsonSpan value = null;
    JsonSpan message = null;
    scanner.begin(payload);
    while (scanner.nextMember()) {
      if (scanner.nameEquals(STATUS_CODE)) {
        statusCode = scanner.valueSpan();
      } else if (scanner.nameEquals(VALUE)) {
        value = scanner.valueSpan();
      } else if (scanner.nameEquals(MESSAGE)) {
        message = scanner.valueSpan();
      }
    }
    if (statusCode == null) {
      throw new ProtocolException("the reply has no status_code");
    }
    long status = statusCode.unsignedInteger();
    if (status == 200) {
      return value == null ? Reply.Done.DONE : value(value);
    } else if (status == 404) {
      return Reply.Miss.MISS;
    } else if (status >= 400 && status <= 499) {
      return new Reply.Refused((int) status, text(message));
    } else if (status >= 500 && status <= 599) {
      return new Reply.Failed((int) status, text(message));
    }
    throw new ProtocolException("the reply has a status_code that means nothing");
  }

  private static Reply.Value value(JsonSpan value) {
    ByteBuffer text = value.plainText();
    return text == null
        ? new Reply.Value(ValueKind.JSON, value.json())
        : new Reply.Value(ValueKind.TEXT, text);
  }

  private static String text(@Nullable JsonSpan message) {
    return message != null && message.isString() ? message.string() : "the server gave no reason";
  }
}
