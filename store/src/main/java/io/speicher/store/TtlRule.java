package io.speicher.store;

import java.util.random.RandomGenerator;

/**
 * How long items of a namespace live, whatever those who store them say. Immutable.
 *
 * @param defaultMillis what an item gets that would have no end; 0 for none
 * @param longestMillis the longest time that an item gets; 0 for no bound
 * @param jitterPercent by how much a time that is given is shortened at random, at the most; 0 to
 *     99
 */
public record TtlRule(long defaultMillis, long longestMillis, int jitterPercent) {
  /** Items live as long as they are told. */
  public static final TtlRule NONE = new TtlRule(0, 0, 0);

  private static final long MAX_MILLIS = 1L << 53;

  public TtlRule {
    if (defaultMillis < 0
        || defaultMillis > MAX_MILLIS
        || longestMillis < 0
        || longestMillis > MAX_MILLIS
        || jitterPercent < 0
        || jitterPercent > 99) {
      throw new IllegalArgumentException(
          "rule out of bounds: defaultMillis=%d longestMillis=%d jitterPercent=%d (expected: 0..2^53, 0..2^53, 0..99)"
              .formatted(defaultMillis, longestMillis, jitterPercent));
    }
  }

  /** When an item ends that is given this end, or {@link Item#NEVER}; never in the past by this. */
  public long end(long wantedMillis, long nowMillis, RandomGenerator random) {
    long ttlMillis = ttl(wantedMillis, nowMillis);
    if (ttlMillis == Item.NEVER || ttlMillis <= 0) {
      return wantedMillis;
    }
    long most = ttlMillis / 100 * jitterPercent + ttlMillis % 100 * jitterPercent / 100;
    return nowMillis + ttlMillis - (most == 0 ? 0 : random.nextLong(most + 1));
  }

  /** When the copy of an item ends that ends then: as {@link #end}, but nothing is shortened. */
  public long endOfCopy(long endMillis, long nowMillis) {
    long ttlMillis = ttl(endMillis, nowMillis);
    return ttlMillis == Item.NEVER || ttlMillis <= 0 ? endMillis : nowMillis + ttlMillis;
  }

  private long ttl(long wantedMillis, long nowMillis) {
    long ttlMillis = wantedMillis - nowMillis;
    if (wantedMillis == Item.NEVER) {
      ttlMillis = defaultMillis == 0 ? Item.NEVER : defaultMillis;
    }
    return longestMillis == 0 ? ttlMillis : Math.min(ttlMillis, longestMillis);
  }
}
