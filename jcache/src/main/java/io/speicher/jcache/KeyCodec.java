package io.speicher.jcache;

import java.util.function.Function;

/**
 * Turns keys into strings, which is what they are on a server, and back. Equal keys give equal
 * strings of at least one character, and other keys give others.
 *
 * <p>Any thread may use it.
 *
 * @param <K> the type of the keys
 */
public interface KeyCodec<K> {
  String encode(K key);

  K decode(String text);

  /** Of two functions, such as {@code KeyCodec.of(UUID::toString, UUID::fromString)}. */
  static <K> KeyCodec<K> of(
      Function<? super K, String> encode, Function<String, ? extends K> decode) {
    return new KeyCodec<>() {
      @Override
      public String encode(K key) {
        return encode.apply(key);
      }

      @Override
      public K decode(String text) {
        return decode.apply(text);
      }
    };
  }
}
