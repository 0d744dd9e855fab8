package io.speicher.load;

/**
 * Random numbers for one thread: SplitMix64, of Steele, Lea and Flood, <i>Fast splittable
 * pseudorandom number generators</i> (2014). The same seed gives the same numbers.
 */
final class RandomNumbers {
  private static final long GOLDEN_GAMMA = 0x9E3779B97F4A7C15L;

  private long state;

  RandomNumbers(long seed) {
    state = mix(seed);
  }

  long next() {
    state += GOLDEN_GAMMA;
    return mix(state);
  }

  /** A number from 0 to {@code bound - 1}. */
  long below(long bound) {
    return Math.unsignedMultiplyHigh(next(), bound);
  }

  /** A number from 0 to less than 1. */
  double fraction() {
    return (next() >>> 11) * 0x1.0p-53;
  }

  /** Bits that look random and follow from {@code bits}. */
  static long mix(long bits) {
    long mixed = (bits ^ (bits >>> 30)) * 0xBF58476D1CE4E5B9L;
    mixed = (mixed ^ (mixed >>> 27)) * 0x94D049BB133111EBL;
    return mixed ^ (mixed >>> 31);
  }
}
