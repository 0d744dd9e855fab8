package io.speicher.bench.history;

import io.speicher.bench.history.Operation.Outcome;
import io.speicher.bench.history.Violation.Kind;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;

/**
 * Whether each increment of a number was executed once: exactly, but for those of which nobody
 * knows the outcome, each of which may have been executed once or not at all.
 */
final class CounterChecker {
  private CounterChecker() {}

  static List<Violation> check(String key, List<Operation> operations) {
    List<Violation> violations = new ArrayList<>();
    Positions positions = new Positions();
    Map<Long, Operation> made = new HashMap<>();
    long[] ends =
        sorted(
            operations.stream()
                .filter(operation -> !operation.isRead() && operation.isDone())
                .mapToLong(Operation::endNanos));
    long[] begins =
        sorted(
            operations.stream()
                .filter(operation -> !operation.isRead() && operation.outcome() != Outcome.REFUSED)
                .mapToLong(Operation::beginNanos));
    for (Operation operation : operations) {
      if (!operation.isDone()) {
        continue;
      }
      String result = operation.result();
      long number = result == null ? 0 : Long.parseLong(result);
      long acknowledged = countBelow(ends, operation.beginNanos()) + (operation.isRead() ? 0L : 1L);
      long begun = countBelow(begins, operation.endNanos());
      if (number < acknowledged) {
        violations.add(
            violation(Kind.LOST, key, operation, number, "acknowledged before", acknowledged));
      } else if (number > begun) {
        violations.add(violation(Kind.DOUBLED, key, operation, number, "begun before", begun));
      }
      if (operation.isRead()) {
        positions.seen(number, operation);
      } else {
        Operation same = made.putIfAbsent(number, operation);
        if (same != null) {
          violations.add(
              new Violation(
                  Kind.LOST,
                  key,
                  "two have made it %d: %s and %s".formatted(number, same.by(), operation.by())));
        }
        positions.made(number, operation);
      }
    }
    violations.addAll(positions.check(key));
    return violations;
  }

  private static Violation violation(
      Kind kind, String key, Operation operation, long number, String what, long count) {
    return new Violation(
        kind, key, "%s was answered %d; %s: %d".formatted(operation.by(), number, what, count));
  }

  private static long[] sorted(LongStream numbers) {
    return numbers.sorted().toArray();
  }

  /** How many of the numbers, in their order, are less. */
  private static long countBelow(long[] numbers, long limit) {
    int low = 0;
    int high = numbers.length;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (numbers[middle] < limit) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }
}
