package io.speicher.client;

import static io.speicher.client.Arguments.nonNull;
import static java.util.Objects.requireNonNull;

import io.speicher.protocol.Reply;
import io.speicher.protocol.ValueKind;
import io.speicher.protocol.json.JsonSpan;
import io.speicher.protocol.json.JsonText;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The codecs that the client brings along, and what becomes of their bytes in framed JSON. */
final class Codecs {

  /*
   * Framed JSON has three kinds of values: text, other JSON, and bytes in base64. A server keeps a
   * string of JSON as its characters, so that bytes that are JSON in quotes have to travel as text:
   * else they would come back without the quotes.
   */

  static final Codec<String> STRING = new StringCodec();
  static final Codec<byte[]> BYTES = new BytesCodec();
  static final Codec<Long> LONGS = new LongCodec();
  static final Codec<String> JSON = new JsonCodec();

  private static final byte[] NOTHING = {};

  private Codecs() {}

  /** The value as it is stored. */
  static <V> Reply.Value encode(Codec<V> codec, V value) {
    ByteBuffer bytes = requireNonNull(codec.encode(value), "the codec has returned null");
    if (codec == JSON) {
      return new Reply.Value(ValueKind.JSON, bytes);
    } else if (codec == STRING) {
      return new Reply.Value(ValueKind.TEXT, bytes);
    } else if (codec.isJson()) {
      JsonText.check(bytes);
      return new Reply.Value(isInQuotes(bytes) ? ValueKind.TEXT : ValueKind.JSON, bytes);
    }
    return new Reply.Value(ValueKind.BYTES, bytes);
  }

  static <V> @Nullable V decode(Codec<V> codec, Reply.Value stored) {
    if (codec == JSON && stored.kind() != ValueKind.JSON) {
      String quoted = JsonText.quote(text(stored.bytes()));
      return codec.decode(ByteBuffer.wrap(quoted.getBytes(StandardCharsets.UTF_8)));
    }
    return codec.decode(stored.bytes());
  }

  private static boolean isInQuotes(ByteBuffer json) {
    int at = json.position();
    while (json.get(at) <= ' ') {
      at++;
    }
    return json.get(at) == '"';
  }

  static byte[] array(ByteBuffer bytes) {
    if (bytes.hasArray() && bytes.arrayOffset() == 0 && bytes.position() == 0) {
      byte[] array = bytes.array();
      if (array.length == bytes.limit()) {
        return array; // A reply belongs to who asked.
      }
    }
    byte[] array = bytes.hasRemaining() ? new byte[bytes.remaining()] : NOTHING;
    bytes.get(bytes.position(), array);
    return array;
  }

  private static String text(ByteBuffer bytes) {
    String text;
    if (bytes.hasArray()) {
      int offset = bytes.arrayOffset() + bytes.position();
      text = new String(bytes.array(), offset, bytes.remaining(), StandardCharsets.UTF_8);
    } else {
      text = new String(array(bytes), StandardCharsets.UTF_8);
    }
    if (text.indexOf('\uFFFD') >= 0) {
      requireUtf8(bytes); // It may have been there, or stand for what is no character.
    }
    return text;
  }

  private static void requireUtf8(ByteBuffer bytes) {
    try {
      CharBuffer unused = StandardCharsets.UTF_8.newDecoder().decode(bytes.duplicate());
    } catch (CharacterCodingException e) {
      throw new IllegalArgumentException(
          "value is not UTF-8: valueBytes=" + bytes.remaining() + " (expected: text)", e);
    }
  }

  private static final class StringCodec implements Codec<String> {
    @Override
    public ByteBuffer encode(String value) {
      ByteBuffer bytes = JsonText.utf8(value);
      if (bytes == null) {
        throw new IllegalArgumentException(
            "value holds half of a surrogate pair (expected: whole characters)");
      }
      return bytes;
    }

    @Override
    public String decode(ByteBuffer bytes) {
      return text(bytes);
    }
  }

  private static final class BytesCodec implements Codec<byte[]> {
    @Override
    public ByteBuffer encode(byte[] value) {
      return ByteBuffer.wrap(value);
    }

    @Override
    public byte[] decode(ByteBuffer bytes) {
      return array(bytes);
    }
  }

  private static final class LongCodec implements Codec<Long> {
    @Override
    public ByteBuffer encode(Long value) {
      return ByteBuffer.wrap(Long.toString(value).getBytes(StandardCharsets.US_ASCII));
    }

    @Override
    public Long decode(ByteBuffer bytes) {
      Long number = JsonSpan.parsed(text(bytes));
      if (number == null) {
        throw new IllegalArgumentException(
            "value is no number: valueBytes=" + bytes.remaining() + " (expected: 64 bits)");
      }
      return number;
    }
  }

  private static final class JsonCodec implements Codec<String> {
    @Override
    public ByteBuffer encode(String value) {
      return JsonText.checkedValue(value);
    }

    @Override
    public String decode(ByteBuffer bytes) {
      return text(bytes);
    }

    @Override
    public boolean isJson() {
      return true;
    }
  }

  static final class OfFunctions<V> implements Codec<V> {
    private final Function<? super V, byte[]> encode;
    private final Function<byte[], ? extends V> decode;

    OfFunctions(Function<? super V, byte[]> encode, Function<byte[], ? extends V> decode) {
      this.encode = nonNull("encode", encode);
      this.decode = nonNull("decode", decode);
    }

    @Override
    public ByteBuffer encode(V value) {
      return ByteBuffer.wrap(encode.apply(value));
    }

    @Override
    public @Nullable V decode(ByteBuffer bytes) {
      return decode.apply(array(bytes));
    }
  }
}
