package io.speicher.bench.fuzz;

import io.speicher.dialect.memcached.MemcachedDialect;

/** Feeds the decoder of memcached's text protocol and meta commands. */
public final class TextTarget {
  private TextTarget() {}

  /** What the fuzzer calls. */
  public static void fuzzerTestOneInput(byte[] input) {
    DecoderCheck.check(MemcachedDialect::new, input);
  }
}
