package io.speicher.client;

import java.nio.ByteBuffer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Turns values of type {@code V} into the bytes that a server stores, and back. What {@link
 * #encode} returns is what {@link #decode} gets, byte for byte, and what every other client of the
 * server reads, whatever protocol it speaks.
 *
 * <p><b>Threads.</b> A codec is used by many at once. Blocking calls run it on the caller's thread;
 * asynchronous ones encode on the caller's and decode where callbacks run.
 *
 * <p><b>Errors.</b> What a codec throws reaches callers as the cause of a {@link
 * io.speicher.client.exception.CodecException}, or is a miss, as {@link CacheOptions#onFailure}
 * says.
 *
 * @param <V> the type of the values
 */
public interface Codec<V> {
  /** The value's bytes, from the position to the limit of a buffer that nobody changes any more. */
  ByteBuffer encode(V value);

  /**
   * The value of bytes, or null if they are none of this codec's, which counts as a miss.
   *
   * @param bytes valid until this returns, and not to be written to
   */
  @Nullable V decode(ByteBuffer bytes);

  /**
   * Whether {@link #encode} always returns one JSON value in UTF-8. A server keeps it as JSON then,
   * and clients of framed JSON in other languages read it as such. It still comes back with the
   * same bytes.
   */
  default boolean isJson() {
    return false;
  }

  /**
   * The same, with a name and a version in front of the bytes. What has been stored under another
   * name or version, or without any, is a miss: that is how a class can change its fields while
   * both versions of a program run. Other clients see the name and the version as well.
   *
   * @param name 1 to 100 characters of ASCII
   */
  default Codec<V> versioned(String name, int version) {
    return new VersionedCodec<>(this, name, version);
  }

  /**
   * Strings, as UTF-8. Half of a surrogate pair, which has no UTF-8, cannot be stored. Bytes that
   * are not UTF-8 cannot be read.
   */
  static Codec<String> string() {
    return Codecs.STRING;
  }

  /** Bytes, as they are. The arrays belong to the caller. */
  static Codec<byte[]> bytes() {
    return Codecs.BYTES;
  }

  /** Numbers, as decimal text: what {@link Cache#add} counts with. */
  static Codec<Long> longs() {
    return Codecs.LONGS;
  }

  /**
   * Texts of JSON: {@code [1, 2]}, {@code "a string"}, {@code null}. What is stored as a string, in
   * whatever way, is read as JSON in quotes. A text that is not JSON cannot be stored.
   */
  static Codec<String> json() {
    return Codecs.JSON;
  }

  /**
   * Values of whatever two functions make bytes of, for example with protocol buffers:
   *
   * <pre>{@code
   * Codec<User> users = Codec.of(User::toByteArray, User::parseFrom);
   * }</pre>
   *
   * @param encode its array is not changed any more
   * @param decode gets an array of its own
   */
  static <V> Codec<V> of(Function<? super V, byte[]> encode, Function<byte[], ? extends V> decode) {
    return new Codecs.OfFunctions<>(encode, decode);
  }
}
