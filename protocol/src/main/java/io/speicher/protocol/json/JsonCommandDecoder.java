package io.speicher.protocol.json;

import io.netty.buffer.ByteBuf;
import io.speicher.protocol.Command;
import io.speicher.protocol.Limits;
import io.speicher.protocol.ProtocolException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Reads the commands of one connection. Not safe for more than one thread at a time. */
public final class JsonCommandDecoder {
  private static final byte[] COMMAND = ascii("command");
  private static final byte[] KEY = ascii("key");
  private static final byte[] VALUE = ascii("value");
  private static final byte[] TTL = ascii("ttl");

  private final Limits limits;
  private final JsonScanner scanner = new JsonScanner();

  public JsonCommandDecoder(Limits limits) {
    this.limits = limits;
  }

  /**
   * Takes one command from {@code in}, or returns null, and takes nothing, if it is not there to
   * its end. What the command holds are views of {@code in}.
   *
   * @throws ProtocolException if the frame has an impossible length
   */
  public @Nullable Command decode(ByteBuf in) {
    ByteBuffer payload = Frame.take(in, limits.maxFrameBytes());
    if (payload == null) {
      return null;
    }
    try {
      return command(payload);
    } catch (MalformedJsonException e) {
      return new Command.Malformed(e.reason());
    }
  }

  private Command command(ByteBuffer payload) throws MalformedJsonException {
    JsonSpan command = null;
    JsonSpan key = null;
    JsonSpan value = null;
    JsonSpan ttl = null;
    scanner.begin(payload);
    while (scanner.nextMember()) {
      if (scanner.nameEquals(COMMAND)) {
        command = scanner.valueSpan();
      } else if (scanner.nameEquals(KEY)) {
        key = scanner.valueSpan();
      } else if (scanner.nameEquals(VALUE)) {
        value = scanner.valueSpan();
      } else if (scanner.nameEquals(TTL)) {
        ttl = scanner.valueSpan();
      }
    }
    return switch (string("command", command).string()) {
      case "GET" -> new Command.Get(key(key));
      case "SET" -> set(key(key), value, ttl);
      case "DEL" -> new Command.Delete(key(key));
      case "RST" -> new Command.Clear();
      case "PING" -> new Command.Ping();
      default ->
          throw new MalformedJsonException(
              "unknown command (expected: GET, SET, DEL, RST or PING, in upper case)");
    };
  }

  private static Command.Set set(ByteBuffer key, @Nullable JsonSpan value, @Nullable JsonSpan ttl)
      throws MalformedJsonException {
    if (value == null) {
      throw new MalformedJsonException("member missing: value");
    }
    long ttlMillis = ttl == null ? Command.Set.NO_TTL : ttlMillis(ttl);
    return new Command.Set(key, value.kind(), value.bytes(), ttlMillis);
  }

  private static long ttlMillis(JsonSpan ttl) throws MalformedJsonException {
    long ttlMillis = ttl.unsignedInteger();
    if (ttlMillis < 1) {
      throw new MalformedJsonException(
          "ttl is not an integer number of milliseconds (expected: 1.."
              + Limits.MAX_TTL_MILLIS
              + ")");
    }
    return ttlMillis;
  }

  private ByteBuffer key(@Nullable JsonSpan span) throws MalformedJsonException {
    ByteBuffer key = string("key", span).utf8();
    if (key == null) {
      throw new MalformedJsonException("key holds half of a surrogate pair, which is no character");
    }
    if (!key.hasRemaining() || key.remaining() > limits.maxKeyBytes()) {
      throw new MalformedJsonException(
          (key.hasRemaining() ? "key too long: keyBytes=" : "key empty: keyBytes=")
              + key.remaining()
              + " (expected: 1.."
              + limits.maxKeyBytes()
              + ")");
    }
    return key;
  }

  private static JsonSpan string(String name, @Nullable JsonSpan span)
      throws MalformedJsonException {
    if (span == null) {
      throw new MalformedJsonException("member missing: " + name);
    }
    if (!span.isString()) {
      throw new MalformedJsonException("member is not a string: " + name);
    }
    return span;
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
