package io.speicher.bench.traces;

import io.speicher.store.HitRatioCurve;
import io.speicher.store.PutOptions;
import io.speicher.store.Store;
import io.speicher.store.Ticker;
import java.nio.ByteBuffer;

/**
 * The store that ships, asked as the server asks it.
 *
 * <p>Its time is made up: a hundred requests take a millisecond, and it is maintained every second.
 * So a replay comes out the same on any machine.
 */
final class StoreCache implements CacheUnderTest {
  static final int NUMBER_BYTES = EqualItems.KEY_BYTES;

  private static final int REQUESTS_PER_MILLI = 100;
  private static final int REQUESTS_PER_MAINTENANCE = REQUESTS_PER_MILLI * 1_000;

  private final Store store;
  private final Clock clock;
  private final Items items;

  private StoreCache(Store store, Clock clock, Items items) {
    this.store = store;
    this.clock = clock;
    this.items = items;
  }

  /** Has room for {@code itemCount} items, or a little fewer, see {@link EqualItems}. */
  static StoreCache ofItems(int itemCount) {
    Clock clock = new Clock();
    EqualItems items = EqualItems.of(itemCount);
    return new StoreCache(
        ShippingStore.ofItems(items, clock), clock, new NumberedItems(items.valueBytes()));
  }

  /** Has {@code budgetBytes} for everything; keys are numbers, and all values are as long. */
  static StoreCache ofBudget(long budgetBytes, int valueBytes) {
    Clock clock = new Clock();
    return new StoreCache(
        ShippingStore.ofBytes(budgetBytes, clock), clock, new NumberedItems(valueBytes));
  }

  /** Has {@code budgetBytes} for everything; keys and values are as long as those of the trace. */
  static StoreCache ofBytes(long budgetBytes, Trace trace) {
    Clock clock = new Clock();
    return new StoreCache(
        ShippingStore.ofBytes(budgetBytes, clock),
        clock,
        new Items() {
          private ByteBuffer zeros = ByteBuffer.allocate(0);

          @Override
          public ByteBuffer key(int number) {
            return ByteBuffer.wrap(trace.key(number));
          }

          @Override
          public ByteBuffer value(int number, int weight) {
            int valueBytes = weight - trace.keyBytes(number);
            if (zeros.capacity() < valueBytes) {
              zeros = ByteBuffer.allocate(valueBytes);
            }
            return zeros.slice(0, valueBytes);
          }
        });
  }

  @Override
  public boolean request(int key, int weight) {
    if (clock.passes()) {
      store.maintain();
    }
    ByteBuffer keyBytes = items.key(key);
    if (store.get(keyBytes, _ -> {})) {
      return true;
    }
    store.put(keyBytes, items.value(key, weight), PutOptions.DEFAULT);
    return false;
  }

  /** What the store estimates of stores of other sizes. */
  HitRatioCurve hitRatioCurve() {
    return store.hitRatioCurve();
  }

  @Override
  public void close() {
    store.close();
  }

  /** What is stored for the numbers of a trace. */
  private interface Items {
    ByteBuffer key(int number);

    ByteBuffer value(int number, int weight);
  }

  /** Items of the same size, whose keys are their numbers. */
  private static final class NumberedItems implements Items {
    private final ByteBuffer key = ByteBuffer.allocate(NUMBER_BYTES);
    private final ByteBuffer value;

    NumberedItems(int valueBytes) {
      value = ByteBuffer.allocate(valueBytes);
    }

    @Override
    public ByteBuffer key(int number) {
      return key.putLong(0, number);
    }

    @Override
    public ByteBuffer value(int number, int weight) {
      return value;
    }
  }

  private static final class Clock implements Ticker {
    private long requestCount;

    /** Goes on by a request, and says whether maintenance is due. */
    boolean passes() {
      return ++requestCount % REQUESTS_PER_MAINTENANCE == 0;
    }

    @Override
    public long millis() {
      return 1 + requestCount / REQUESTS_PER_MILLI;
    }
  }
}
