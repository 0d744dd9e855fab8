package io.speicher.compression;

import static io.speicher.compression.Compression.damaged;

import java.io.ByteArrayOutputStream;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.Inflater;

/** Deflate without zlib's header: the server's checksums and TLS guard the bytes. */
final class DeflateCompressor implements Compression.Compressor {
  private static final int CHUNK_BYTES = 8 << 10;

  @Override
  public byte[] compress(byte[] bytes) {
    Deflater deflater = new Deflater(Deflater.BEST_SPEED, true);
    try {
      deflater.setInput(bytes);
      deflater.finish();
      ByteArrayOutputStream out = new ByteArrayOutputStream(bytes.length / 2);
      byte[] chunk = new byte[Math.min(CHUNK_BYTES, bytes.length)];
      while (!deflater.finished()) {
        out.write(chunk, 0, deflater.deflate(chunk));
      }
      return out.toByteArray();
    } finally {
      deflater.end();
    }
  }

  @Override
  public byte[] decompress(byte[] compressed, int length) {
    Inflater inflater = new Inflater(true);
    try {
      inflater.setInput(compressed);
      byte[] bytes = new byte[length];
      int inflated = 0;
      while (inflated < length) {
        int step = inflater.inflate(bytes, inflated, length - inflated);
        if (step == 0) {
          throw damaged("it ends after " + inflated + " of " + length + " bytes", null);
        }
        inflated += step;
      }
      if (!inflater.finished() && inflater.inflate(new byte[1]) > 0) {
        throw damaged("it goes on after " + length + " bytes", null);
      }
      return bytes;
    } catch (DataFormatException e) {
      throw damaged(String.valueOf(e.getMessage()), e);
    } finally {
      inflater.end();
    }
  }
}
