package io.speicher.store.segment;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.speicher.store.CreateResult;
import io.speicher.store.Item;
import io.speicher.store.NamespaceStats;
import io.speicher.store.PutOptions;
import io.speicher.store.Store;
import io.speicher.store.StoreContract;
import io.speicher.store.Ticker;
import io.speicher.store.TtlRule;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class SegmentStoreTest extends StoreContract {

  @Override
  protected Store create(long budgetBytes, Ticker ticker) {
    return new SegmentStore(budgetBytes, ticker);
  }

  @Override
  protected void check(Store store) {
    ((SegmentStore) store).verify();
  }

  /** Its tables, two thousand, are passed over many at a time. */
  @Test
  void scan_nearlyEmpty_takesFewCalls() {
    Store store = store(4L << 30);
    for (int maxKeys : new int[] {1, 10, 1_000}) {
      assertThat(scanCalls(store, maxKeys)).isLessThanOrEqualTo(maxKeys == 1 ? 8 : 1);
    }
    for (int i = 0; i < 3; i++) {
      put(store, "key-" + i, "v");
    }
    assertThat(scanCalls(store, 1)).isLessThanOrEqualTo(8 + 3);
    assertThat(scanCalls(store, 10)).isLessThanOrEqualTo(2);
  }

  /** Keys are copied to the heap, which is small: no more than those of a table and a long one. */
  @Test
  void scan_longKeys_copiesFewAtATime() {
    Store store = store(64 << 20);
    for (int i = 0; i < 500; i++) {
      put(store, "k".repeat(60_000) + i, "v");
    }
    long cursor = 0;
    int keys = 0;
    do {
      int[] bytes = new int[1];
      int[] count = new int[1];
      cursor =
          store.scan(
              cursor,
              1_000,
              key -> {
                bytes[0] += key.remaining();
                count[0]++;
              });
      assertThat(bytes[0]).isLessThan(4 << 20);
      keys += count[0];
    } while (cursor != 0);
    assertThat(keys).isEqualTo(500);
  }

  @Test
  void scan_fromAnyNumber_beginsAnywhere() {
    Store store = store(64 << 20);
    for (int i = 0; i < 10_000; i++) {
      put(store, "key" + i, "v");
    }
    Random random = new Random(1);
    Set<String> first = new HashSet<>();
    for (int i = 0; i < 1_000; i++) {
      List<String> found = new ArrayList<>();
      store.scan(random.nextLong(), 1, key -> found.add(UTF_8.decode(key).toString()));
      found.stream().limit(1).forEach(first::add);
    }
    assertThat(first).hasSizeGreaterThan(100);
  }

  @Test
  void createNamespace_asManyAsThereCanBe() {
    Store store = store(64 << 20);
    for (int i = 0; i < Store.MAX_NAMESPACES; i++) {
      assertThat(store.createNamespace(prefix(i + ":"), TtlRule.NONE))
          .isEqualTo(CreateResult.CREATED);
    }
    assertThat(store.createNamespace(prefix("more:"), TtlRule.NONE))
        .isEqualTo(CreateResult.TOO_MANY);
    for (int i = 0; i < Store.MAX_NAMESPACES; i += 37) {
      put(store, i + ":" + i, "" + i);
    }
    for (NamespaceStats stats : store.namespaces()) {
      String prefix = UTF_8.decode(stats.prefix()).toString();
      int number = Integer.parseInt(prefix.substring(0, prefix.length() - 1));
      assertThat(stats.itemCount()).isEqualTo(number % 37 == 0 ? 1 : 0);
    }
    assertThat(store.dropNamespace(prefix("37:"))).isTrue();
    assertThat(store.createNamespace(prefix("more:"), TtlRule.NONE))
        .isEqualTo(CreateResult.CREATED);
  }

  private static ByteBuffer prefix(String text) {
    return ByteBuffer.wrap(text.getBytes(UTF_8));
  }

  private static int scanCalls(Store store, int maxKeys) {
    int calls = 0;
    long cursor = 0;
    do {
      cursor = store.scan(cursor, maxKeys, _ -> {});
      calls++;
    } while (cursor != 0);
    return calls;
  }

  /** The segment that was open holds nothing any more, and is no reason to avoid another one. */
  @Test
  void clear_thenPuts_shareASegment() {
    SegmentStore store = (SegmentStore) store(4 << 20);
    ByteBuffer value = ByteBuffer.allocate(100);
    store.put(ByteBuffer.wrap(new byte[] {1}), value, PutOptions.DEFAULT);
    store.clear();
    long cleared = store.segments.lastSequence();

    for (byte i = 0; i < 50; i++) {
      store.put(ByteBuffer.wrap(new byte[] {i}), value, PutOptions.DEFAULT);
    }

    assertThat(store.segments.lastSequence()).isEqualTo(cleared + 1);
  }

  /**
   * Who unlinks an item when everything is cleared counts it in its segment, which must not begin
   * anew before.
   */
  @Test
  void clear_waitsForWriters_beforeMemoryIsUsedAgain() throws Exception {
    SegmentStore store = (SegmentStore) store(4 << 20);
    store.put(ByteBuffer.wrap(new byte[] {1}), ByteBuffer.allocate(100), PutOptions.DEFAULT);
    long table = store.index.table(0);
    store.index.lock(table);

    Thread cleaner =
        Thread.ofPlatform()
            .start(() -> {
              store.clear();
              store.maintain();
            });

    assertThat(cleaner.join(Duration.ofMillis(200))).isFalse();
    assertThat(segmentsInUse(store)).isEqualTo(1);
    store.index.unlock(table);
    assertThat(cleaner.join(Duration.ofMinutes(1))).isTrue();
    assertThat(segmentsInUse(store)).isZero();
  }

  /** Reading counts, looking does not, and what a reader is shown is what was before it. */
  @Test
  void frequency() {
    SegmentStore store = (SegmentStore) store(4 << 20);
    ByteBuffer key = ByteBuffer.wrap(new byte[] {1});
    store.put(key, ByteBuffer.allocate(100), PutOptions.DEFAULT);
    int[] seen = new int[1];
    for (int i = 0; i < 3; i++) {
      assertThat(store.look(key, item -> seen[0] = item.frequency())).isTrue();
      assertThat(seen[0]).isZero();
    }
    for (int expected : new int[] {0, 1, 2, 3, 3}) {
      assertThat(store.get(key, item -> seen[0] = item.frequency())).isTrue();
      assertThat(seen[0]).isEqualTo(expected);
    }
  }

  /** Items that are replaced all the time do not fill the budget with what they were. */
  @Test
  void maintain_givesBackWhatIsDead() {
    SegmentStore store = (SegmentStore) store(16 << 20);
    int mostInUse = 0;
    for (int i = 0; i < 100_000; i++) {
      ByteBuffer key = ByteBuffer.allocate(4).putInt(i % 100).flip();
      store.put(key, ByteBuffer.allocate(1_000), PutOptions.DEFAULT);
      if (i % 100 == 0) {
        store.maintain();
        mostInUse = Math.max(mostInUse, segmentsInUse(store));
      }
    }
    store.verify();
    assertThat(mostInUse).isLessThan(store.segments.count() / 10);
  }

  /** A full store, too: it has what merging needs, though no more than that. */
  @Test
  void maintain_afterDeletingHalf_mergesTheRest() {
    SegmentStore store = (SegmentStore) store(64 << 20);
    int keys = 0;
    while (store.stats().evictedItemCount() == 0) {
      store.put(numbered(keys++), ByteBuffer.allocate(1_000), PutOptions.DEFAULT);
    }
    int full = segmentsInUse(store);
    for (int number = 0; number < keys; number += 2) {
      store.delete(numbered(number));
    }
    long left = store.stats().itemCount();

    for (int i = 0; i < 20; i++) {
      store.maintain();
    }

    assertThat(segmentsInUse(store)).isLessThan(full * 4 / 5);
    assertThat(store.stats().itemCount()).isEqualTo(left);
    store.verify();
  }

  /**
   * Writers take segments as fast as merging wins them, and that must not look like merging for
   * nothing.
   */
  @Test
  void put_overwrites_mergeAsLongAsThereIsSomethingToWin() {
    SegmentStore store = (SegmentStore) store(16 << 20);
    Random random = new Random(9);
    for (int i = 0; i < 200_000; i++) {
      byte[] key = ("key-" + random.nextInt(30_000)).getBytes(UTF_8);
      ByteBuffer value = ByteBuffer.allocate(1 + random.nextInt(600));
      store.put(ByteBuffer.wrap(key), value, PutOptions.DEFAULT);
    }
    assertThat(store.stats().evictedItemCount()).isZero();
  }

  /** Whatever has a time to live, or a version that somebody knows, takes it along. */
  @Test
  void put_overwrites_mergedItemsStayAsTheyAre() {
    SegmentStore store = (SegmentStore) store(64 << 20);
    int keys = 150_000;
    int[] contents = new int[keys];
    long[] versions = new long[keys];
    Random random = new Random(5);
    for (int i = 0; i < 6 * keys; i++) {
      int number = i < keys ? i : random.nextInt(keys);
      putNumbered(store, number, ++contents[number]);
      versions[number] = 0;
      if (random.nextInt(20) == 0) {
        store.get(numbered(number), item -> versions[number] = item.version());
      }
    }

    assertThat(store.movedBytes()).isGreaterThan(1_000_000);
    assertThat(store.stats().evictedItemCount()).isZero();
    for (int number = 0; number < keys; number++) {
      int expected = number;
      boolean found =
          store.get(
              numbered(number),
              item -> {
                assertThat(item.value().slice().getInt(0)).isEqualTo(contents[expected]);
                assertThat(item.expiresAtMillis()).isEqualTo(expiryOf(store, expected));
                assertThat(item.version())
                    .isEqualTo(versions[expected] == 0 ? item.version() : versions[expected]);
              });
      assertThat(found).isTrue();
    }
    store.verify();
  }

  private static void putNumbered(Store store, int number, int content) {
    ByteBuffer value = ByteBuffer.allocate(20 + number % 80).putInt(0, content);
    long expiresAtMillis = expiryOf(store, number);
    store.put(numbered(number), value, PutOptions.DEFAULT.withExpiresAtMillis(expiresAtMillis));
  }

  private static long expiryOf(Store store, int number) {
    return number % 3 == 0 ? store.nowMillis() + 1_000L * (1 + number % 4) : Item.NEVER;
  }

  private static ByteBuffer numbered(int number) {
    return ByteBuffer.allocate(4).putInt(0, number);
  }

  private static int segmentsInUse(SegmentStore store) {
    int inUse = 0;
    for (int segment = 0; segment < store.segments.count(); segment++) {
      inUse += store.segments.isInUse(segment) ? 1 : 0;
    }
    return inUse;
  }
}
