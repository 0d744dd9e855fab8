package io.speicher.spring;

import io.speicher.client.Codec;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.springframework.cache.support.NullValue;

/** Stores Spring's null as what no value of another codec is: nothing, or {@code null} of JSON. */
final class NullableCodec implements Codec<Object> {
  private final Codec<Object> codec;
  private final ByteBuffer nothing;

  @SuppressWarnings("unchecked") // It gets back what it was given.
  NullableCodec(Codec<?> codec) {
    this.codec = (Codec<Object>) codec;
    byte[] bytes = codec.isJson() ? "null".getBytes(StandardCharsets.US_ASCII) : new byte[0];
    nothing = ByteBuffer.wrap(bytes).asReadOnlyBuffer();
  }

  @Override
  public ByteBuffer encode(Object value) {
    return value instanceof NullValue ? nothing.duplicate() : codec.encode(value);
  }

  @Override
  public @Nullable Object decode(ByteBuffer bytes) {
    return bytes.equals(nothing) ? NullValue.INSTANCE : codec.decode(bytes);
  }

  @Override
  public boolean isJson() {
    return codec.isJson();
  }
}
