package io.speicher.protocol;

import java.util.Map;

/**
 * What a server says of itself. The numbers are taken one after the other while others go on.
 *
 * @param counts what is not in it is 0
 * @param version of the server program
 * @param startedAtMillis since 1970
 * @param nowMillis since 1970, by the clock that items expire by
 * @param itemCount items, of which some may have expired within the last two seconds
 * @param usedBytes what they take, index and bookkeeping included
 * @param budgetBytes what they may take
 * @param residentBytes what the process has in memory, or 0 if the system does not say
 * @param userCpuMicros of the process, or 0 if the system does not say; so with the next
 * @param peakBytes the most that items, index and bookkeeping have taken so far
 * @param commandsPerSecond lately
 * @param connections open now
 * @param maxConnections more are refused
 * @param threads event loops
 * @param port the one that takes every dialect
 * @param maxFrameBytes about the longest value
 * @param idleTimeoutMillis after which a silent connection is closed; 0 is never
 */
public record ServerStats(
    Map<Counter, Long> counts,
    String version,
    long startedAtMillis,
    long nowMillis,
    long itemCount,
    long usedBytes,
    long budgetBytes,
    long evictedItemCount,
    long expiredItemCount,
    long residentBytes,
    long userCpuMicros,
    long systemCpuMicros,
    long peakBytes,
    long commandsPerSecond,
    int connections,
    int maxConnections,
    int threads,
    int port,
    int maxFrameBytes,
    int maxKeyBytes,
    long idleTimeoutMillis) {

  public long count(Counter counter) {
    return counts.getOrDefault(counter, 0L);
  }
}
