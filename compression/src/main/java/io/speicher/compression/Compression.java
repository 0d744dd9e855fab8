package io.speicher.compression;

import org.jspecify.annotations.Nullable;

/** How a {@link CompressedCodec} compresses. */
public enum Compression {
  /** The JDK's Deflate, at its fastest: needs no library. */
  DEFLATE(1, "the JDK") {
    @Override
    Compressor make() {
      return new DeflateCompressor();
    }
  },

  /** LZ4, which costs the least CPU time: {@code at.yawk.lz4:lz4-java}. */
  LZ4(2, "at.yawk.lz4:lz4-java") {
    @Override
    Compressor make() {
      return new Lz4Compressor();
    }
  },

  /** Zstandard, which makes values the shortest: {@code com.github.luben:zstd-jni}. */
  ZSTD(3, "com.github.luben:zstd-jni") {
    @Override
    Compressor make() {
      return new ZstdCompressor();
    }
  };

  /** Compresses arrays. Any thread may use it. */
  interface Compressor {
    byte[] compress(byte[] bytes);

    /**
     * The bytes that were compressed.
     *
     * @param length how many they are to be, and the most memory that they may take
     * @throws IllegalArgumentException if the bytes are damaged or others than so many
     */
    byte[] decompress(byte[] compressed, int length);
  }

  private final byte code;
  private final String library;

  Compression(int code, String library) {
    this.code = (byte) code;
    this.library = library;
  }

  abstract Compressor make();

  /** What stands for it in a header; never changes its meaning. */
  byte code() {
    return code;
  }

  /** The one that {@code code} stands for, or null if a later version has written it. */
  static @Nullable Compression ofCode(byte code) {
    for (Compression compression : values()) {
      if (compression.code == code) {
        return compression;
      }
    }
    return null;
  }

  /**
   * What does it; costs next to nothing.
   *
   * @throws IllegalStateException if its library is not on the class path
   */
  Compressor newCompressor() {
    try {
      return make();
    } catch (NoClassDefFoundError e) {
      throw new IllegalStateException(
          "compression " + name() + " needs " + library + " on the class path", e);
    }
  }

  static IllegalArgumentException damaged(String why, @Nullable Throwable cause) {
    return new IllegalArgumentException("compressed value is damaged: " + why, cause);
  }
}
