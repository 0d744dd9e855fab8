package io.speicher.bench.history;

import io.speicher.bench.history.Operation.Outcome;
import io.speicher.bench.history.Violation.Kind;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Whether reads and writes of one key are linearizable. */
final class RegisterChecker {

  /*
   * Each value is written once, so the write of each read is known, and no search is needed: a
   * history is linearizable exactly if its zones are compatible (P. B. Gibbons, E. Korach, Testing
   * Shared Memories, SIAM J. Comput. 26(4), 1997, theorem 4.2). A value with its write and its reads
   * takes a zone of time, between the first end and the last begin among them. Where the end is
   * before the begin, the zone is a forward one: the register has the value from one to the other.
   * Else it is a backward one: there is a moment between at which all of them are under way. Then
   *
   *   1. no read ends before its write begins,
   *   2. no two forward zones overlap,
   *   3. no backward zone lies within a forward one.
   *
   * A write that nobody knows the outcome of ends never; if its value was not read, it is as if it
   * had not been. Before all else, the key has no item: a value whose write is older than all.
   */

  private static final String NOTHING = "";

  /** A value, with its write and its reads. */
  private static final class Value {
    final @Nullable Operation write;

    /** The operation that ends first, and the one that begins last. */
    @Nullable Operation first;

    @Nullable Operation last;

    /** What nobody has written is there from the beginning. */
    long endNanos = Long.MIN_VALUE;

    long beginNanos = Long.MIN_VALUE;
    boolean isRead;

    Value(@Nullable Operation write) {
      this.write = write;
      if (write != null) {
        first = write;
        last = write;
        endNanos = write.overNanos();
        beginNanos = write.beginNanos();
      }
    }

    void add(Operation read) {
      isRead = true;
      if (read.endNanos() < endNanos) {
        endNanos = read.endNanos();
        first = read;
      }
      if (read.beginNanos() > beginNanos) {
        beginNanos = read.beginNanos();
        last = read;
      }
    }

    boolean isForward() {
      return endNanos < beginNanos;
    }

    private String text() {
      return write == null ? "nothing" : "'" + write.argument() + "'";
    }
  }

  private RegisterChecker() {}

  static List<Violation> check(String key, List<Operation> operations) {
    List<Violation> violations = new ArrayList<>();
    Map<String, Value> values = values(operations);
    for (Operation read : operations) {
      if (read.isRead() && read.isDone()) {
        String result = read.result() == null ? NOTHING : read.result();
        Value value = values.get(result);
        if (value == null) {
          violations.add(
              new Violation(Kind.NEVER_WRITTEN, key, "'" + result + "' was read by " + read.by()));
        } else if (value.write != null && read.endNanos() < value.write.beginNanos()) {
          violations.add(
              new Violation(Kind.FROM_THE_FUTURE, key, value.text() + " was read by " + read.by()));
        } else {
          value.add(read);
        }
      }
    }
    values
        .values()
        .removeIf(value ->
            !value.isRead && (value.write == null || value.write.outcome() == Outcome.UNKNOWN));
    compare(key, values, violations);
    return violations;
  }

  private static Map<String, Value> values(List<Operation> operations) {
    Map<String, Value> values = new HashMap<>();
    values.put(NOTHING, new Value(null));
    for (Operation write : operations) {
      String argument = write.argument();
      if (argument != null && write.outcome() != Outcome.REFUSED) {
        if (values.put(argument, new Value(write)) != null) {
          throw new IllegalArgumentException("written twice: " + argument);
        }
      }
    }
    return values;
  }

  private static void compare(String key, Map<String, Value> values, List<Violation> violations) {
    NavigableMap<Long, Value> forward = new TreeMap<>();
    List<Value> zones =
        values.values().stream()
            .sorted(Comparator.comparingLong((Value value) -> value.endNanos))
            .toList();
    for (Value value : zones) {
      if (value.isForward()) {
        Value before = forward.isEmpty() ? null : forward.lastEntry().getValue();
        if (before != null && value.endNanos < before.beginNanos) {
          violations.add(stale(key, before, value));
        }
        if (before == null || value.beginNanos > before.beginNanos) {
          forward.put(value.endNanos, value);
        }
      }
    }
    for (Value value : zones) {
      if (!value.isForward()) {
        Map.Entry<Long, Value> around = forward.lowerEntry(value.beginNanos);
        if (around != null && value.endNanos < around.getValue().beginNanos) {
          violations.add(stale(key, around.getValue(), value));
        }
      }
    }
  }

  /** The older value was there before the newer one, and was read again. */
  private static Violation stale(String key, Value older, Value newer) {
    @Nullable Operation seen = newer.first;
    @Nullable Operation again = older.last;
    boolean isAcknowledged =
        newer.write != null && again != null && newer.write.overNanos() < again.beginNanos();
    return new Violation(
        isAcknowledged ? Kind.STALE : Kind.TAKEN_BACK,
        key,
        "%s was read by %s after %s was %s by %s"
            .formatted(
                older.text(),
                again == null ? "nobody" : again.by(),
                newer.text(),
                seen != null && seen.isRead() ? "read" : "written",
                seen == null ? "nobody" : seen.by()));
  }
}
