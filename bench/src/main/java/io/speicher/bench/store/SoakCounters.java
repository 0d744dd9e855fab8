package io.speicher.bench.store;

import io.speicher.store.AddResult;
import io.speicher.store.AddResult.Counted;
import io.speicher.store.PutOptions;
import io.speicher.store.PutOptions.Condition;
import io.speicher.store.PutResult;
import io.speicher.store.Store;
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

    Counting(int owner, XorShift random) {
      this.owner = owner;
      this.random = random;
    }

    void add() {
      int counter = (int) random.below(COUNTERS / 2);
      long cleared = record.cleared();
      AddResult result = store.add(key(counter), 1);
      if (result instanceof Counted(long sum)) {
        check(counter, sum, cleared);
        checkAlone(counter, sum);
      } else if (result == AddResult.Refused.KEY_ABSENT) {
        create(counter);
      } else {
        record.fault("counter is no number: result=" + result);
      }
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
      PutOptions onlyThat = PutOptions.DEFAULT.withCondition(new Condition.IfVersion(version));
      if (store.put(key(counter), text(seen + 1), onlyThat) == PutResult.STORED) {
        check(counter, seen + 1, cleared);
        checkAlone(counter, seen + 1);
      }
    }

    /** One thread at a time, so that the generation of what is there never goes back. */
    private void create(int counter) {
      synchronized (creation[counter]) {
        long generation = record.begin(owner);
        PutOptions ifAbsent =
            PutOptions.DEFAULT
                .withCondition(Condition.IF_ABSENT)
                .withTtlMillis(random.below(4) == 0 ? 5_000 : PutOptions.NO_TTL);
        store.put(key(counter), text(generation * GENERATION_STEP), ifAbsent);
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
