package io.speicher.store.segment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.speicher.store.Item;
import io.speicher.store.PutOptions;
import io.speicher.store.PutResult;
import io.speicher.store.Ticker;
import io.speicher.store.Update;
import io.speicher.store.Updates;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What fails between two steps leaves nothing half done: no lock is held afterwards, no writer is
 * counted, no item is linked and not counted, and every segment can be cleaned.
 */
@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class SegmentStoreFaultTest {
  private static final int SEGMENT_BYTES = 8 << 10;

  private final FaultyTicker ticker = new FaultyTicker();
  private final SegmentStore store =
      new SegmentStore(new Geometry(40 * SEGMENT_BYTES, SEGMENT_BYTES, 0), ticker);

  /** The clock is asked everywhere, with locks held too, and stands for anything that may fail. */
  @Test
  void clockThatFails() {
    long seed = Long.getLong("seed", new Random().nextLong());
    Random random = new Random(seed);
    ticker.random = random;
    int failed = 0;
    for (int i = 1; i <= 60_000; i++) {
      ticker.mayFail = true;
      try {
        anyOperation(random);
      } catch (InjectedError e) {
        failed++;
      }
      ticker.mayFail = false;
      if (i % 2_000 == 0) {
        try {
          store.verify();
        } catch (IllegalStateException e) {
          throw new AssertionError("-Dseed=" + seed + " operation=" + i, e);
        }
      }
    }
    assertThat(failed).isGreaterThan(1_000);
    assertThat(store.stats().evictedItemCount()).isPositive();
    assertThat(store.stats().expiredItemCount()).isPositive();
    cleanVerifyAndClose();
  }

  private void anyOperation(Random random) {
    ByteBuffer key = bytes("key-" + random.nextInt(800));
    long soon = ticker.nowMillis + 1 + random.nextInt(20_000);
    PutOptions options =
        PutOptions.DEFAULT.withExpiresAtMillis(random.nextInt(4) == 0 ? Item.NEVER : soon);
    switch (random.nextInt(20)) {
      case 0, 1 -> store.get(key, Item::version);
      case 2 -> store.delete(key);
      case 3, 4 -> Updates.touch(store, key, soon);
      case 5, 6 -> Updates.append(store, key, bytes("tail"));
      case 7 -> store.copy(key, bytes("key-" + random.nextInt(800)), random.nextBoolean());
      case 8 -> store.scan(random.nextLong(1L << 24), 5, found -> {});
      case 9 -> {
        ticker.nowMillis += random.nextInt(500);
        store.maintain();
      }
      case 10 -> {
        if (random.nextInt(100) == 0) {
          store.clear();
        }
      }
      case 11 -> store.put(key, ByteBuffer.allocate(random.nextInt(3 * SEGMENT_BYTES)), options);
      default -> store.put(key, ByteBuffer.allocate(random.nextInt(600)), options);
    }
  }

  /** Room is reserved, and the writer counted, before the value is read. */
  @ParameterizedTest
  @ValueSource(ints = {1, 100, 5_000, 3 * SEGMENT_BYTES})
  void valueThatCannotBeRead(int valueBytes) {
    store.put(bytes("old"), bytes("value"), PutOptions.DEFAULT);
    ByteBuffer unreadable = unreadable(valueBytes);
    ByteBuffer nothing = ByteBuffer.allocate(0);
    for (int i = 0; i < 50; i++) {
      ByteBuffer key = bytes(i % 2 == 0 ? "old" : "key-" + i);
      assertThatThrownBy(() -> store.put(key, unreadable, PutOptions.DEFAULT))
          .isInstanceOf(IllegalStateException.class)
          .hasMessage("Already closed");
      assertThatThrownBy(() -> Updates.append(store, bytes("old"), unreadable))
          .isInstanceOf(IllegalStateException.class);
      assertThatThrownBy(() ->
              store.update(
                  key,
                  _ -> new Update.Replace(nothing, 9, unreadable, nothing, 0, 0, 0, Item.NEVER, 0)))
          .isInstanceOf(IllegalStateException.class);
      store.put(bytes("after-" + i), bytes("value"), PutOptions.DEFAULT);
    }
    store.verify();
    assertThat(store.get(bytes("old"), item -> {})).isTrue();
    assertThat(store.get(bytes("key-1"), item -> {})).isFalse();
    cleanVerifyAndClose();
  }

  @Test
  void keyThatCannotBeRead_leavesTheThreadItsLookup() {
    Lookup lookup = lookup();
    for (int keyBytes : new int[] {1, 5, 10, 100}) {
      ByteBuffer unreadable = unreadable(keyBytes);
      assertThatThrownBy(() -> store.get(unreadable, item -> {}))
          .isInstanceOf(IllegalStateException.class);
      assertThatThrownBy(() -> store.put(unreadable, bytes("v"), PutOptions.DEFAULT))
          .isInstanceOf(IllegalStateException.class);
      assertThatThrownBy(() -> store.copy(bytes("k"), unreadable, false))
          .isInstanceOf(IllegalStateException.class);
    }
    assertThat(lookup()).isSameAs(lookup);
    cleanVerifyAndClose();
  }

  /** Not after each test: one that is stuck holds a lock, and goes on using the memory. */
  private void cleanVerifyAndClose() {
    for (int i = 0; i < 5_000; i++) {
      assertThat(store.put(bytes("new-" + i), ByteBuffer.allocate(300), PutOptions.DEFAULT))
          .isEqualTo(PutResult.STORED);
    }
    ByteBuffer large = ByteBuffer.allocate(20 * SEGMENT_BYTES);
    assertThat(store.put(bytes("large"), large, PutOptions.DEFAULT)).isEqualTo(PutResult.STORED);
    store.maintain();
    store.verify();
    store.close();
  }

  private Lookup lookup() {
    try (Lookup lookup = store.lookup(bytes("any"))) {
      return lookup;
    }
  }

  private static ByteBuffer unreadable(int bytes) {
    try (Arena arena = Arena.ofConfined()) {
      return arena.allocate(bytes).asByteBuffer();
    }
  }

  private static ByteBuffer bytes(String text) {
    return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
  }

  private static final class InjectedError extends Error {
    private static final long serialVersionUID = 1;
  }

  /** Fails once in a while, as long as it may. */
  private static final class FaultyTicker implements Ticker {
    private static final int ONE_IN = 25;

    private Random random = new Random(0);
    private boolean mayFail;
    private long nowMillis = 1_700_000_000_000L;

    @Override
    public long millis() {
      if (mayFail && random.nextInt(ONE_IN) == 0) {
        throw new InjectedError();
      }
      return nowMillis;
    }
  }
}
