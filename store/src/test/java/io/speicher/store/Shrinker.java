package io.speicher.store;

import io.speicher.store.ModelCheck.Failure;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Function;

/**
 * Makes a failing program short and simple: leaves out halves, quarters, and so on down to single
 * operations, then replaces operations by simpler ones, as long as it goes on failing, in whatever
 * way. (Zeller and Hildebrandt, Simplifying and isolating failure-inducing input, 2002.)
 */
final class Shrinker {
  private final Function<List<Operation>, Optional<Failure>> run;
  private final BooleanSupplier outOfTime;

  Shrinker(Function<List<Operation>, Optional<Failure>> run, BooleanSupplier outOfTime) {
    this.run = run;
    this.outOfTime = outOfTime;
  }

  Failure shrink(Failure failure) {
    Failure last;
    Failure shorter = failure;
    do {
      last = shorter;
      shorter = simplified(shortened(last));
    } while (!shorter.program().equals(last.program()) && !outOfTime.getAsBoolean());
    return shorter;
  }

  private Failure shortened(Failure failure) {
    int length = Math.max(1, failure.program().size() / 2);
    while (length > 0) {
      int lengthBefore = failure.program().size();
      failure = withoutPieces(failure, length);
      boolean again = length == 1 && failure.program().size() < lengthBefore;
      length = again ? 1 : length / 2;
    }
    return failure;
  }

  private Failure withoutPieces(Failure failure, int length) {
    int from = 0;
    while (from < failure.program().size() && !outOfTime.getAsBoolean()) {
      List<Operation> program = failure.program();
      List<Operation> rest = new ArrayList<>(program.subList(0, from));
      rest.addAll(program.subList(Math.min(from + length, program.size()), program.size()));
      Optional<Failure> shorter = run.apply(rest);
      if (shorter.isPresent()) {
        failure = shorter.get();
      } else {
        from += length;
      }
    }
    return failure;
  }

  private Failure simplified(Failure failure) {
    int index = 0;
    while (index < failure.program().size() && !outOfTime.getAsBoolean()) {
      Optional<Failure> simpler = simplified(failure.program(), index);
      if (simpler.isPresent()) {
        failure = simpler.get();
      } else {
        index++;
      }
    }
    return failure;
  }

  private Optional<Failure> simplified(List<Operation> program, int index) {
    for (Operation simpler : program.get(index).simpler()) {
      List<Operation> candidate = new ArrayList<>(program);
      candidate.set(index, simpler);
      Optional<Failure> failure = run.apply(candidate);
      if (failure.isPresent()) {
        return failure;
      }
    }
    return Optional.empty();
  }
}
