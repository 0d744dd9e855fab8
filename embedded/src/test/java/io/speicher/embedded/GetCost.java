package io.speicher.embedded;

import com.sun.management.ThreadMXBean;
import io.speicher.client.Cache;
import io.speicher.client.Codec;
import io.speicher.client.Speicher;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * A program that measures what a get costs: a million values of 100 bytes, read in random order by
 * one thread, five rounds. It prints nanoseconds and bytes of garbage for each, and the median.
 */
final class GetCost {
  private static final int ITEMS = 1_000_000;
  private static final int GETS = 2_000_000;
  private static final int ROUNDS = 5;

  private GetCost() {}

  public static void main(String[] arguments) {
    try (Speicher speicher = Embedded.open(Embedded.mb(512))) {
      Cache<String> cache = speicher.cache("", Codec.string());
      String[] keys = new String[ITEMS];
      for (int i = 0; i < ITEMS; i++) {
        keys[i] = "key:" + i;
        cache.set(keys[i], "v".repeat(100));
      }
      double[] rounds = new double[ROUNDS];
      double warmUp = round(cache, keys, 0);
      System.out.printf("warm-up %.0f ns%n", warmUp);
      for (int round = 0; round < ROUNDS; round++) {
        rounds[round] = round(cache, keys, round + 1);
      }
      Arrays.sort(rounds);
      System.out.printf("median %.0f ns a get%n", rounds[ROUNDS / 2]);
    }
  }

  private static double round(Cache<String> cache, String[] keys, long seed) {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    SplittableRandom random = new SplittableRandom(seed);
    long bytes = threads.getCurrentThreadAllocatedBytes();
    long startNanos = System.nanoTime();
    long found = 0;
    for (int i = 0; i < GETS; i++) {
      String value = cache.get(keys[random.nextInt(ITEMS)]);
      found += value == null ? 0 : value.length();
    }
    double nanos = (double) (System.nanoTime() - startNanos) / GETS;
    bytes = threads.getCurrentThreadAllocatedBytes() - bytes;
    System.out.printf(
        "round %d: %.0f ns, %.0f B of garbage, hits %.1f %%%n",
        seed, nanos, (double) bytes / GETS, found / (double) GETS);
    return nanos;
  }
}
