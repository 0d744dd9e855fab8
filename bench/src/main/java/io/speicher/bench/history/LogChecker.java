package io.speicher.bench.history;

import io.speicher.bench.history.Operation.Outcome;
import io.speicher.bench.history.Violation.Kind;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Whether tokens that were appended to a text are in it once, in an order that agrees with time.
 * The longest text that was read is the truth: every other one is a beginning of it.
 */
final class LogChecker {
  private static final char END = ';';

  private LogChecker() {}

  static List<Violation> check(String key, List<Operation> operations) {
    List<Violation> violations = new ArrayList<>();
    List<Operation> reads =
        operations.stream()
            .filter(operation -> operation.isRead() && operation.isDone())
            .sorted(Comparator.comparingInt(operation -> text(operation).length()))
            .toList();
    String longest = reads.isEmpty() ? "" : text(reads.getLast());
    Positions positions = new Positions();
    for (Operation read : reads) {
      if (longest.startsWith(text(read))) {
        positions.seen(text(read).length(), read);
      } else {
        violations.add(
            new Violation(
                Kind.LOST, key, "what was read by " + read.by() + " is no beginning of the rest"));
      }
    }
    Map<String, Integer> ends = ends(key, longest, violations);
    long lastReadNanos = reads.stream().mapToLong(Operation::beginNanos).max().orElse(0);
    for (Operation append : operations) {
      String token = append.argument();
      if (token != null) {
        Integer end = ends.remove(token);
        if (end != null) {
          check(key, append, end, positions, violations);
        } else if (append.isDone() && append.endNanos() < lastReadNanos) {
          violations.add(new Violation(Kind.LOST, key, "'%s' by %s".formatted(token, append.by())));
        }
      }
    }
    ends.keySet()
        .forEach(
            token -> violations.add(new Violation(Kind.NEVER_WRITTEN, key, "'" + token + "'")));
    violations.addAll(positions.check(key));
    return violations;
  }

  private static String text(Operation read) {
    String result = read.result();
    return result == null ? "" : result;
  }

  /** Where each token ends in the text. */
  private static Map<String, Integer> ends(String key, String text, List<Violation> violations) {
    Map<String, Integer> ends = new HashMap<>();
    int begin = 0;
    for (int end = text.indexOf(END); end >= 0; end = text.indexOf(END, begin)) {
      String token = text.substring(begin, end + 1);
      if (ends.putIfAbsent(token, end + 1) != null) {
        violations.add(new Violation(Kind.DOUBLED, key, "'" + token + "'"));
      }
      begin = end + 1;
    }
    if (begin < text.length()) {
      violations.add(new Violation(Kind.NEVER_WRITTEN, key, "'" + text.substring(begin) + "'"));
    }
    return ends;
  }

  private static void check(
      String key, Operation append, int end, Positions positions, List<Violation> violations) {
    String result = append.result();
    if (append.outcome() == Outcome.REFUSED) {
      violations.add(
          new Violation(
              Kind.NEVER_WRITTEN,
              key,
              "'%s' was refused to %s".formatted(append.argument(), append.by())));
    } else if (append.isDone() && result != null && Integer.parseInt(result) != end) {
      violations.add(
          new Violation(
              Kind.REORDERED,
              key,
              "'%s' by %s ends at %d, and was answered %s"
                  .formatted(append.argument(), append.by(), end, result)));
    } else {
      positions.made(end, append);
    }
  }
}
