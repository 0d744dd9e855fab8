package io.speicher.bench.fuzz;

import io.speicher.dialect.resp.RespDialect;

/** Feeds the decoder of RESP. */
public final class RespTarget {
  private RespTarget() {}

  /** What the fuzzer calls. */
  public static void fuzzerTestOneInput(byte[] input) {
    DecoderCheck.check(RespDialect::new, input);
  }
}
