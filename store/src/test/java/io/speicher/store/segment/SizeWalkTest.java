package io.speicher.store.segment;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.speicher.store.FakeTicker;
import io.speicher.store.LargestItems;
import io.speicher.store.LargestItems.Large;
import io.speicher.store.PutOptions;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class SizeWalkTest {
  private final FakeTicker ticker = new FakeTicker();
  private final SegmentStore store = new SegmentStore(new Geometry(8 << 20, 16 << 10, 0), ticker);

  @AfterEach
  void close() {
    store.verify();
    store.close();
  }

  private static ByteBuffer bytes(String text) {
    return ByteBuffer.wrap(text.getBytes(UTF_8));
  }

  private void put(String key, int valueBytes) {
    put(key, valueBytes, PutOptions.DEFAULT);
  }

  private void put(String key, int valueBytes, PutOptions options) {
    store.put(bytes(key), ByteBuffer.allocate(valueBytes), options);
  }

  /** What the next whole walk finds. */
  private LargestItems walk() {
    ticker.advance(Duration.ofMillis(SizeWalk.PAUSE_MILLIS));
    LargestItems before = store.largestItems();
    while (store.largestItems().equals(before)) {
      store.maintain();
    }
    return store.largestItems();
  }

  private static List<String> keys(LargestItems found) {
    return found.items().stream()
        .map(one -> UTF_8.decode(one.key().duplicate()).toString())
        .toList();
  }

  @Test
  void noWalkYet() {
    assertThat(store.largestItems()).isEqualTo(LargestItems.NONE);
  }

  @Test
  void emptyStore() {
    assertThat(walk().items()).isEmpty();
    assertThat(store.largestItems().endedMillis()).isEqualTo(ticker.millis());
  }

  /** Also with those that are longer than a segment. */
  @Test
  void largest_ofRandomSizes() {
    Random random = new Random(7);
    Map<String, Integer> sizes = new HashMap<>();
    for (int i = 0; i < 3_000; i++) {
      String key = "key-" + random.nextInt(2_000);
      int size = random.nextInt(100) == 0 ? random.nextInt(40_000) : random.nextInt(500);
      put(key, size);
      sizes.put(key, size + key.length());
    }
    for (int i = 0; i < 2_000; i += 3) {
      store.delete(bytes("key-" + i));
      sizes.remove("key-" + i);
    }
    List<String> expected =
        sizes.keySet().stream()
            .sorted(Comparator.comparing(sizes::get, Comparator.reverseOrder()))
            .limit(20)
            .toList();
    LargestItems found = walk();
    assertThat(found.items()).hasSize(SizeWalk.MAX_ITEMS);
    // Equal sizes may be in another order.
    assertThat(keys(found).subList(0, 20))
        .map(sizes::get)
        .isEqualTo(expected.stream().map(sizes::get).toList());
    Large first = found.items().getFirst();
    assertThat(first.bytes()).isBetween(30_000L, 41_000L);
  }

  @Test
  void longKey_isCut() {
    put("k".repeat(1_000), 1);
    Large found = walk().items().getFirst();
    assertThat(found.key().remaining()).isEqualTo(SizeWalk.KEY_BYTES);
    assertThat(found.keyBytes()).isEqualTo(1_000);
  }

  @Test
  void overwrittenOrGone_isNotFound() {
    put("shrunk", 10_000);
    put("shrunk", 10);
    put("deleted", 10_000);
    store.delete(bytes("deleted"));
    put("expired", 10_000, PutOptions.DEFAULT.withExpiresAtMillis(ticker.millis() + 1));
    put("kept", 100);
    LargestItems found = walk();
    assertThat(keys(found)).containsExactly("kept", "shrunk");
    assertThat(found.items().getLast().bytes()).isLessThan(100);
  }

  @Test
  void cleared_isNotFound() {
    put("cleared", 10_000);
    store.clear();
    put("new", 1);
    assertThat(keys(walk())).containsExactly("new");
  }

  @Test
  void nextWalk_beginsAfterAPause() {
    put("a", 100);
    assertThat(keys(walk())).containsExactly("a");
    put("b", 200);
    store.maintain();
    assertThat(keys(store.largestItems())).containsExactly("a");
    assertThat(keys(walk())).containsExactly("b", "a");
  }

  /** Writers that overwrite everything again and again move what stays, while the walk goes on. */
  @Test
  void whatIsMovedMeanwhile_isFound() throws InterruptedException {
    List<String> big = IntStream.range(0, 30).mapToObj(i -> "big-" + i).toList();
    Random random = new Random(3);
    List<String> order = new ArrayList<>();
    for (String key : big) {
      put(key, 8_000);
      for (int i = 0; i < 500; i++) {
        order.add("small-" + random.nextInt(5_000));
        put(order.getLast(), 100);
      }
    }
    Thread writer =
        new Thread(() -> {
          for (int round = 0; round < 20; round++) {
            order.forEach(key -> put(key, 100));
          }
        });
    writer.start();
    int walks = 0;
    while (writer.isAlive() || walks == 0) {
      LargestItems found = walk();
      List<String> present =
          big.stream().filter(key -> store.look(bytes(key), item -> {})).toList();
      assertThat(keys(found).subList(0, present.size()))
          .containsExactlyInAnyOrderElementsOf(present);
      walks++;
    }
    writer.join();
  }
}
