package io.speicher.cli.top;

import io.speicher.cli.resp.RespReply;
import io.speicher.cli.resp.UnexpectedReplyException;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * How many calls took up to so many microseconds: what LATENCY HISTOGRAM says of a command, with a
 * bucket for each power of two.
 *
 * @param calls by the upper bound of their bucket, those of the buckets below included
 */
record LatencyBuckets(NavigableMap<Long, Long> calls) {
  static final LatencyBuckets NONE = new LatencyBuckets(new TreeMap<>());

  /** Reads one command of the reply. */
  static LatencyBuckets of(RespReply command) {
    NavigableMap<Long, Long> calls = new TreeMap<>();
    for (Map.Entry<String, RespReply> bucket : command.field("histogram_usec").map().entrySet()) {
      calls.put(bound(bucket.getKey()), bucket.getValue().number());
    }
    return new LatencyBuckets(calls);
  }

  private static long bound(String text) {
    try {
      return Long.parseLong(text);
    } catch (NumberFormatException e) {
      throw new UnexpectedReplyException("a bucket of LATENCY HISTOGRAM without a number");
    }
  }

  /** What has come since then; all of it, if the counters were set to zero meanwhile. */
  LatencyBuckets since(LatencyBuckets before) {
    if (before.total() > total()) {
      return this;
    }
    NavigableMap<Long, Long> grown = new TreeMap<>();
    calls.forEach((bound, count) -> grown.put(bound, count - before.upTo(bound)));
    return new LatencyBuckets(grown);
  }

  /** These and those together. */
  LatencyBuckets plus(LatencyBuckets other) {
    NavigableMap<Long, Long> sum = new TreeMap<>();
    calls.keySet().forEach(bound -> sum.put(bound, upTo(bound) + other.upTo(bound)));
    other.calls.keySet().forEach(bound -> sum.put(bound, upTo(bound) + other.upTo(bound)));
    return new LatencyBuckets(sum);
  }

  private long upTo(long bound) {
    Map.Entry<Long, Long> bucket = calls.floorEntry(bound);
    return bucket == null ? 0 : bucket.getValue();
  }

  long total() {
    return calls.isEmpty() ? 0 : calls.lastEntry().getValue();
  }

  /**
   * An upper bound, in microseconds, of the time that this share of the calls took; NaN for none.
   */
  double percentile(double percent) {
    double wanted = total() * percent / 100;
    for (Map.Entry<Long, Long> bucket : calls.entrySet()) {
      if (bucket.getValue() > 0 && bucket.getValue() >= wanted) {
        return bucket.getKey();
      }
    }
    return Double.NaN;
  }
}
