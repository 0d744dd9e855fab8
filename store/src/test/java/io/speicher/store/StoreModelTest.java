package io.speicher.store;

import static org.assertj.core.api.Assertions.fail;

import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Runs random operations of all sorts on a store and on a plain map, and compares them. The test of
 * a store extends this class and makes the store.
 *
 * <p>A failure is printed as the shortest program that still fails, and with its seed. {@code
 * -Dseed=} runs the same operations again, and {@code -Doperations=} more or fewer of them for each
 * of the tests.
 */
public abstract class StoreModelTest {
  private static final long DEFAULT_OPERATIONS = 40_000;

  /** Makes the store under test. */
  protected abstract Store create(long budgetBytes, Ticker ticker);

  /** Throws if the structures of the store disagree. Called now and then, between operations. */
  protected void check(Store store) {}

  @ParameterizedTest
  @ValueSource(ints = {10, 500, 20_000})
  void anyOperations_withPlentyOfRoom(int keyCount) {
    run(keyCount, false);
  }

  @ParameterizedTest
  @ValueSource(ints = {10, 500, 20_000})
  void anyOperations_inATightBudget(int keyCount) {
    run(keyCount, true);
  }

  private void run(int keyCount, boolean evicts) {
    long seed = Long.getLong("seed", new Random().nextLong());
    long operations = Long.getLong("operations", DEFAULT_OPERATIONS);
    new ModelCheck(this::create, this::check, keyCount, evicts)
        .find(seed, operations)
        .ifPresent(failure -> fail("-Dseed=" + seed + " " + failure, failure.cause()));
  }
}
