package io.speicher.store.segment;

import static org.assertj.core.api.Assertions.assertThat;

import io.speicher.store.Item;
import io.speicher.store.PutOptions;
import io.speicher.store.TtlRule;
import io.speicher.store.Update;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a table of tags does that is full, or whose generations come round. */
final class TagTableTest {
  private static final long NOW_MILLIS = 1_700_000_000_000L;

  private final List<SegmentStore> stores = new ArrayList<>();

  @AfterEach
  void verifyAndClose() {
    stores.forEach(store -> {
      store.verify();
      store.close();
    });
  }

  private SegmentStore store(long budgetBytes, long tagBytes) {
    SegmentStore store =
        new SegmentStore(Geometry.of(budgetBytes).withTagBytes(tagBytes), () -> NOW_MILLIS);
    stores.add(store);
    return store;
  }

  /** Too much is cleared then, never too little. */
  @Test
  void put_moreTagsThanAreRemembered() {
    SegmentStore store = store(32 << 20, 1_024); // 64 tags.
    Random random = new Random(7);
    Set<Integer> cleared = new HashSet<>();
    for (int i = 0; i < 20_000; i++) {
      int tag = random.nextInt(200);
      put(store, "key-" + tag, "tag-" + tag, "common");
      cleared.remove(tag);
      assertThat(has(store, "key-" + tag)).isTrue();
      if (i % 3 == 0) {
        int other = random.nextInt(200);
        store.clearTags(List.of(bytes("tag-" + other)));
        cleared.add(other);
      }
      assertThat(cleared).noneMatch(gone -> has(store, "key-" + gone));
    }
    long present = IntStream.range(0, 200).filter(tag -> has(store, "key-" + tag)).count();
    assertThat(present).isBetween(10L, 64L);
  }

  /** An entry is in use for as long as items are tagged with it. */
  @Test
  void put_manyTags_keepsThoseThatAreUsed() {
    SegmentStore store = store(32 << 20, 1_024);
    put(store, "key", "common");
    for (int i = 0; i < 5_000; i++) {
      put(store, "other", "tag-" + i);
      put(store, "next", "common");
      assertThat(has(store, "key")).isTrue();
    }
  }

  /** Of a generation an item carries so few bits that they come round. */
  @Test
  void clearTags_asOftenAsThereAreGenerations() {
    SegmentStore store = store(64 << 20, Geometry.MAX_TAG_BYTES); // 12 bits are left.
    int rounds = 3 << 12;
    for (int i = 0; i < rounds; i++) {
      put(store, "key-" + i % 5_000, "tag");
      store.clearTags(List.of(bytes("tag")));
    }
    assertThat(IntStream.range(0, 5_000).filter(i -> has(store, "key-" + i))).isEmpty();
    put(store, "key-1", "tag");
    for (int i = 0; i < rounds; i++) {
      store.clearTags(List.of(bytes("other")));
    }
    assertThat(has(store, "key-1")).isTrue();
    for (int i = 0; i < 1_000 && store.itemCount() > 1; i++) { // For tags, it takes its time.
      store.maintain();
    }
    assertThat(has(store, "key-1")).isTrue();
    assertThat(store.itemCount()).isEqualTo(1);
  }

  /** Two for one of any number, and four for each. */
  @Test
  void put_whatTagsTake() {
    SegmentStore store = store(32 << 20, 1 << 16);
    store.createNamespace(bytes("k"), TtlRule.NONE);
    put(store, "k");
    long plain = store.namespaces().getFirst().itemBytes();
    for (int count = 1; count <= 16; count++) {
      put(store, "k", IntStream.range(0, count).mapToObj(i -> "tag-" + i).toArray(String[]::new));
      assertThat(store.namespaces().getFirst().itemBytes()).isEqualTo(plain + 2 + 4L * count);
    }
  }

  /** Items move, with their tags and without, while tags are cleared and forgotten. */
  @Test
  void clearTags_whileItemsMove() throws Exception {
    SegmentStore store = store(4 << 20, 512); // 32 tags, in two buckets.
    int writers = 3;
    List<Callable<Void>> tasks = new ArrayList<>();
    for (int writer = 0; writer < writers; writer++) {
      int own = writer;
      tasks.add(() -> {
        Random random = new Random(own);
        for (int i = 0; i < 30_000; i++) {
          String key = own + "-" + random.nextInt(100);
          put(store, key, "writer-" + own, "tag-" + random.nextInt(60));
          append(store, own + "-" + random.nextInt(100));
          if (i % 50 == 0) { // Nobody else writes what this one has tagged.
            store.clearTags(List.of(bytes("writer-" + own)));
            for (int other = 0; other < 100; other++) {
              assertThat(has(store, own + "-" + other)).isFalse();
            }
          }
        }
        return null;
      });
    }
    tasks.add(() -> {
      for (int i = 0; i < 300; i++) {
        store.maintain();
        for (int j = 0; j < 200; j++) {
          put(store, "churn-" + j % 50);
        }
      }
      return null;
    });
    try (ExecutorService threads = Executors.newFixedThreadPool(tasks.size())) {
      for (Future<Void> done : threads.invokeAll(tasks)) {
        done.get();
      }
    }
  }

  private static void append(SegmentStore store, String key) {
    store.update(
        bytes(key),
        old ->
            old == null
                ? Update.KEEP
                : Update.Replace.value(old, old.value(), ByteBuffer.wrap(new byte[] {'x'})));
  }

  private static void put(SegmentStore store, String key, String... tags) {
    List<ByteBuffer> all = IntStream.range(0, tags.length).mapToObj(i -> bytes(tags[i])).toList();
    store.put(bytes(key), ByteBuffer.allocate(200), new PutOptions(0, 0, Item.NEVER).withTags(all));
  }

  private static boolean has(SegmentStore store, String key) {
    return store.get(bytes(key), item -> {});
  }

  private static ByteBuffer bytes(String text) {
    return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
  }
}
