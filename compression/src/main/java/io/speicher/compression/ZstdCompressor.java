package io.speicher.compression;

import static io.speicher.compression.Compression.damaged;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdException;

/** A frame of Zstandard. */
final class ZstdCompressor implements Compression.Compressor {
  /** Level 3, Zstandard's own default, is the last that costs little. */
  private static final int LEVEL = 3;

  /** Loads the native library, so that its absence shows when a codec is made. */
  ZstdCompressor() {
    if (Zstd.maxCompressionLevel() < LEVEL) {
      throw new IllegalStateException("zstd-jni has no level " + LEVEL);
    }
  }

  @Override
  public byte[] compress(byte[] bytes) {
    return Zstd.compress(bytes, LEVEL);
  }

  @Override
  public byte[] decompress(byte[] compressed, int length) {
    byte[] bytes = new byte[length];
    long written;
    try {
      written = Zstd.decompress(bytes, compressed);
    } catch (ZstdException e) {
      throw damaged(String.valueOf(e.getMessage()), e);
    }
    if (Zstd.isError(written) || written != length) {
      throw damaged("it is not " + length + " bytes long", null);
    }
    return bytes;
  }
}
