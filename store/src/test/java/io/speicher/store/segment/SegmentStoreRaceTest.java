package io.speicher.store.segment;

import static org.assertj.core.api.Assertions.assertThat;

import io.speicher.store.PutOptions;
import io.speicher.store.PutResult;
import io.speicher.store.Ticker;
import io.speicher.store.UpdateResult;
import io.speicher.store.Updates;
import io.speicher.store.Updates.Condition;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Races that are too rare to wait for. A writer asks for the time between finding the present item
 * and linking its own; here the clock uses this moment to change the store.
 */
final class SegmentStoreRaceTest {
  private static final int SEGMENT_BYTES = 8 << 10;

  private static final long NOW_MILLIS = 1_700_000_000_000L;

  /** The time is asked for only where something expires. */
  private static final PutOptions EXPIRING =
      PutOptions.DEFAULT.withExpiresAtMillis(NOW_MILLIS + 1_000_000);

  private final RacingTicker ticker = new RacingTicker();
  private final SegmentStore store =
      new SegmentStore(new Geometry(16 * SEGMENT_BYTES, SEGMENT_BYTES, 0), ticker);

  @AfterEach
  void verifyAndClose() {
    KillPoint.observe(null);
    store.verify();
    store.close();
  }

  /** Another value lies where the one that was read lay: the slots are the same, bit for bit. */
  @Test
  void add_whileTheItemComesBackToItsPlace() {
    put("n", "5");
    long slot = slotOf("n");
    // Asked first whether the present item has expired, and then whether the new one has.
    ticker.beforeNextCalls(
        2,
        () -> {
          do {
            put("n", "7");
          } while (slotOf("n") != slot);
        });

    assertThat(Updates.add(store, bytes("n"), 1)).hasValue(8);

    assertThat(get("n")).isEqualTo("8");
  }

  /** What somebody else has put meanwhile is none of its business. */
  @Test
  void putIfAbsent_tooLarge_whileAnotherPuts() {
    ByteBuffer tooLarge = ByteBuffer.allocate(32 * SEGMENT_BYTES);
    // Asked first whether the new item has expired, and then when it will.
    for (int call = 1; call <= 2; call++) {
      store.delete(bytes("k"));
      ticker.beforeNextCalls(call, () -> put("k", "v"));

      UpdateResult result =
          Updates.putIf(store, bytes("k"), tooLarge, EXPIRING, Condition.IF_ABSENT);

      assertThat(result).isEqualTo(UpdateResult.KEPT);
      assertThat(get("k")).isEqualTo("v");
    }
  }

  /** A run in which nothing is alive yet is no room for another one, which does not wait for it. */
  @Test
  void put_ofSeveralSegments_whileAnotherIsWritten() {
    ByteBuffer large = ByteBuffer.allocate(3 * SEGMENT_BYTES);
    try (ExecutorService others = Executors.newSingleThreadExecutor()) {
      KillPoint.observe(point -> {
        if (point == KillPoint.WRITTEN) {
          ByteBuffer other = large.duplicate();
          await(others.submit(() -> store.put(bytes("b"), other, PutOptions.DEFAULT)));
        }
      });
      store.put(bytes("a"), large, PutOptions.DEFAULT);
    }
    assertThat(store.get(bytes("a"), _ -> {})).isTrue();
    assertThat(store.get(bytes("b"), _ -> {})).isTrue();
  }

  private static void await(Future<?> other) {
    try {
      other.get(10, TimeUnit.SECONDS);
    } catch (InterruptedException | ExecutionException | TimeoutException e) {
      throw new AssertionError("the other writer waits for this one", e);
    }
  }

  /** As many of the smallest items as there is room for, in the fewest tables. */
  @Test
  @Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void put_moreItemsThanATableCanHold() {
    try (SegmentStore tiny = new SegmentStore((2 << 20) - 1, Ticker.system())) {
      ByteBuffer nothing = ByteBuffer.allocate(0);
      ByteBuffer key = ByteBuffer.allocate(3);
      for (int i = 0; i < 300_000; i++) {
        key.put(0, (byte) i).put(1, (byte) (i >> 8)).put(2, (byte) (i >> 16));
        assertThat(tiny.put(key, nothing, PutOptions.DEFAULT)).isEqualTo(PutResult.STORED);
      }
      tiny.verify();
      assertThat(tiny.stats().itemCount()).isGreaterThan(100_000);
    }
  }

  private void put(String key, String value) {
    store.put(bytes(key), bytes(value), EXPIRING);
  }

  private String get(String key) {
    String[] value = new String[1];
    store.get(
        bytes(key), item -> value[0] = StandardCharsets.UTF_8.decode(item.value()).toString());
    return value[0];
  }

  private long slotOf(String key) {
    Lookup lookup = store.lookup(bytes(key));
    lookup.find();
    return SlotLayout.withFrequency(lookup.slot(), 0);
  }

  private static ByteBuffer bytes(String text) {
    return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
  }

  /** Stands still, and runs something once when it is asked for the time. */
  private static final class RacingTicker implements Ticker {
    private int callsBefore;
    private @Nullable Runnable action;

    void beforeNextCalls(int call, Runnable newAction) {
      callsBefore = call;
      action = newAction;
    }

    @Override
    public long millis() {
      if (--callsBefore == 0 && action != null) {
        action.run();
      }
      return NOW_MILLIS;
    }
  }
}
