package io.speicher.jcache;

import io.speicher.client.Codec;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.ObjectStreamClass;
import java.io.UncheckedIOException;
import java.util.Base64;
import java.util.UUID;

/**
 * How keys and values are stored where a configuration does not say: strings, numbers and bytes so
 * that every client reads them, and everything else by Java serialization.
 */
final class DefaultCodecs {

  /*
   * The key of a cache whose type of keys says nothing begins with a letter for its own type:
   * s is a string, i an Integer, l a Long, u a UUID, o what Java has serialized, in base64.
   */

  private DefaultCodecs() {}

  @SuppressWarnings("unchecked") // The type of the keys says which one it is.
  static <K> KeyCodec<K> keys(Class<K> type, ClassLoader loader) {
    KeyCodec<?> codec;
    if (type == String.class) {
      codec = KeyCodec.of((String key) -> key, text -> text);
    } else if (type == Long.class) {
      codec = KeyCodec.of((Long key) -> key.toString(), Long::valueOf);
    } else if (type == Integer.class) {
      codec = KeyCodec.of((Integer key) -> key.toString(), Integer::valueOf);
    } else if (type == UUID.class) {
      codec = KeyCodec.of(UUID::toString, UUID::fromString);
    } else {
      codec = KeyCodec.of(DefaultCodecs::typed, text -> ofTyped(text, loader));
    }
    return (KeyCodec<K>) codec;
  }

  private static String typed(Object key) {
    if (key instanceof String text) {
      return "s" + text;
    } else if (key instanceof Integer number) {
      return "i" + number;
    } else if (key instanceof Long number) {
      return "l" + number;
    } else if (key instanceof UUID id) {
      return "u" + id;
    }
    return "o" + Base64.getUrlEncoder().withoutPadding().encodeToString(serialized(key));
  }

  private static Object ofTyped(String text, ClassLoader loader) {
    String rest = text.substring(1);
    return switch (text.charAt(0)) {
      case 's' -> rest;
      case 'i' -> Integer.valueOf(rest);
      case 'l' -> Long.valueOf(rest);
      case 'u' -> UUID.fromString(rest);
      case 'o' -> deserialized(Base64.getUrlDecoder().decode(rest), loader);
      default ->
          throw new IllegalArgumentException("key of an unknown type (expected: s, i, l, u, o)");
    };
  }

  @SuppressWarnings("unchecked") // The type of the values says which one it is.
  static <V> Codec<V> values(Class<V> type, ClassLoader loader) {
    if (type == String.class) {
      return (Codec<V>) Codec.string();
    } else if (type == Long.class) {
      return (Codec<V>) Codec.longs();
    } else if (type == byte[].class) {
      return (Codec<V>) Codec.bytes();
    }
    return Codec.of(DefaultCodecs::serialized, bytes -> (V) deserialized(bytes, loader));
  }

  private static byte[] serialized(Object value) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(value);
    } catch (IOException e) {
      throw new UncheckedIOException(
          "not serializable: type=" + value.getClass().getName() + " reason=" + e, e);
    }
    return bytes.toByteArray();
  }

  private static Object deserialized(byte[] bytes, ClassLoader loader) {
    try (ObjectInputStream in = new LoadingStream(new ByteArrayInputStream(bytes), loader)) {
      return in.readObject();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot be deserialized: " + e, e);
    } catch (ClassNotFoundException e) {
      throw new IllegalArgumentException("cannot be deserialized: " + e, e);
    }
  }

  /** Finds classes where the cache manager was told to. The filter of the JVM applies. */
  private static final class LoadingStream extends ObjectInputStream {
    private final ClassLoader loader;

    LoadingStream(InputStream in, ClassLoader loader) throws IOException {
      super(in);
      this.loader = loader;
    }

    @Override
    protected Class<?> resolveClass(ObjectStreamClass description)
        throws IOException, ClassNotFoundException {
      try {
        return Class.forName(description.getName(), false, loader);
      } catch (ClassNotFoundException e) {
        return super.resolveClass(description);
      }
    }
  }
}
