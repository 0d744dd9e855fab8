package io.speicher.bench.fuzz;

import io.speicher.dialect.memcached.MemcachedBinaryDialect;

/** Feeds the decoder of memcached's binary protocol. */
public final class BinaryTarget {
  private BinaryTarget() {}

  /** What the fuzzer calls. */
  public static void fuzzerTestOneInput(byte[] input) {
    DecoderCheck.check(MemcachedBinaryDialect::new, input);
  }
}
