package io.speicher.bench.store;

import io.speicher.store.Item;
import io.speicher.store.PutOptions;
import io.speicher.store.Store;
import io.speicher.store.Update;
import io.speicher.store.UpdateResult;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Numbers under keys that all threads write to: half of them are counted up by {@code add}, half by
 * reading and putting on condition of the version.
 *
 * <p>A number begins at its generation times a hundred million, so that it is greater than all that
 * its key had before, and counts up by one. So no two writes ever bring the same number, unless one
 * was lost, and no thread ever sees a lower one than before, unless an older one was resurrected.
 */
final class SoakCounters {
  private static final int COUNTERS = 128;
  private static final long GENERATION_STEP = 100_000_000;
  private static final int RECENT = 1_024;

  private final Store store;
  private final SoakRecord record;
  private final long firstIndex;
  private final Object[] creation = new Object[COUNTERS];

  /** Of each counter, the numbers that writes brought lately. */
  private final AtomicLongArray recent = new AtomicLongArray(COUNTERS * RECENT);

  /** The counters' keys begin with the one of {@code firstIndex}. */
  SoakCounters(Store store, SoakRecord record, long firstIndex) {
    this.store = store;
    this.record = record;
    this.firstIndex = firstIndex;
    for (int i = 0; i < COUNTERS; i++) {
      creation[i] = new Object();
    }
  }

  /** What one thread knows of the counters. */
  final class Counting {
    private final int owner;
    private final XorShift random;
    private final Keys keys = new Keys();
    private final ByteBuffer number = ByteBuffer.allocate(20);
    private final long[] last = new long[COUNTERS];
    private long version;
    private long sum;

    Counting(int owner, XorShift random) {
      this.owner = owner;
      this.random = random;
    }

    void add() {
      int counter = (int) random.below(COUNTERS / 2);
      long cleared = record.cleared();
      UpdateResult result =
          store.update(
              key(counter),
              old -> {
                if (old == null) {
                  return Update.KEEP;
                }
                sum = number(old.value()) + 1;
                return Update.Replace.value(old, text(sum));
              });
      if (result == UpdateResult.KEPT) {
        create(counter);
      } else {
        check(counter, sum, cleared);
        checkAlone(counter, sum);
      }
    }

    /** Of any bytes, since an updater may see a mixture of two numbers. */
    private static long number(ByteBuffer text) {
      long number = 0;
      for (int i = text.position(); i < text.limit(); i++) {
        number = 10 * number + text.get(i) - '0';
      }
      return number;
    }

    void compareAndSet() {
      int counter = COUNTERS / 2 + (int) random.below(COUNTERS / 2);
      long cleared = record.cleared();
      if (!store.get(
          key(counter),
          item -> {
            version = item.version();
            number.clear().limit(Math.min(number.capacity(), item.value().remaining()));
            number.put(0, item.value(), item.value().position(), number.limit());
          })) {
        create(counter);
        return;
      }
      long seen = Long.parseLong(StandardCharsets.ISO_8859_1.decode(number).toString());
      check(counter, seen, cleared);
      UpdateResult result =
          store.update(
              key(counter),
              old ->
                  old != null && old.version() == version
                      ? Update.Replace.put(text(seen + 1), PutOptions.DEFAULT)
                      : Update.KEEP);
      if (result == UpdateResult.STORED) {
        check(counter, seen + 1, cleared);
        checkAlone(counter, seen + 1);
      }
    }

    /** One thread at a time, so that the generation of what is there never goes back. */
    private void create(int counter) {
      synchronized (creation[counter]) {
        long generation = record.begin(owner);
        long expiresAtMillis = random.below(4) == 0 ? store.nowMillis() + 5_000 : Item.NEVER;
        PutOptions options = PutOptions.DEFAULT.withExpiresAtMillis(expiresAtMillis);
        ByteBuffer first = text(generation * GENERATION_STEP);
        store.update(
            key(counter), old -> old == null ? Update.Replace.put(first, options) : Update.KEEP);
        record.end(owner);
      }
    }

    private void check(int counter, long seen, long cleared) {
      if (seen < last[counter]) {
        record.fault(
            "counter went back: counter=" + counter + " from=" + last[counter] + " to=" + seen);
      }
      if (seen / GENERATION_STEP <= cleared) {
        record.fault("counter seen after clear: counter=" + counter + " number=" + seen);
      }
      last[counter] = seen;
    }

    private void checkAlone(int counter, long written) {
      int place = counter * RECENT + (int) (written % RECENT);
      if (recent.getAndSet(place, written) == written) {
        record.fault("update lost: counter=" + counter + " number=" + written);
      }
    }

    private ByteBuffer key(int counter) {
      return keys.key(firstIndex + counter);
    }

    private ByteBuffer text(long value) {
      return ByteBuffer.wrap(Long.toString(value).getBytes(StandardCharsets.ISO_8859_1));
    }
  }
}
