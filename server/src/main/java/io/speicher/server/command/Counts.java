package io.speicher.server.command;

import io.speicher.protocol.Counter;
import java.util.EnumMap;
import java.util.Map;

/**
 * Numbers that one thread counts up. Others may read what they were a moment ago; that spares the
 * path of a request what synchronizing costs.
 */
@SuppressWarnings("EnumOrdinal") // A map would cost every request more than the counting.
public final class Counts {
  private final long[] numbers = new long[Counter.values().length];

  void add(Counter counter, long number) {
    numbers[counter.ordinal()] += number;
  }

  public void addAll(Counts other) {
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] += other.numbers[i];
    }
  }

  /** What has been counted since it was {@code before}. */
  public Map<Counter, Long> since(Counts before) {
    Map<Counter, Long> since = new EnumMap<>(Counter.class);
    for (Counter counter : Counter.values()) {
      since.put(counter, numbers[counter.ordinal()] - before.numbers[counter.ordinal()]);
    }
    return since;
  }
}
