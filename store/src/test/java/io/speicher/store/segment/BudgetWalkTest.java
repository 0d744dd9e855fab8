package io.speicher.store.segment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.speicher.store.FakeTicker;
import io.speicher.store.PutOptions;
import io.speicher.store.Update;
import io.speicher.store.Updates;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Copies the memory of a store, closes the store, and walks the copy. */
final class BudgetWalkTest {
  private static final int SEGMENT_BYTES = 8 << 10;

  private final long seed = Long.getLong("seed", new Random().nextLong());
  private final Random random = new Random(seed);
  private final Arena arena = Arena.ofConfined();
  private final FakeTicker ticker = new FakeTicker();

  @AfterEach
  void release() {
    arena.close();
  }

  @Test
  void count_empty() {
    assertCounts(store(1 << 20));
  }

  /** With room for all, and with a store that evicts, merges and expires all the time. */
  @ParameterizedTest
  @ValueSource(longs = {8 << 20, 1 << 20, 200_000})
  void count_afterAnything(long budgetBytes) {
    SegmentStore store = store(budgetBytes);
    long deadItems = 0;
    for (int round = 0; round < 10; round++) {
      for (int i = 0; i < 3_000; i++) {
        anyOperation(store);
      }
      ItemCensus counted = BudgetWalk.count(copy(store));
      assertThat(counted).as("-Dseed=%d", seed).isEqualTo(store.verify());
      assertThat(counted.liveItems()).isEqualTo(store.stats().itemCount());
      deadItems += counted.deadItems();
    }
    assertThat(deadItems).isPositive();
    store.close();
  }

  private void anyOperation(SegmentStore store) {
    ByteBuffer key = bytes("key-" + random.nextInt(4_000));
    PutOptions expiring =
        PutOptions.DEFAULT.withExpiresAtMillis(store.nowMillis() + 1 + random.nextInt(20_000));
    switch (random.nextInt(20)) {
      case 0, 1 -> store.delete(key);
      case 2 -> Updates.touch(store, key, store.nowMillis() + 1 + random.nextLong(1L << 45));
      case 3 -> store.update(key, _ -> Update.REMOVE);
      case 4, 5 -> store.put(key, value(300), expiring);
      case 6 -> store.copy(key, bytes("key-" + random.nextInt(4_000)), random.nextBoolean());
      case 7 -> {
        if (random.nextInt(20) == 0) {
          store.put(key, value(3 * SEGMENT_BYTES), PutOptions.DEFAULT);
        }
      }
      case 8 -> {
        ticker.advance(Duration.ofMillis(random.nextInt(400)));
        store.maintain();
      }
      case 9 -> {
        if (random.nextInt(500) == 0) {
          store.clear();
        }
      }
      default -> store.put(key, value(200), PutOptions.DEFAULT);
    }
  }

  @Test
  void count_cleared() {
    SegmentStore store = store(1 << 20);
    store.put(bytes("a"), value(100), PutOptions.DEFAULT);
    store.clear();
    assertThat(BudgetWalk.count(copy(store))).isEqualTo(ItemCensus.EMPTY);
    store.put(bytes("b"), value(100), PutOptions.DEFAULT);
    assertThat(BudgetWalk.count(copy(store)).liveItems()).isEqualTo(1);
    assertCounts(store);
  }

  /** Bytes of a value that look like a segment are not taken for one. */
  @Test
  void count_valueThatHoldsASegment() {
    SegmentStore store = store(1 << 20);
    store.put(bytes("small"), value(100), PutOptions.DEFAULT);
    MemorySegment memory = store.memory();
    StoreLayout layout = StoreLayout.read(memory.address());
    ByteBuffer segment =
        memory.asSlice(layout.headBytes(), SegmentLayout.HEADER_BYTES).asByteBuffer();
    ByteBuffer value = ByteBuffer.allocate(4 * SEGMENT_BYTES);
    for (int at = 0; at < value.capacity() - segment.remaining(); at += 16) {
      value.put(at, segment, 0, segment.remaining());
    }
    store.put(bytes("large"), value, PutOptions.DEFAULT);
    store.put(bytes("small"), value(100), PutOptions.DEFAULT);
    assertCounts(store);
  }

  @Test
  void count_whatIsNoStore() {
    MemorySegment nothing = arena.allocate(1 << 20);
    assertThatThrownBy(() -> BudgetWalk.count(nothing))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("no memory of a store");
    assertThatThrownBy(() -> BudgetWalk.count(nothing.asSlice(0, 100)))
        .hasMessage("no memory of a store: bytes=100 (expected: 4096 or more)");
  }

  @Test
  void count_cutOff_orOfAnotherFormat() {
    SegmentStore store = store(1 << 20);
    MemorySegment copy = copy(store);
    store.close();
    assertThatThrownBy(() -> BudgetWalk.count(copy.asSlice(0, copy.byteSize() - 1)))
        .hasMessageStartingWith("memory is cut off");
    copy.set(ValueLayout.JAVA_INT, 8, 2);
    assertThatThrownBy(() -> BudgetWalk.count(copy))
        .hasMessage("another format: formatVersion=2 (expected: 1)");
  }

  private void assertCounts(SegmentStore store) {
    ItemCensus expected = store.verify();
    MemorySegment copy = copy(store);
    store.close();
    assertThat(BudgetWalk.count(copy)).as("-Dseed=%d", seed).isEqualTo(expected);
  }

  private SegmentStore store(long budgetBytes) {
    return new SegmentStore(new Geometry(budgetBytes, SEGMENT_BYTES, 0), ticker);
  }

  private MemorySegment copy(SegmentStore store) {
    MemorySegment memory = store.memory();
    return arena.allocate(memory.byteSize(), 8).copyFrom(memory);
  }

  private ByteBuffer value(int maxBytes) {
    byte[] value = new byte[random.nextInt(maxBytes)];
    random.nextBytes(value);
    return ByteBuffer.wrap(value);
  }

  private static ByteBuffer bytes(String text) {
    return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
  }
}
