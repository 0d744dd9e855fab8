package io.speicher.compression;

import static java.util.Objects.requireNonNull;

import io.speicher.client.Codec;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Compresses what another codec writes.
 *
 * <pre>{@code
 * Codec<Page> pages = CompressedCodec.of(JacksonCodec.of(Page.class), Compression.LZ4);
 * }</pre>
 *
 * <p>Values shorter than {@link #MIN_BYTES}, and values that compression does not make shorter, are
 * stored as they are behind a header of two bytes. Values that any {@link Compression} has made are
 * read, so that a program can change to another one. Bytes without the header, or of a compression
 * that is not known yet, are a miss: a program can begin to compress without clearing its cache.
 *
 * <p><b>Threads.</b> Any thread may use it.
 *
 * <p><b>Memory.</b> A value takes no more memory than its header declares, and one that declares
 * more than the limit is not read at all.
 *
 * <p><b>Errors.</b> Damaged bytes are a {@link io.speicher.client.exception.CodecException}.
 *
 * @param <V> the type of the values
 */
public final class CompressedCodec<V> implements Codec<V> {

  /*
   *  0       1             2            6
   *  | 0xF5  | compression | length     | compressed bytes
   *  | 0xF5  | 0           | bytes as they are
   *
   * 0xF5 is in no UTF-8, so that neither text nor JSON is taken for a header.
   */

  /** Shorter values are not compressed, in bytes. */
  public static final int MIN_BYTES = 512;

  /** How long a value may be unless told otherwise, in bytes: as long as the default frame. */
  public static final int DEFAULT_MAX_BYTES = 32 << 20;

  private static final byte MAGIC = (byte) 0xF5;
  private static final byte UNCOMPRESSED = 0;
  private static final int PLAIN_HEADER_BYTES = 2;
  private static final int HEADER_BYTES = PLAIN_HEADER_BYTES + Integer.BYTES;

  private final Codec<V> codec;
  private final Compression compression;
  private final Compression.Compressor compressor;
  private final int maxBytes;

  private CompressedCodec(Codec<V> codec, Compression compression, int maxBytes) {
    this.codec = requireNonNull(codec, "codec");
    this.compression = requireNonNull(compression, "compression");
    compressor = compression.newCompressor();
    if (maxBytes < 1) {
      throw new IllegalArgumentException("maxBytes=" + maxBytes + " (expected: at least 1)");
    }
    this.maxBytes = maxBytes;
  }

  /** Values of up to {@link #DEFAULT_MAX_BYTES}. */
  public static <V> CompressedCodec<V> of(Codec<V> codec, Compression compression) {
    return of(codec, compression, DEFAULT_MAX_BYTES);
  }

  /**
   * Values of up to {@code maxBytes} before they are compressed.
   *
   * @throws IllegalStateException if the library of the compression is not on the class path
   */
  public static <V> CompressedCodec<V> of(Codec<V> codec, Compression compression, int maxBytes) {
    return new CompressedCodec<>(codec, compression, maxBytes);
  }

  @Override
  public ByteBuffer encode(V value) {
    ByteBuffer bytes = codec.encode(value);
    int length = bytes.remaining();
    if (length > maxBytes) {
      throw new IllegalArgumentException(
          "value too long: valueBytes=" + length + " (expected: up to " + maxBytes + ")");
    }
    if (length >= MIN_BYTES) {
      byte[] compressed = compressor.compress(array(bytes));
      if (HEADER_BYTES + compressed.length < length) {
        return ByteBuffer.allocate(HEADER_BYTES + compressed.length)
            .put(MAGIC)
            .put(compression.code())
            .putInt(length)
            .put(compressed)
            .flip();
      }
    }
    return ByteBuffer.allocate(PLAIN_HEADER_BYTES + length)
        .put(MAGIC)
        .put(UNCOMPRESSED)
        .put(bytes.duplicate())
        .flip();
  }

  @Override
  public @Nullable V decode(ByteBuffer bytes) {
    ByteBuffer in = bytes.slice();
    if (in.remaining() < PLAIN_HEADER_BYTES || in.get() != MAGIC) {
      return null;
    }
    byte code = in.get();
    if (code == UNCOMPRESSED) {
      return codec.decode(in.slice());
    }
    Compression known = Compression.ofCode(code);
    return known == null ? null : codec.decode(decompressed(known, in));
  }

  private ByteBuffer decompressed(Compression known, ByteBuffer in) {
    int length = in.remaining() < Integer.BYTES ? -1 : in.getInt();
    if (length < 0 || length > maxBytes) {
      throw new IllegalArgumentException(
          "compressed value with a wrong length: declaredBytes="
              + length
              + " (expected: 0.."
              + maxBytes
              + ")");
    }
    Compression.Compressor reader = known == compression ? compressor : known.newCompressor();
    return ByteBuffer.wrap(reader.decompress(array(in), length));
  }

  private static byte[] array(ByteBuffer bytes) {
    byte[] array = new byte[bytes.remaining()];
    bytes.get(bytes.position(), array);
    return array;
  }
}
