package io.speicher.client;

import io.speicher.protocol.Reply;
import io.speicher.protocol.ValueKind;
import io.speicher.protocol.json.JsonText;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.function.Function;

/**
 * Turns values of type {@code V} into what a server stores, which is JSON, and back.
 *
 * <p>A codec is safe for all threads if its functions are. A blocking call runs it on the caller's
 * thread. An {@code …Async} call encodes on the caller's thread and decodes on the client's, so a
 * decoding function must not block.
 *
 * @param <V> the type of the values
 */
public abstract sealed class Codec<V> {
  private Codec() {}

  /**
   * Values are strings. What somebody else stored as other JSON is read as its text: the number 1
   * as {@code "1"}, null as {@code "null"}.
   */
  public static Codec<String> text() {
    return TextCodec.INSTANCE;
  }

  /**
   * Values are the texts of any JSON: {@code "[1, 2]"}, {@code "\"a string\""}, {@code "null"}. A
   * text that is not JSON is refused with {@link IllegalArgumentException} before it is sent.
   */
  public static Codec<String> json() {
    return of(Function.identity(), Function.identity());
  }

  /**
   * Values are whatever two functions make of JSON, for example with Jackson:
   *
   * <pre>{@code
   * Codec<User> users =
   *     Codec.of(mapper::writeValueAsString, json -> mapper.readValue(json, User.class));
   * }</pre>
   *
   * <p>What the functions throw reaches the caller as it is. A {@code fromJson} that returns null
   * makes the value look like a miss.
   *
   * @param toJson returns the text of one JSON value; anything else is refused with {@link
   *     IllegalArgumentException}
   * @param fromJson gets the text of one JSON value
   */
  public static <V> Codec<V> of(Function<? super V, String> toJson, Function<String, V> fromJson) {
    Objects.requireNonNull(toJson, "toJson is null");
    Objects.requireNonNull(fromJson, "fromJson is null");
    return new JsonCodec<>(toJson, fromJson);
  }

  /** The value as it is stored; the bytes are its {@link Reply.Value#kind}. */
  abstract Reply.Value encode(V value);

  abstract V decode(Reply.Value stored);

  private static String string(ByteBuffer utf8) {
    byte[] bytes = new byte[utf8.remaining()];
    utf8.duplicate().get(bytes);
    return new String(bytes, StandardCharsets.UTF_8);
  }

  private static final class TextCodec extends Codec<String> {
    private static final TextCodec INSTANCE = new TextCodec();

    @Override
    Reply.Value encode(String value) {
      ByteBuffer text = JsonText.utf8(value);
      if (text != null) {
        return new Reply.Value(ValueKind.TEXT, text);
      }
      // Half of a surrogate pair has no UTF-8, but JSON has an escape for it.
      byte[] json = JsonText.quote(value).getBytes(StandardCharsets.UTF_8);
      return new Reply.Value(ValueKind.JSON, ByteBuffer.wrap(json));
    }

    @Override
    String decode(Reply.Value stored) {
      ByteBuffer bytes = stored.bytes();
      if (stored.kind() == ValueKind.JSON && bytes.get(bytes.position()) == '"') {
        return JsonText.unescape(bytes.slice(bytes.position() + 1, bytes.remaining() - 2));
      }
      return string(bytes);
    }
  }

  private static final class JsonCodec<V> extends Codec<V> {
    private final Function<? super V, String> toJson;
    private final Function<String, V> fromJson;

    JsonCodec(Function<? super V, String> toJson, Function<String, V> fromJson) {
      this.toJson = toJson;
      this.fromJson = fromJson;
    }

    @Override
    Reply.Value encode(V value) {
      String json = Objects.requireNonNull(toJson.apply(value), "toJson has returned null");
      return new Reply.Value(ValueKind.JSON, JsonText.checkedValue(json));
    }

    @Override
    V decode(Reply.Value stored) {
      String text = string(stored.bytes());
      return fromJson.apply(stored.kind() == ValueKind.TEXT ? JsonText.quote(text) : text);
    }
  }
}
