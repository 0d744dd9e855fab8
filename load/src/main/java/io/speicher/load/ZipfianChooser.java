package io.speicher.load;

/**
 * Ranks after Zipf's law, by the method of Gray and others, <i>Quickly generating billion-record
 * synthetic databases</i> (SIGMOD 1994), which YCSB uses, too: one power for each number and no
 * tables. Ranks are scattered over the keys, so that the popular ones are not neighbours.
 */
final class ZipfianChooser implements KeyChooser {
  /** The terms of the sum that are added one by one; an integral takes the place of the others. */
  private static final long EXACT_TERMS = 100_000;

  private final long keys;
  private final double alpha;
  private final double eta;
  private final double zeta;
  private final double secondRank;
  private final long stride;

  ZipfianChooser(long keys, double theta) {
    this.keys = keys;
    alpha = 1 / (1 - theta);
    zeta = zeta(keys, theta);
    secondRank = 1 + Math.pow(0.5, theta);
    eta = (1 - Math.pow(2.0 / keys, 1 - theta)) / (1 - secondRank / zeta);
    stride = stride(keys);
  }

  @Override
  public long next(RandomNumbers random) {
    return rank(random.fraction()) * stride % keys;
  }

  private long rank(double fraction) {
    double position = fraction * zeta;
    if (position < 1) {
      return 0;
    }
    if (position < secondRank) {
      return Math.min(1, keys - 1);
    }
    return Math.min(keys - 1, (long) (keys * Math.pow(eta * fraction - eta + 1, alpha)));
  }

  /** The sum of 1 / r<sup>theta</sup> over all ranks r. */
  static double zeta(long keys, double theta) {
    long exact = Math.min(keys, EXACT_TERMS);
    double sum = 0;
    for (long rank = 1; rank <= exact; rank++) {
      sum += Math.pow((double) rank, -theta);
    }
    double power = 1 - theta;
    return sum + (Math.pow(keys + 0.5, power) - Math.pow(exact + 0.5, power)) / power;
  }

  /** A factor that takes each rank to a key of its own: it has no divisor in common with keys. */
  private static long stride(long keys) {
    long stride = Math.max(1, (long) (keys * 0.618_033_988_749)); // Golden: neighbours part far.
    while (greatestDivisor(stride, keys) != 1) {
      stride++;
    }
    return stride;
  }

  private static long greatestDivisor(long first, long second) {
    return second == 0 ? first : greatestDivisor(second, first % second);
  }
}
