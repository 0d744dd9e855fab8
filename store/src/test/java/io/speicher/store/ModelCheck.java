package io.speicher.store;

import io.speicher.store.Operation.CompareAll;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Consumer;

/**
 * Looks for a program that a store answers wrongly, and for the shortest one that does.
 *
 * @param create makes the store, from a budget and a ticker
 * @param check is called whenever everything is compared
 * @param keyCount how many keys there are
 * @param evicts whether the budget is too small for everything
 */
record ModelCheck(
    BiFunction<Long, Ticker, Store> create, Consumer<Store> check, int keyCount, boolean evicts) {
  static final int PLENTY = 64 << 20;
  private static final int TIGHT = 4 << 20;
  private static final Duration SHRINKING = Duration.ofSeconds(60);

  /** A program, what goes wrong at its end, and the exception that says so. */
  record Failure(List<Operation> program, Throwable cause) {
    @Override
    public String toString() {
      StringBuilder lines = new StringBuilder("the store fails: ").append(cause).append('\n');
      for (int i = 0; i < program.size(); i++) {
        lines.append("%4d  %s%n".formatted(i + 1, program.get(i)));
      }
      return lines.toString();
    }
  }

  /** Runs that many random operations, and shrinks the program if they fail. */
  Optional<Failure> find(long seed, long operationCount) {
    RandomOperations operations = new RandomOperations(seed, keyCount);
    long count = 0;
    FakeTicker ticker = new FakeTicker();
    try (Store store = create.apply(budgetBytes(), ticker)) {
      StoreModel model = new StoreModel(store, ticker, evicts, check);
      while (count < operationCount) {
        count++;
        model.run(operations.next());
      }
      model.run(new CompareAll());
      return Optional.empty();
    } catch (RuntimeException | AssertionError e) {
      return Optional.of(shrunk(firstOf(seed, count), e));
    }
  }

  /** The shortest failing program that was found in time. */
  private Failure shrunk(List<Operation> program, Throwable cause) {
    long deadlineNanos = System.nanoTime() + SHRINKING.toNanos();
    return new Shrinker(this::run, () -> System.nanoTime() - deadlineNanos > 0)
        .shrink(new Failure(program, cause));
  }

  /** Runs a program, and returns it as far as it came, if it failed. */
  Optional<Failure> run(List<Operation> program) {
    FakeTicker ticker = new FakeTicker();
    int count = 0;
    try (Store store = create.apply(budgetBytes(), ticker)) {
      StoreModel model = new StoreModel(store, ticker, evicts, check);
      for (Operation operation : program) {
        count++;
        model.run(operation);
      }
      model.run(new CompareAll());
      return Optional.empty();
    } catch (RuntimeException | AssertionError e) {
      return Optional.of(new Failure(program.subList(0, count), e));
    }
  }

  private List<Operation> firstOf(long seed, long count) {
    RandomOperations operations = new RandomOperations(seed, keyCount);
    List<Operation> program = new ArrayList<>();
    while (program.size() < count) {
      program.add(operations.next());
    }
    return program;
  }

  private long budgetBytes() {
    return evicts ? TIGHT : PLENTY;
  }
}
