package io.speicher.bench.store;

/** Random numbers at the price of a few shifts (xorshift64*). */
final class XorShift {
  private long state;

  XorShift(long seed) {
    state = Keys.mix(seed) | 1;
  }

  long next() {
    state ^= state >>> 12;
    state ^= state << 25;
    state ^= state >>> 27;
    return state * 0x2545_F491_4F6C_DD1DL;
  }

  /** From 0 to {@code bound} - 1. */
  long below(long bound) {
    return Math.unsignedMultiplyHigh(next(), bound);
  }
}
