package io.speicher.bench.history;

import io.speicher.bench.history.Violation.Kind;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What has been seen of a value that only grows: who made it how large, and who saw it so. A larger
 * one never ends before a smaller one begins.
 */
final class Positions {
  /** By their size; who made it before who saw it. */
  private static final Comparator<Position> ORDER =
      Comparator.comparingLong(Position::size).thenComparing(position -> !position.isMade());

  private final List<Position> positions = new ArrayList<>();

  private record Position(long size, boolean isMade, Operation operation) {}

  /** An operation has made it so large. */
  void made(long size, Operation operation) {
    positions.add(new Position(size, true, operation));
  }

  /** An operation has read that it is so large. */
  void seen(long size, Operation operation) {
    positions.add(new Position(size, false, operation));
  }

  List<Violation> check(String key) {
    List<Violation> violations = new ArrayList<>();
    positions.sort(ORDER);
    @Nullable Position lastBegun = null;
    @Nullable Position lastSeen =
        null; // Of those with the size at hand: readers of the same are no order.
    for (Position position : positions) {
      if (lastSeen != null && lastSeen.size() < position.size()) {
        lastBegun = later(lastBegun, lastSeen);
        lastSeen = null;
      }
      if (lastBegun != null
          && position.operation().overNanos() < lastBegun.operation().beginNanos()) {
        violations.add(violation(key, position, lastBegun));
      }
      if (position.isMade()) {
        lastBegun = later(lastBegun, position);
      } else {
        lastSeen = later(lastSeen, position);
      }
    }
    return violations;
  }

  private static Position later(@Nullable Position one, Position other) {
    return one == null || other.operation().beginNanos() > one.operation().beginNanos()
        ? other
        : one;
  }

  private static Violation violation(String key, Position larger, Position smaller) {
    if (smaller.isMade() && smaller.size() == larger.size()) {
      return new Violation(
          Kind.FROM_THE_FUTURE,
          key,
          "%d was read by %s before it was made by %s"
              .formatted(larger.size(), larger.operation().by(), smaller.operation().by()));
    }
    Kind read = larger.isMade() ? Kind.STALE : Kind.TAKEN_BACK;
    return new Violation(
        smaller.isMade() ? Kind.REORDERED : read,
        key,
        "%d was %s by %s after %d was %s by %s"
            .formatted(
                smaller.size(),
                smaller.isMade() ? "made" : "read",
                smaller.operation().by(),
                larger.size(),
                larger.isMade() ? "made" : "read",
                larger.operation().by()));
  }
}
