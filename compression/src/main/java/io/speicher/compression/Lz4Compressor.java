package io.speicher.compression;

import static io.speicher.compression.Compression.damaged;

import net.jpountz.lz4.LZ4Compressor;
import net.jpountz.lz4.LZ4Exception;
import net.jpountz.lz4.LZ4Factory;
import net.jpountz.lz4.LZ4SafeDecompressor;

/** A block of LZ4, in pure Java: a cache's values are too short to gain from native code. */
final class Lz4Compressor implements Compression.Compressor {
  private final LZ4Compressor compressor = LZ4Factory.safeInstance().fastCompressor();
  private final LZ4SafeDecompressor decompressor = LZ4Factory.safeInstance().safeDecompressor();

  @Override
  public byte[] compress(byte[] bytes) {
    return compressor.compress(bytes);
  }

  @Override
  public byte[] decompress(byte[] compressed, int length) {
    byte[] bytes = new byte[length];
    int written;
    try {
      written = decompressor.decompress(compressed, bytes);
    } catch (LZ4Exception e) {
      throw damaged(String.valueOf(e.getMessage()), e);
    }
    if (written != length) {
      throw damaged("it ends after " + written + " of " + length + " bytes", null);
    }
    return bytes;
  }
}
