package io.speicher.store.segment;

import static org.assertj.core.api.Assertions.assertThat;

import io.speicher.store.PutOptions;
import io.speicher.store.PutResult;
import io.speicher.store.Ticker;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What is remembered of keys that were read ahead decides nothing, whatever it says. */
final class ReadAheadTest {
  private static final int BATCH = 16;
  private static final int KEYS = 3_000;
  private static final int KEY_BYTES = Integer.BYTES;

  private final SegmentStore store =
      new SegmentStore(SegmentStore.MIN_BUDGET_BYTES, Ticker.system());
  private final ByteBuffer buffer = ByteBuffer.allocateDirect(BATCH * KEY_BYTES);
  private final int[] spans = new int[2 * BATCH];
  private final Map<Integer, Integer> model = new HashMap<>();
  private final Random random = new Random(7);

  @AfterEach
  void close() {
    store.close();
  }

  @Test
  void prefetch_theSameKeys_areFoundAndChanged() {
    for (int turn = 0; turn < 2_000; turn++) {
      readKeysAhead();
      useAll();
    }
    store.verify();
  }

  @Test
  void prefetch_otherKeysInTheSamePlace_areFoundAndChanged() {
    for (int turn = 0; turn < 20_000; turn++) {
      readKeysAhead();
      fillWithKeys();
      useAll();
    }
    store.verify();
  }

  @Test
  void prefetch_thenCleared_findsNothing() {
    fillWithKeys();
    for (int i = 0; i < BATCH; i++) {
      store.put(key(i), number(i), PutOptions.DEFAULT);
    }
    store.prefetch(buffer, spans, BATCH, -1);
    store.clear();
    for (int i = 0; i < BATCH; i++) {
      assertThat(store.get(key(i), item -> {})).isFalse();
    }
    store.verify();
  }

  private void readKeysAhead() {
    fillWithKeys();
    store.prefetch(buffer, spans, BATCH, random.nextLong());
  }

  private void fillWithKeys() {
    for (int i = 0; i < BATCH; i++) {
      buffer.putInt(i * KEY_BYTES, random.nextInt(KEYS));
      spans[2 * i] = i * KEY_BYTES;
      spans[2 * i + 1] = KEY_BYTES;
    }
  }

  private void useAll() {
    for (int i = 0; i < BATCH; i++) {
      int name = buffer.getInt(i * KEY_BYTES);
      switch (random.nextInt(4)) {
        case 0 -> assertThat(store.delete(key(i))).isEqualTo(model.remove(name) != null);
        case 1 -> {
          int value = random.nextInt();
          assertThat(store.put(key(i), number(value), PutOptions.DEFAULT))
              .isEqualTo(PutResult.STORED);
          model.put(name, value);
        }
        default -> {
          int[] found = new int[1];
          boolean hit = store.get(key(i), item -> found[0] = item.value().getInt());
          assertThat(hit).isEqualTo(model.containsKey(name));
          assertThat(found[0]).isEqualTo(model.getOrDefault(name, 0));
        }
      }
    }
  }

  private ByteBuffer key(int i) {
    return buffer.duplicate().limit((i + 1) * KEY_BYTES).position(i * KEY_BYTES);
  }

  private static ByteBuffer number(int value) {
    return ByteBuffer.allocate(Integer.BYTES).putInt(0, value);
  }
}
