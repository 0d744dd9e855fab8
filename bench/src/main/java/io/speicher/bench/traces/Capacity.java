package io.speicher.bench.traces;

import io.speicher.protocol.Quantities;
import java.util.regex.Pattern;

/** How much a cache holds: so many items, whatever their size, or so many bytes. */
record Capacity(long amount, boolean isBytes) {
  /** The size of a value where the trace does not say. */
  static final int DEFAULT_VALUE_BYTES = 100;

  private static final Pattern ITEMS = Pattern.compile("\\d{1,9}");

  Capacity {
    if (amount < 1) {
      throw new IllegalArgumentException("it has to be 1 or more");
    }
  }

  static Capacity ofItems(int itemCount) {
    return new Capacity(itemCount, false);
  }

  static Capacity ofBytes(long bytes) {
    return new Capacity(bytes, true);
  }

  /**
   * What {@code text} says: digits alone are items, digits and a unit are bytes.
   *
   * @throws IllegalArgumentException if it says neither
   */
  static Capacity parse(String text) {
    if (ITEMS.matcher(text).matches()) {
      return ofItems(Integer.parseInt(text));
    }
    long bytes;
    try {
      bytes = Quantities.bytes(text);
    } catch (IllegalArgumentException e) {
      bytes = -1;
    }
    if (bytes < 0 || text.strip().matches("\\d+")) {
      throw new IllegalArgumentException(
          "'" + text + "' is neither a number of items such as 1000 nor a size such as 64mb");
    }
    return ofBytes(bytes);
  }

  /** What the item of the request at {@code index} takes of it. */
  int weight(Trace trace, int index) {
    return isBytes
        ? trace.keyBytes(trace.request(index)) + trace.valueBytes(index, DEFAULT_VALUE_BYTES)
        : 1;
  }

  @Override
  public String toString() {
    return isBytes ? Quantities.ofBytes(amount) : "%,d items".formatted(amount);
  }
}
