package io.speicher.protocol;

import java.time.Duration;
import java.util.List;

/**
 * A key that was used often lately. The numbers are estimated from a sample.
 *
 * @param key the beginning of it, each char a byte
 * @param keyBytes how long it is
 * @param windowSeconds how long "lately" is
 * @param uses about how often it was read or written within the window
 * @param bytes about what was received and sent for it, in all
 */
public record HotKey(String key, int keyBytes, int windowSeconds, long uses, long bytes) {
  /** How long "lately" may be. */
  public static final List<Duration> WINDOWS = List.of(Duration.ofMinutes(1), Duration.ofHours(1));

  /** The key of one in so many commands is counted, so each counts for as many. */
  public static final int SAMPLE_RATIO = 64;

  /** What keys are ranked by. */
  public enum Rank {
    USES,
    BYTES;

    /** What this key is ranked by. */
    public long of(HotKey key) {
      return this == USES ? key.uses : key.bytes;
    }
  }

  /** The same key, as several have counted it. */
  public HotKey plus(HotKey other) {
    return new HotKey(key, keyBytes, windowSeconds, uses + other.uses, bytes + other.bytes);
  }
}
