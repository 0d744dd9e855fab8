package io.speicher.bench.traces;

import java.util.List;

/**
 * Whether traces are read and replayed right: what LRU and the optimum hit has to be, request for
 * request, what Caffeine's simulator counts for the same trace and size.
 */
final class SimulatorCheck {
  private static final List<Count> COUNTS =
      List.of(
          new Count(BundledTrace.LOOP, 500, 505_500, 0, 249_500),
          new Count(BundledTrace.GLI, 500, 6_015, 57, 2_065),
          new Count(BundledTrace.MULTI1, 1_000, 15_858, 7_648, 11_323),
          new Count(BundledTrace.MULTI2, 1_000, 26_311, 12_577, 16_355),
          new Count(BundledTrace.MULTI3, 1_000, 30_241, 11_401, 17_023),
          new Count(BundledTrace.SPRITE, 500, 133_996, 104_922, 117_765),
          new Count(BundledTrace.WEB07, 1_000, 76_118, 38_368, 48_402),
          new Count(BundledTrace.ORM_BUSY, 1_000, 5_000_000, 3_938_943, 4_206_909),
          new Count(BundledTrace.SCARAB_RECS, 25_000, 1_245_184, 748_788, 931_228));

  private SimulatorCheck() {}

  private record Count(
      BundledTrace trace, int itemCount, long requests, long lruHits, long optHits) {}

  /** Throws if the trace, or a policy, does not behave as it does in the simulator. */
  static void require(BundledTrace name, Trace trace) throws BadTraceException {
    for (Count count : COUNTS) {
      if (count.trace == name) {
        requireHits(count, trace, Policy.LRU, count.lruHits);
        requireHits(count, trace, Policy.OPT, count.optHits);
      }
    }
  }

  private static void requireHits(Count count, Trace trace, Policy policy, long hits)
      throws BadTraceException {
    Replay replay = Replay.of(trace, policy, Capacity.ofItems(count.itemCount));
    if (replay.requestCount() != count.requests || replay.hitCount() != hits) {
      throw new BadTraceException(
          "%s at %,d items of %s: requests=%d hits=%d (expected: %d and %d, as in the simulator)"
              .formatted(
                  policy.title,
                  count.itemCount,
                  count.trace.title(),
                  replay.requestCount(),
                  replay.hitCount(),
                  count.requests,
                  hits));
    }
  }
}
