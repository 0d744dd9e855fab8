package io.speicher.client;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * A codec whose bytes say which one they are of.
 *
 * <pre>
 *  0      1            2             2+n         6+n
 *  | zero | n, 1..100  | name (n)    | version   | bytes of the codec
 * </pre>
 *
 * <p>The zero is the first byte of no JSON, and hardly of a text.
 */
final class VersionedCodec<V> implements Codec<V> {
  private static final int MAX_NAME_LENGTH = 100;

  private final Codec<V> codec;
  private final ByteBuffer header;

  VersionedCodec(Codec<V> codec, String name, int version) {
    this.codec = codec;
    boolean isAscii = name.chars().allMatch(c -> c > ' ' && c < 0x7F);
    if (!isAscii || name.isEmpty() || name.length() > MAX_NAME_LENGTH) {
      throw new IllegalArgumentException(
          "name=" + name + " (expected: 1.." + MAX_NAME_LENGTH + " characters of ASCII)");
    }
    header = ByteBuffer.allocate(2 + name.length() + Integer.BYTES);
    header.put((byte) 0).put((byte) name.length());
    header.put(name.getBytes(StandardCharsets.US_ASCII)).putInt(version).flip();
  }

  @Override
  public ByteBuffer encode(V value) {
    ByteBuffer bytes = codec.encode(value);
    ByteBuffer all = ByteBuffer.allocate(header.remaining() + bytes.remaining());
    return all.put(header.duplicate()).put(bytes.duplicate()).flip();
  }

  @Override
  public @Nullable V decode(ByteBuffer bytes) {
    int headerBytes = header.remaining();
    if (bytes.remaining() < headerBytes
        || !bytes.slice(bytes.position(), headerBytes).equals(header)) {
      return null;
    }
    return codec.decode(
        bytes.slice(bytes.position() + headerBytes, bytes.remaining() - headerBytes));
  }
}
