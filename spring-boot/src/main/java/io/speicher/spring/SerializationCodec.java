package io.speicher.spring;

import io.speicher.client.Codec;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;
import org.springframework.core.ConfigurableObjectInputStream;

/**
 * Values by Java serialization, as Spring's own caches have them. Who can write to the server can
 * have any class deserialized that the program has, within what {@code jdk.serialFilter} allows.
 */
public final class SerializationCodec implements Codec<Object> {
  private final @Nullable ClassLoader classLoader;

  /**
   * @param classLoader where classes are found; null for the usual
   */
  public SerializationCodec(@Nullable ClassLoader classLoader) {
    this.classLoader = classLoader;
  }

  @Override
  public ByteBuffer encode(Object value) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(value);
    } catch (IOException e) {
      throw new UncheckedIOException(
          "not serializable: type="
              + value.getClass().getName()
              + "; let it be Serializable, or declare a bean of type CacheCodecs",
          e);
    }
    return ByteBuffer.wrap(bytes.toByteArray());
  }

  @Override
  public Object decode(ByteBuffer bytes) {
    byte[] copy = new byte[bytes.remaining()];
    bytes.get(bytes.position(), copy);
    InputStream in = new ByteArrayInputStream(copy);
    try (ObjectInputStream objects = new ConfigurableObjectInputStream(in, classLoader)) {
      return objects.readObject();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot be deserialized: " + e, e);
    } catch (ClassNotFoundException e) {
      throw new IllegalArgumentException("cannot be deserialized: " + e, e);
    }
  }
}
