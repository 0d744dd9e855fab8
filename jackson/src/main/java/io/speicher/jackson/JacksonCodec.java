package io.speicher.jackson;

import io.speicher.client.Codec;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.JavaType;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.ObjectReader;
import tools.jackson.databind.ObjectWriter;
import tools.jackson.databind.json.JsonMapper;

/**
 * Values as JSON, by Jackson 3. Clients in other languages read them as JSON.
 *
 * <pre>{@code
 * Cache<User> users = speicher.cache("users", JacksonCodec.of(User.class));
 * }</pre>
 *
 * <p>Members that a class does not have are ignored and members that are missing get their
 * defaults, so that a class may gain and lose fields while two versions of a program run. For
 * changes that this does not cover, {@link Codec#versioned} makes values of another version misses.
 * It also puts a header in front of the JSON, so that other languages no longer read it as such.
 *
 * <p><b>Threads.</b> Any thread may use it.
 *
 * <p><b>Errors.</b> What Jackson throws is the cause of a {@link
 * io.speicher.client.exception.CodecException}. JSON {@code null} is a miss.
 *
 * @param <V> the type of the values
 */
public final class JacksonCodec<V> implements Codec<V> {
  /** What other mappers write is stored as bytes. */
  private static final String JSON = "JSON";

  private final ObjectReader reader;
  private final ObjectWriter writer;
  private final boolean isJson;

  private JacksonCodec(ObjectMapper mapper, JavaType type) {
    reader = mapper.readerFor(type);
    writer = mapper.writerFor(type);
    isJson = JSON.equals(mapper.tokenStreamFactory().getFormatName());
  }

  /** For values of a class, with a mapper that has Jackson's defaults. */
  public static <V> JacksonCodec<V> of(Class<V> type) {
    return of(Defaults.MAPPER, type);
  }

  /** For values of a type with parameters, such as {@code new TypeReference<List<User>>() {}}. */
  public static <V> JacksonCodec<V> of(TypeReference<V> type) {
    return of(Defaults.MAPPER, type);
  }

  /**
   * For values of a class.
   *
   * @param mapper of any format; the values of one that does not write JSON are stored as bytes
   */
  public static <V> JacksonCodec<V> of(ObjectMapper mapper, Class<V> type) {
    return new JacksonCodec<>(mapper, mapper.constructType(type));
  }

  /**
   * For values of a type with parameters.
   *
   * @param mapper of any format; the values of one that does not write JSON are stored as bytes
   */
  public static <V> JacksonCodec<V> of(ObjectMapper mapper, TypeReference<V> type) {
    return new JacksonCodec<>(mapper, mapper.constructType(type));
  }

  @Override
  public ByteBuffer encode(V value) {
    return ByteBuffer.wrap(writer.writeValueAsBytes(value));
  }

  @Override
  public @Nullable V decode(ByteBuffer bytes) {
    if (bytes.hasArray()) {
      int offset = bytes.arrayOffset() + bytes.position();
      return reader.readValue(bytes.array(), offset, bytes.remaining());
    }
    byte[] copy = new byte[bytes.remaining()];
    bytes.get(bytes.position(), copy);
    return reader.readValue(copy);
  }

  @Override
  public boolean isJson() {
    return isJson;
  }

  /** Made when it is first needed: a program with a mapper of its own never pays for it. */
  private static final class Defaults {
    static final ObjectMapper MAPPER = JsonMapper.shared();
  }
}
