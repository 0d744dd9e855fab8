package io.speicher.client;

/**
 * What a {@link Cache} has counted since it was made. Each number is exact; they are not read at
 * one moment.
 *
 * @param hits values that were found, one for each key of a batch
 * @param nearHits those of them that were found in the near cache ({@link CacheOptions#near})
 * @param misses keys without a value, those included whose read failed where failures are misses
 * @param sets values that were stored
 * @param deletes items that were deleted
 * @param loads values that a loader returned
 * @param loadFailures loaders that threw
 * @param failures calls that ended with a {@link io.speicher.client.exception.SpeicherException},
 *     whether or not callers saw it
 */
public record CacheStats(
    long hits,
    long nearHits,
    long misses,
    long sets,
    long deletes,
    long loads,
    long loadFailures,
    long failures) {

  /** The share of reads that found a value, from 0 to 1; 1 if there were no reads. */
  public double hitRatio() {
    long reads = hits + misses;
    return reads == 0 ? 1 : (double) hits / reads;
  }
}
