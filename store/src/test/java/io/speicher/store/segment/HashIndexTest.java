package io.speicher.store.segment;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class HashIndexTest {
  private static final int PAGES = 64;
  private static final int PAGE_SLOTS = IndexPages.PAGE_BYTES / TableLayout.BUCKET_BYTES * 7;

  private final long seed = Long.getLong("seed", new Random().nextLong());
  private final Random random = new Random(seed);
  private final NativeMemory memory =
      NativeMemory.reserve(
          RootLayout.ROOT_BYTES,
          (long) PAGES * IndexPages.PAGE_BYTES + 4L * TableLayout.TABLE_BYTES);
  private final long firstPage = memory.address() + RootLayout.ROOT_BYTES;
  private final IndexPages pages = new IndexPages();

  @AfterEach
  void release() {
    memory.release();
  }

  private HashIndex index(int tableBits, int pageCount) {
    pages.add(0, pageCount * IndexPages.PAGE_BYTES);
    RootLayout.write(memory.address(), IndexPages.PAGE_BYTES, PAGES, tableBits, 0, 1, 0);
    long tables = firstPage + (long) PAGES * IndexPages.PAGE_BYTES;
    return new HashIndex(memory.address(), tables, tableBits, firstPage, pages);
  }

  // ---- slots ----

  @Test
  void slot_holdsItsParts() {
    int[] tags = {0, 1, 0xF_FFFF, 0xA_5A5A};
    long[] locations = {16, 1, (1L << 39) - 1, 0x55_5555_5555L};
    for (int tag : tags) {
      for (long location : locations) {
        for (int frequency = 0; frequency <= SlotLayout.MAX_FREQUENCY; frequency++) {
          long slot = SlotLayout.slot(tag, location, frequency);
          assertThat(SlotLayout.tag(slot)).isEqualTo(tag);
          assertThat(SlotLayout.location(slot)).isEqualTo(location);
          assertThat(SlotLayout.frequency(slot)).isEqualTo(frequency);
          assertThat(SlotLayout.isObserved(slot)).isFalse();

          long observed = SlotLayout.observed(slot);
          assertThat(SlotLayout.isObserved(observed)).isTrue();
          assertThat(SlotLayout.tag(observed)).isEqualTo(tag);
          assertThat(SlotLayout.location(observed)).isEqualTo(location);
          assertThat(SlotLayout.frequency(observed)).isEqualTo(frequency);
          assertThat(SlotLayout.sameItem(slot, observed)).isTrue();
          assertThat(SlotLayout.same(slot, observed)).isFalse();

          long often = SlotLayout.withFrequency(observed, SlotLayout.MAX_FREQUENCY);
          assertThat(SlotLayout.frequency(often)).isEqualTo(SlotLayout.MAX_FREQUENCY);
          assertThat(SlotLayout.same(observed, often)).isTrue();
          assertThat(SlotLayout.same(observed, observed ^ 1)).isFalse();
        }
      }
    }
  }

  // ---- finding and changing ----

  @Test
  void randomChanges_areFoundAndCounted() {
    HashIndex index = index(1, PAGES);
    Map<Long, Long> locations = new HashMap<>();
    List<Long> hashes = new ArrayList<>();
    for (int i = 1; i < 60_000; i++) {
      boolean grows = i % 20_000 < 14_000;
      if (hashes.isEmpty() || random.nextInt(100) < (grows ? 80 : 20)) {
        long hash = random.nextLong();
        insert(index, hash, i);
        locations.put(hash, (long) i);
        hashes.add(hash);
      } else {
        long hash = hashes.set(random.nextInt(hashes.size()), hashes.getLast());
        hashes.removeLast();
        remove(index, hash, requireNonNull(locations.remove(hash)));
      }
      if (i % 2_000 == 0) {
        checkPassers(index);
      }
    }
    assertThat(index.itemCount()).as("-Dseed=" + seed).isEqualTo(locations.size());
    locations.forEach((hash, location) -> {
      assertThat(isFound(index, hash, location)).as("-Dseed=" + seed).isTrue();
      assertThat(isFound(index, hash, location + 100_000)).isFalse();
    });
  }

  /** Recounts for each bucket how many items went past it. */
  private void checkPassers(HashIndex index) {
    for (int i = 0; i < index.tableCount(); i++) {
      long table = index.table(i);
      int buckets = index.buckets(table);
      int[] passers = new int[buckets];
      int items = 0;
      for (int bucket = 0; bucket < buckets; bucket++) {
        for (int j = 0; j < TableLayout.SLOTS; j++) {
          long slot = index.slot(table, bucket, j);
          items += slot == 0 ? 0 : 1;
          int passed = slot == 0 ? bucket : HashIndex.home(SlotLayout.tag(slot), buckets);
          for (; passed != bucket; passed = (passed + 1) % buckets) {
            passers[passed]++;
          }
        }
      }
      assertThat(index.items(table)).isEqualTo(items);
      for (int bucket = 0; bucket < buckets; bucket++) {
        assertThat(index.passers(table, bucket)).as("-Dseed=" + seed).isEqualTo(passers[bucket]);
      }
    }
  }

  @Test
  void insert_noPagesLeft_fillsToTheLastSlot() {
    HashIndex index = index(0, 1);
    long table = index.table(0);
    for (int i = 1; i <= PAGE_SLOTS; i++) {
      insert(index, random.nextLong(), i);
    }
    index.lock(table);
    assertThat(index.insert(table, SlotLayout.slot(1, 1L, 0))).isFalse();
    index.unlock(table);
    checkPassers(index);

    pages.add(IndexPages.PAGE_BYTES, IndexPages.PAGE_BYTES);
    insert(index, random.nextLong(), PAGE_SLOTS + 1);
    assertThat(index.buckets(table)).isEqualTo(2 * PAGE_SLOTS / TableLayout.SLOTS);
    checkPassers(index);
  }

  /** All items of a tag are shown once, in whatever buckets they are, and no empty slot. */
  @Test
  void find_manyOfOneTag_showsEach() {
    HashIndex index = index(0, 1);
    int[] tags = {0, 1, 0x5_5555, 0xF_FFFF};
    for (int tag : tags) {
      List<Long> locations = new ArrayList<>();
      for (long i = 1; i <= 2 * TableLayout.SLOTS - 4; i++) { // With empty slots beside the last.
        locations.add(100L * tag + i);
        insert(index, (long) tag << 20, 100L * tag + i);
        insert(index, (long) (tag ^ 2) << 20, 100L * tag + 50 + i); // Its neighbours.
      }
      List<Long> shown = new ArrayList<>();
      long found =
          index.find(
              (long) tag << 20,
              (_, slot) -> {
                shown.add(SlotLayout.location(slot));
                return false;
              });
      assertThat(found).isEqualTo(HashIndex.NOT_FOUND);
      assertThat(shown).containsExactlyInAnyOrderElementsOf(locations);
    }
  }

  /** The tags of one home, at the end of the table: they go on at its beginning. */
  @Test
  void insert_atTheEnd_wrapsAround() {
    HashIndex index = index(0, 1);
    List<Long> hashes = new ArrayList<>();
    for (int i = 1; i <= 40; i++) {
      long hash = ((1L << 20) - i) << 20;
      hashes.add(hash);
      insert(index, hash, i);
    }
    checkPassers(index);
    for (int i = 1; i <= 40; i += 2) {
      remove(index, hashes.get(i - 1), i);
    }
    checkPassers(index);
    for (int i = 1; i <= 40; i++) {
      assertThat(isFound(index, hashes.get(i - 1), i)).isEqualTo(i % 2 == 0);
    }
  }

  @Test
  void clear_emptiesAllTables() {
    HashIndex index = index(1, PAGES);
    for (int i = 1; i < 1_000; i++) {
      insert(index, 0x9E37_79B9_7F4A_7C15L * i, i);
    }
    index.clear();
    assertThat(index.itemCount()).isZero();
    for (int i = 1; i < 1_000; i++) {
      assertThat(isFound(index, 0x9E37_79B9_7F4A_7C15L * i, i)).isFalse();
    }
    insert(index, 1L << 40, 5);
    assertThat(index.itemCount()).isEqualTo(1);
    assertThat(isFound(index, 1L << 40, 5)).isTrue();
  }

  @Test
  void visit_inPieces_whileTheTableGrows_missesNone() {
    HashIndex index = index(0, PAGES);
    long table = index.table(0);
    Set<Long> stay = new HashSet<>();
    for (long i = 1; i <= 2_000; i++) {
      insert(index, random.nextLong(), i);
      stay.add(i);
    }
    Set<Long> visited = new HashSet<>();
    int tag = 0;
    long location = 10_000;
    while (tag < 1 << SlotLayout.TAG_BITS) {
      index.lock(table);
      int next = index.visit(table, tag, 4, slot -> visited.add(SlotLayout.location(slot)));
      index.unlock(table);
      assertThat(next).isGreaterThan(tag);
      tag = next;
      for (int i = 0; i < 200 && location < 20_000; i++) {
        insert(index, random.nextLong(), location++);
      }
    }
    assertThat(visited).as("-Dseed=" + seed).containsAll(stay);
    assertThat(index.buckets(table)).isGreaterThan(1_000);
  }

  // ---- finding while others change ----

  @Test
  void find_whileTheTableGrowsAndMoves_neverMisses() throws InterruptedException {
    HashIndex index = index(0, PAGES);
    int stay = 300;
    long[] hashes = new long[stay + 1];
    for (int i = 1; i <= stay; i++) {
      hashes[i] = random.nextLong();
      insert(index, hashes[i], i);
    }
    AtomicBoolean done = new AtomicBoolean();
    AtomicLong missed = new AtomicLong();
    AtomicLong found = new AtomicLong();
    Thread reader =
        Thread.ofPlatform()
            .start(() -> {
              while (!done.get()) {
                for (int i = 1; i <= stay; i++) {
                  (isFound(index, hashes[i], i) ? found : missed).incrementAndGet();
                }
              }
            });
    List<Long> others = new ArrayList<>();
    for (long i = 1_000; i < 25_000; i++) {
      long hash = random.nextLong();
      insert(index, hash, i);
      others.add(hash);
      if (i % 3 == 0) {
        int victim = random.nextInt(others.size());
        long gone = others.get(victim);
        others.set(victim, others.getLast());
        others.removeLast();
        removeAny(index, gone);
      }
    }
    done.set(true);
    reader.join();
    assertThat(missed.get()).as("-Dseed=%d found=%d", seed, found.get()).isZero();
    assertThat(index.pageCount(index.table(0))).isGreaterThan(10);
  }

  private static void insert(HashIndex index, long hash, long location) {
    long table = index.tableOf(hash);
    index.lock(table);
    try {
      long slot = SlotLayout.slot(HashIndex.tagOf(hash), location, 0);
      assertThat(index.insert(table, slot)).isTrue();
    } finally {
      index.unlock(table);
    }
  }

  private static void remove(HashIndex index, long hash, long location) {
    long table = index.tableOf(hash);
    index.lock(table);
    try {
      long at =
          index.findLocked(
              table, HashIndex.tagOf(hash), (_, slot) -> SlotLayout.location(slot) == location);
      assertThat(at).isNotEqualTo(HashIndex.NOT_FOUND);
      assertThat(SlotLayout.location(index.remove(table, at))).isEqualTo(location);
    } finally {
      index.unlock(table);
    }
  }

  /** Whichever item has this tag, but for those that stay. */
  private static void removeAny(HashIndex index, long hash) {
    long table = index.tableOf(hash);
    index.lock(table);
    try {
      long at =
          index.findLocked(
              table, HashIndex.tagOf(hash), (_, slot) -> SlotLayout.location(slot) >= 1_000);
      if (at != HashIndex.NOT_FOUND) {
        index.remove(table, at);
      }
    } finally {
      index.unlock(table);
    }
  }

  private static boolean isFound(HashIndex index, long hash, long location) {
    return index.find(hash, (_, slot) -> SlotLayout.location(slot) == location)
        != HashIndex.NOT_FOUND;
  }
}
