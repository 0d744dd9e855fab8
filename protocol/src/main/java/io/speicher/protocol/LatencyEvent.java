package io.speicher.protocol;

import java.util.List;

/**
 * A kind of delay, and when there was one.
 *
 * @param name {@code command}, {@code gc} or {@code maintenance}
 * @param delays of each second that had any the longest, the last second at the end
 * @param maxMillis the longest of all, also of those that are not remembered any more
 */
public record LatencyEvent(String name, List<Delay> delays, long maxMillis) {

  /**
   * The longest delay within a second.
   *
   * @param atSeconds since 1970
   */
  public record Delay(long atSeconds, long millis) {}
}
