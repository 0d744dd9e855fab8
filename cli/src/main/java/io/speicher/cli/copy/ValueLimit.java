package io.speicher.cli.copy;

import io.speicher.cli.console.Units;

/**
 * How long a value may be to be copied.
 *
 * @param reason what longer ones are counted under
 */
record ValueLimit(int bytes, String reason) {
  /** So much of the heap one value may take: batches of them are there at the same time. */
  private static final int SHARE_OF_HEAP = 8;

  /** What the target takes, or less if there is no memory here for that. */
  static ValueLimit of(int longestAtTarget) {
    long memory = Runtime.getRuntime().maxMemory() / SHARE_OF_HEAP;
    return longestAtTarget <= memory
        ? new ValueLimit(longestAtTarget, Target.VALUE_TOO_LONG)
        : new ValueLimit(
            (int) memory,
            "value longer than %s, which copy has no memory for (SPEICHER_JAVA_OPTS=-Xmx4g gives more)"
                .formatted(Units.bytes(memory)));
  }
}
