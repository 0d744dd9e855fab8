package io.speicher.bench.fuzz;

import io.speicher.dialect.json.JsonDialect;

/** Feeds the decoder of framed JSON. */
public final class JsonTarget {
  private JsonTarget() {}

  /** What the fuzzer calls. */
  public static void fuzzerTestOneInput(byte[] input) {
    DecoderCheck.check(JsonDialect::new, input);
  }
}
