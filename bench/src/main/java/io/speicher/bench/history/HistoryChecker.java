package io.speicher.bench.history;

import io.speicher.bench.history.Operation.Model;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Finds what is wrong in a history: key by key, since operations are about one key each. */
final class HistoryChecker {
  private HistoryChecker() {}

  static List<Violation> check(List<Operation> history) {
    Map<String, List<Operation>> byKey = new TreeMap<>();
    for (Operation operation : history) {
      byKey.computeIfAbsent(operation.key(), _ -> new ArrayList<>()).add(operation);
    }
    List<Violation> violations = new ArrayList<>();
    byKey.forEach((key, operations) -> {
      Model model = operations.getFirst().model();
      violations.addAll(
          switch (model) {
            case REGISTER -> RegisterChecker.check(key, operations);
            case COUNTER -> CounterChecker.check(key, operations);
            case LOG -> LogChecker.check(key, operations);
          });
    });
    return violations;
  }
}
