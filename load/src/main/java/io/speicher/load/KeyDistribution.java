package io.speicher.load;

import java.util.Locale;

/** Which keys are asked for more often than others. */
sealed interface KeyDistribution {
  /** All keys alike. */
  KeyDistribution UNIFORM = new Uniform();

  /**
   * Makes the chooser of one thread.
   *
   * @param keys how many keys there are
   * @param threadIndex which thread it is for
   * @param threads how many threads there are
   */
  KeyChooser chooser(long keys, int threadIndex, int threads);

  /** Its text in options and results. */
  String text();

  /** All keys alike. */
  record Uniform() implements KeyDistribution {
    @Override
    public KeyChooser chooser(long keys, int threadIndex, int threads) {
      return random -> random.below(keys);
    }

    @Override
    public String text() {
      return "uniform";
    }
  }

  /** The key of rank r is asked for in proportion to 1 / r<sup>theta</sup>. */
  record Zipfian(double theta) implements KeyDistribution {
    @Override
    public KeyChooser chooser(long keys, int threadIndex, int threads) {
      return new ZipfianChooser(keys, theta);
    }

    @Override
    public String text() {
      return String.format(Locale.ROOT, "zipfian:%s", theta);
    }
  }

  /** A share of the keys gets a share of the operations. */
  record HotSet(double keyShare, double operationShare) implements KeyDistribution {
    @Override
    public KeyChooser chooser(long keys, int threadIndex, int threads) {
      long hotKeys = Math.clamp(Math.round(keys * keyShare), 1, keys);
      if (hotKeys == keys) {
        return UNIFORM.chooser(keys, threadIndex, threads);
      }
      return random ->
          random.fraction() < operationShare
              ? random.below(hotKeys)
              : hotKeys + random.below(keys - hotKeys);
    }

    @Override
    public String text() {
      return String.format(Locale.ROOT, "hot-set:%s:%s", keyShare, operationShare);
    }
  }

  /** One key after the other; each thread goes round in its own part of them. */
  record Sequential() implements KeyDistribution {
    @Override
    public KeyChooser chooser(long keys, int threadIndex, int threads) {
      long from = start(keys, threadIndex, threads);
      long to = start(keys, threadIndex + 1, threads);
      return to == from ? random -> from : new SequentialChooser(from, to);
    }

    /** How many keys are in the part of one thread. */
    static long partKeys(long keys, int threadIndex, int threads) {
      return start(keys, threadIndex + 1, threads) - start(keys, threadIndex, threads);
    }

    private static long start(long keys, int threadIndex, int threads) {
      return keys * threadIndex / threads;
    }

    @Override
    public String text() {
      return "sequential";
    }
  }

  /** Goes round in a part of the keys. */
  final class SequentialChooser implements KeyChooser {
    private final long from;
    private final long to;
    private long next;

    private SequentialChooser(long from, long to) {
      this.from = from;
      this.to = to;
      next = from;
    }

    @Override
    public long next(RandomNumbers random) {
      long chosen = next;
      next = chosen + 1 == to ? from : chosen + 1;
      return chosen;
    }
  }
}
