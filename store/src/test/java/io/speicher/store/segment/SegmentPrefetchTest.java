package io.speicher.store.segment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.speicher.store.Prefetch;
import io.speicher.store.PutOptions;
import io.speicher.store.PutResult;
import io.speicher.store.Store;
import io.speicher.store.Ticker;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** No result depends on what was seen of a key when it was prefetched. */
final class SegmentPrefetchTest {
  private static final int BATCH = 16;
  private static final int KEYS = 3_000;
  private static final int KEY_BYTES = Integer.BYTES;

  private final SegmentStore store =
      new SegmentStore(SegmentStore.MIN_BUDGET_BYTES, Ticker.system());
  private final Prefetch prefetch = store.newPrefetch();
  private final ByteBuffer[] keys = new ByteBuffer[BATCH];
  private final int[] places = new int[BATCH];
  private final Map<Integer, Integer> model = new HashMap<>();
  private final Random random = new Random(7);

  @AfterEach
  void close() {
    store.close();
  }

  @Test
  void fetchedKeys_areFoundAndChanged() {
    for (int turn = 0; turn < 2_000; turn++) {
      fetchKeys();
      useAll();
    }
    store.verify();
  }

  @Test
  void fetchedKeys_changedBeforeTheyAreUsed_areFoundAndChanged() {
    for (int turn = 0; turn < 2_000; turn++) {
      fetchKeys();
      for (int i = 0; i < BATCH; i++) {
        changeAny();
      }
      useAll();
    }
    store.verify();
  }

  @Test
  void fetchedKeys_thenCleared_areNotFound() {
    makeKeys();
    for (ByteBuffer key : keys) {
      store.put(key, number(1), PutOptions.DEFAULT);
    }
    addAll();
    prefetch.fetch();
    store.clear();
    for (int i = 0; i < BATCH; i++) {
      assertThat(store.get(keys[i], prefetch, places[i], item -> {})).isFalse();
    }
    store.verify();
  }

  @Test
  void keysThatWereNotFetched_areFoundAndChanged() {
    for (int turn = 0; turn < 2_000; turn++) {
      makeKeys();
      addAll();
      useAll();
    }
    store.verify();
  }

  @Test
  void placeOfAnotherKey_isAsserted() {
    fetchKeys();
    assertThatThrownBy(() -> store.get(number(KEYS), prefetch, places[3], item -> {}))
        .isInstanceOf(AssertionError.class)
        .hasMessage("another key was added there: place=3");
    assertThatThrownBy(() -> store.put(number(1), number(1), PutOptions.DEFAULT, prefetch, BATCH))
        .isInstanceOf(AssertionError.class);
  }

  /** Where assertions are off, a key has to be found all the same: what is lost is never freed. */
  @Test
  void placeOfAnotherKey_doesNotMisleadALookup() {
    for (int i = 0; i < KEYS; i++) {
      store.put(number(i), number(i), PutOptions.DEFAULT);
    }
    fetchKeys();
    int found = 0;
    for (int i = 0; i < KEYS; i++) {
      try (Lookup lookup = store.lookup(number(i))) {
        long hash = lookup.hash();
        boolean hit = lookup.find();
        lookup.turnTo(0, number(i), (SegmentPrefetch) prefetch, i % BATCH);
        assertThat(lookup.find()).isEqualTo(hit);
        assertThat(lookup.hash()).isEqualTo(hash);
        found += hit ? 1 : 0;
      }
    }
    assertThat(found).isPositive();
  }

  @Test
  void batch_isBounded() {
    for (int i = 0; i < Prefetch.MAX_KEYS; i++) {
      assertThat(prefetch.isFull()).isFalse();
      assertThat(prefetch.add(0, number(i), 0, KEY_BYTES, true)).isEqualTo(i);
    }
    assertThat(prefetch.isFull()).isTrue();
    assertThatThrownBy(() -> prefetch.add(0, number(1), 0, KEY_BYTES, true))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("batch is full: keys=64");
    prefetch.fetch();
    prefetch.clear();
    assertThat(prefetch.add(0, number(1), 0, KEY_BYTES, true)).isZero();
  }

  @Test
  void add_whatIsNoKey() {
    ByteBuffer buffer = ByteBuffer.allocate(Store.MAX_KEY_BYTES + 1);
    assertThatThrownBy(() -> prefetch.add(0, buffer, 0, 0, true))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("key length out of bounds: keyBytes=0 (expected: 1..65535)");
    assertThatThrownBy(() -> prefetch.add(0, buffer, 0, Store.MAX_KEY_BYTES + 1, true))
        .isInstanceOf(IllegalArgumentException.class);
    for (int keyBytes : new int[] {1, 3, 4, 8, 16, 100}) {
      int index = buffer.limit(200).limit() - keyBytes + 1;
      assertThatThrownBy(() -> prefetch.add(0, buffer, index, keyBytes, true))
          .isInstanceOf(IndexOutOfBoundsException.class);
    }
    assertThat(prefetch.add(0, number(1), 0, KEY_BYTES, true)).isZero();
  }

  private void fetchKeys() {
    makeKeys();
    addAll();
    prefetch.fetch();
  }

  /** Half of them lie in one buffer, and half in another. */
  private void makeKeys() {
    ByteBuffer heap = ByteBuffer.allocate(BATCH * KEY_BYTES);
    ByteBuffer direct = ByteBuffer.allocateDirect(BATCH * KEY_BYTES);
    for (int i = 0; i < BATCH; i++) {
      ByteBuffer buffer = i % 2 == 0 ? heap : direct;
      buffer.putInt(i * KEY_BYTES, random.nextInt(KEYS));
      keys[i] = buffer.duplicate().limit((i + 1) * KEY_BYTES).position(i * KEY_BYTES);
    }
  }

  private void addAll() {
    prefetch.clear();
    for (int i = 0; i < BATCH; i++) {
      ByteBuffer key = keys[i];
      places[i] = prefetch.add(0, key, key.position(), key.remaining(), random.nextBoolean());
    }
  }

  private void useAll() {
    for (int i = 0; i < BATCH; i++) {
      int name = name(keys[i]);
      if (random.nextInt(3) == 0) {
        int value = random.nextInt();
        assertThat(store.put(keys[i], number(value), PutOptions.DEFAULT, prefetch, places[i]))
            .isEqualTo(PutResult.STORED);
        model.put(name, value);
      } else {
        int[] found = new int[1];
        boolean hit =
            store.get(keys[i], prefetch, places[i], item -> found[0] = item.value().getInt());
        assertThat(hit).isEqualTo(model.containsKey(name));
        assertThat(found[0]).isEqualTo(model.getOrDefault(name, 0));
      }
    }
  }

  private void changeAny() {
    ByteBuffer key = keys[random.nextInt(BATCH)];
    if (random.nextBoolean()) {
      assertThat(store.delete(key)).isEqualTo(model.remove(name(key)) != null);
    } else {
      assertThat(store.put(key, number(1), PutOptions.DEFAULT)).isEqualTo(PutResult.STORED);
      model.put(name(key), 1);
    }
  }

  private static int name(ByteBuffer key) {
    return key.getInt(key.position());
  }

  private static ByteBuffer number(int value) {
    return ByteBuffer.allocate(Integer.BYTES).putInt(0, value);
  }
}
