package io.speicher.jackson;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.speicher.client.Codec;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The same as {@link JacksonCodec} by Jackson 2, for programs that are not on Jackson 3 yet. With
 * the same annotations on a class, both read what the other has written.
 *
 * <p>Without a mapper of the caller's, this codec uses all Jackson modules on the class path, and
 * ignores members that a class does not have.
 *
 * @param <V> the type of the values
 */
public final class Jackson2Codec<V> implements Codec<V> {
  /** What other mappers write is stored as bytes. */
  private static final String JSON = "JSON";

  private final ObjectReader reader;
  private final ObjectWriter writer;
  private final boolean isJson;

  private Jackson2Codec(ObjectMapper mapper, JavaType type) {
    reader = mapper.readerFor(type);
    writer = mapper.writerFor(type);
    isJson = JSON.equals(mapper.getFactory().getFormatName());
  }

  /** For values of a class. */
  public static <V> Jackson2Codec<V> of(Class<V> type) {
    return of(Defaults.MAPPER, type);
  }

  /** For values of a type with parameters, such as {@code new TypeReference<List<User>>() {}}. */
  public static <V> Jackson2Codec<V> of(TypeReference<V> type) {
    return of(Defaults.MAPPER, type);
  }

  /**
   * For values of a class.
   *
   * @param mapper of any format; the values of one that does not write JSON are stored as bytes
   */
  public static <V> Jackson2Codec<V> of(ObjectMapper mapper, Class<V> type) {
    return new Jackson2Codec<>(mapper, mapper.constructType(type));
  }

  /**
   * For values of a type with parameters.
   *
   * @param mapper of any format; the values of one that does not write JSON are stored as bytes
   */
  public static <V> Jackson2Codec<V> of(ObjectMapper mapper, TypeReference<V> type) {
    return new Jackson2Codec<>(mapper, mapper.constructType(type.getType()));
  }

  @Override
  public ByteBuffer encode(V value) {
    try {
      return ByteBuffer.wrap(writer.writeValueAsBytes(value));
    } catch (IOException e) {
      throw new UncheckedIOException(e.getMessage(), e);
    }
  }

  @Override
  public @Nullable V decode(ByteBuffer bytes) {
    try {
      if (bytes.hasArray()) {
        int offset = bytes.arrayOffset() + bytes.position();
        return reader.readValue(bytes.array(), offset, bytes.remaining());
      }
      byte[] copy = new byte[bytes.remaining()];
      bytes.get(bytes.position(), copy);
      return reader.readValue(copy);
    } catch (IOException e) {
      throw new UncheckedIOException(e.getMessage(), e);
    }
  }

  @Override
  public boolean isJson() {
    return isJson;
  }

  /** Made when it is first needed: a program with a mapper of its own never pays for it. */
  private static final class Defaults {
    static final ObjectMapper MAPPER =
        JsonMapper.builder()
            .findAndAddModules()
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build();
  }
}
