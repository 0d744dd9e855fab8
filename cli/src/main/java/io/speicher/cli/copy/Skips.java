package io.speicher.cli.copy;

import io.speicher.cli.console.Printable;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.Map;

/** How many items were not copied, and why. Any thread may use it. */
final class Skips {
  private static final int MOST_REASONS = 100;
  private static final String OTHER = "other reasons";
  private static final int MOST_KEY_BYTES = 64;

  private final Map<String, Reason> reasons = new LinkedHashMap<>();

  /**
   * A reason.
   *
   * @param example a key, as it can be shown
   */
  record Reason(long count, String example) {}

  /** Counts a key. */
  synchronized void add(String reason, byte[] key) {
    String known = reasons.size() < MOST_REASONS || reasons.containsKey(reason) ? reason : OTHER;
    Reason before = reasons.get(known);
    reasons.put(
        known,
        before == null
            ? new Reason(1, example(key))
            : new Reason(before.count() + 1, before.example()));
  }

  /** Counts again what an earlier run has counted. */
  synchronized void restore(String reason, Reason counted) {
    reasons.put(reason, counted);
  }

  private static String example(byte[] key) {
    int bytes = Math.min(key.length, MOST_KEY_BYTES);
    return Printable.quoted(ByteBuffer.wrap(key, 0, bytes)) + (bytes < key.length ? "..." : "");
  }

  synchronized long total() {
    return reasons.values().stream().mapToLong(Reason::count).sum();
  }

  synchronized long count(String reason) {
    Reason counted = reasons.get(reason);
    return counted == null ? 0 : counted.count();
  }

  /** All reasons, in the order in which they were met. */
  synchronized Map<String, Reason> all() {
    return new LinkedHashMap<>(reasons);
  }
}
