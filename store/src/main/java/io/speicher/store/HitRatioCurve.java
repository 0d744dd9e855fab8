package io.speicher.store;

import java.util.List;

/**
 * Which share of the reads would have hit if the store had less or more memory, estimated by
 * simulating stores of other sizes on a sample of the keys while requests are served.
 *
 * <p>The estimate counts reads alone, and takes a read that missed for the write of its key that a
 * cache answers it with. Keys that are only written, deleted or left to expire are not simulated,
 * so the curve may differ from what {@link StoreStats} count where these dominate.
 *
 * <p><b>Error.</b> A ratio says how the sampled keys fared, corrected by how the real store fared
 * with these and with all. {@link Period#sampledReadCount} tells how many reads it stands for: with
 * some thousand, the error is about a point.
 *
 * <p>Immutable, so any thread may keep it.
 *
 * @param lastHour of the last hour, or of the time since the start if that is shorter
 * @param lastDay of the hour that has begun and the 24 before it, or of the time since the start if
 *     that is shorter
 */
public record HitRatioCurve(Period lastHour, Period lastDay) {
  /** Of a store that does not estimate it, or that has not been read. */
  public static final HitRatioCurve EMPTY =
      new HitRatioCurve(new Period(0, List.of()), new Period(0, List.of()));

  /**
   * A curve, and what it stands on.
   *
   * @param sampledReadCount how many reads of sampled keys were simulated, at the point that has
   *     fewest
   * @param points by size, the smallest first; none while nothing was simulated
   */
  public record Period(long sampledReadCount, List<Point> points) {
    public Period {
      points = List.copyOf(points);
    }
  }

  /**
   * The hit ratio at one size.
   *
   * @param scale the size, as a multiple of the present budget: an eighth to 8
   * @param budgetBytes the size in bytes, of items, index and bookkeeping
   * @param hitRatio the share of reads that hit, 0 to 1
   */
  public record Point(double scale, long budgetBytes, double hitRatio) {}
}
