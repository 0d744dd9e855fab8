package io.speicher.store.segment;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.speicher.store.FakeTicker;
import io.speicher.store.Opening;
import io.speicher.store.PutOptions;
import io.speicher.store.RecoveryListener;
import io.speicher.store.Store;
import io.speicher.store.TtlRule;
import io.speicher.store.Update;
import io.speicher.store.Updates;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Opens what another process would find. A kill leaves the file as it is at one instruction, so a
 * copy of the file, taken there, is what a kill leaves.
 */
final class DurableStoreTest {
  private static final int SEGMENT_BYTES = 8 << 10;

  /** So many keys are changed again and again; a table of the index grows for them. */
  private static final int KEYS = 1_200;

  /** So many kills at each point. */
  private static final int COPIES = Integer.getInteger("kills", 8);

  private static final Geometry SMALL = new Geometry(400_000, SEGMENT_BYTES, 0);

  private final long seed = Long.getLong("seed", new Random().nextLong());
  private final Random random = new Random(seed);
  private final FakeTicker ticker = new FakeTicker();

  /** Everything is cleared once in so many times 40 changes. */
  private int clearsRarely = 60;

  @TempDir(factory = MemoryDirectory.class)
  Path directory;

  @AfterEach
  void observeNothing() {
    KillPoint.observe(null);
  }

  // ---- what survives ----

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void open_keepsEverything(boolean killed) throws IOException {
    SegmentStore store = open(SMALL);
    assertThat(store.opening().orElseThrow().kind()).isEqualTo(Opening.Kind.CREATED);
    store.put(bytes("a"), bytes("1"), new PutOptions(2, 77, store.nowMillis() + 5_000));
    store.put(bytes("b"), bytes("2"), PutOptions.DEFAULT);
    store.put(bytes("large"), ByteBuffer.allocate(5 * SEGMENT_BYTES), PutOptions.DEFAULT);
    store.put(bytes("c"), bytes("3"), PutOptions.DEFAULT);
    store.delete(bytes("c"));
    long[] version = new long[1];
    store.get(bytes("b"), item -> version[0] = item.version());
    end(store, killed);

    ticker.advance(Duration.ofMillis(4_999));
    store = open(SMALL);
    assertThat(store.opening().orElseThrow().kind())
        .isEqualTo(killed ? Opening.Kind.KILLED : Opening.Kind.STOPPED);
    assertThat(store.opening().orElseThrow().itemCount()).isEqualTo(3);
    store.verify();
    boolean found =
        store.get(
            bytes("a"),
            item -> {
              assertThat(UTF_8.decode(item.value()).toString()).isEqualTo("1");
              assertThat(item.kind()).isEqualTo(2);
              assertThat(item.flags()).isEqualTo(77);
              assertThat(item.expiresAtMillis()).isEqualTo(ticker.millis() + 1);
            });
    assertThat(found).isTrue();
    assertThat(store.get(bytes("b"), item -> assertThat(item.version()).isEqualTo(version[0])))
        .isTrue();
    assertThat(get(store, "c")).isNull();
    assertThat(
            store.get(
                bytes("large"),
                item -> assertThat(item.value().remaining()).isEqualTo(5 * SEGMENT_BYTES)))
        .isTrue();

    ticker.advance(Duration.ofMillis(1));
    assertThat(get(store, "a")).isNull();
    store.maintain();
    store.verify();
    store.close();
  }

  /** What expired while no process had the store is gone, and its memory comes back. */
  @Test
  void open_afterItemsExpired() throws IOException {
    SegmentStore store = open(SMALL);
    for (int i = 0; i < 1_000; i++) {
      store.put(bytes("k" + i), bytes("v"), expiring(1 + random.nextInt(60_000)));
    }
    store.maintain();
    end(store, true);
    ticker.advance(Duration.ofHours(2));
    store = open(SMALL);
    assertThat(get(store, "k1")).isNull();
    store.maintain();
    assertThat(store.stats().itemCount()).isZero();
    store.close();
  }

  /** The clock of the machine was set back: the store's goes on from where it was. */
  @Test
  void open_clockWasSetBack() throws IOException {
    SegmentStore store = open(SMALL);
    long expiresAtMillis = store.nowMillis() + 10_000;
    store.put(bytes("a"), bytes("1"), PutOptions.DEFAULT.withExpiresAtMillis(expiresAtMillis));
    store.maintain();
    end(store, true);
    long[] earliest = new long[1];
    SegmentStore.open(
            directory,
            SMALL,
            millis -> {
              earliest[0] = millis;
              return ticker;
            },
            random,
            false,
            StoreSync.BY_HAND,
            RecoveryListener.NONE)
        .close();
    assertThat(earliest[0]).isEqualTo(ticker.millis());
  }

  /** Versions are never given twice, so that what a client compares is what it has read. */
  @Test
  void open_versionsGoOn() throws IOException {
    long last = 0;
    for (int round = 0; round < 5; round++) {
      SegmentStore store = open(SMALL);
      long[] version = new long[1];
      for (int i = 0; i < 500; i++) {
        store.put(bytes("k"), value(100), PutOptions.DEFAULT);
      }
      store.get(bytes("k"), item -> version[0] = item.version());
      assertThat(version[0]).isGreaterThan(last);
      last = version[0];
      end(store, random.nextBoolean());
    }
  }

  /**
   * What makes way for the index moves to segments that wait for the disk, if there are no others.
   */
  @Test
  void put_whileSegmentsWait_runThatMakesWayStays() throws IOException {
    SegmentStore store = open(SMALL);
    List<Integer> segments = new ArrayList<>(); // Of a run each.
    do {
      String key = "run" + segments.size();
      store.put(bytes(key), ByteBuffer.allocate(SEGMENT_BYTES), PutOptions.DEFAULT);
      segments.add(segmentOf(store, key));
    } while (segments.getLast() == 2 * (segments.size() - 1));
    int last = segments.size() - 2; // There was no room any more for the one after it.
    for (int i = 0; i < segments.size(); i++) {
      boolean _ = i != last && store.delete(bytes("run" + i));
    }
    store.maintain();
    long evicted = store.stats().evictedItemCount();

    for (int i = 0; firstIndexSegment(store) > segments.get(last) + 1; i++) {
      store.put(bytes("small" + i), bytes(""), PutOptions.DEFAULT);
    }

    assertThat(segmentOf(store, "run" + last)).isNotEqualTo(segments.get(last));
    assertThat(store.stats().evictedItemCount()).isEqualTo(evicted);
    store.verify();
    store.close();
  }

  private static int segmentOf(SegmentStore store, String key) {
    try (Lookup lookup = store.lookup(bytes(key))) {
      assertThat(lookup.find()).isTrue();
      return lookup.segment();
    }
  }

  private static int firstIndexSegment(SegmentStore store) {
    int segment = 0;
    while (store.segments.itemClass(segment) != Segments.INDEX) {
      segment++;
    }
    return segment;
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void open_partsStayCleared(boolean killed) throws IOException {
    SegmentStore store = open(SMALL);
    Store second = store.database(3);
    second.put(bytes("a"), bytes("old"), PutOptions.DEFAULT);
    store.put(bytes("users:1"), bytes("old"), PutOptions.DEFAULT);
    store.put(bytes("tagged"), bytes("old"), PutOptions.DEFAULT.withTags(List.of(bytes("t"))));
    store.put(bytes("kept"), bytes("old"), PutOptions.DEFAULT.withTags(List.of(bytes("u"))));
    store.createNamespace(bytes("users:"), new TtlRule(0, 60_000, 0));
    second.clear();
    store.clearNamespace(bytes("users:"));
    store.clearTags(List.of(bytes("t")));
    second.put(bytes("b"), bytes("new"), PutOptions.DEFAULT);
    store.put(bytes("users:2"), bytes("new"), PutOptions.DEFAULT);
    store.swap(3, 5);
    end(store, killed);

    store = open(SMALL);
    assertThat(get(store.database(5), "a")).isNull();
    assertThat(get(store.database(5), "b")).isEqualTo("new");
    assertThat(get(store.database(3), "b")).isNull();
    assertThat(store.database(5).itemCount()).isEqualTo(1);
    assertThat(get(store, "users:1")).isNull();
    assertThat(get(store, "users:2")).isEqualTo("new");
    assertThat(get(store, "tagged")).isNull();
    assertThat(get(store, "kept")).isEqualTo("old");
    assertThat(store.namespaces()).hasSize(1);
    assertThat(store.namespaces().getFirst().rule()).isEqualTo(new TtlRule(0, 60_000, 0));
    store.maintain();
    assertThat(store.namespaces().getFirst().itemCount()).isEqualTo(1);
    assertThat(store.itemCount()).isEqualTo(2);
    store.clearTags(List.of(bytes("u")));
    assertThat(get(store, "kept")).isNull();
    store.verify();
    store.close();
  }

  /** Items, and all that is known of them, are copied to a store of another size. */
  @ParameterizedTest
  @ValueSource(longs = {800_000, 5_000_000, 300_000})
  void open_otherMemory(long budgetBytes) throws IOException {
    SegmentStore store = open(SMALL);
    store.put(bytes("a"), bytes("1"), new PutOptions(2, 77, store.nowMillis() + 5_000));
    store.put(bytes("t"), bytes("1"), PutOptions.DEFAULT.withTags(List.of(bytes("x"), bytes("y"))));
    store.put(bytes("u"), bytes("1"), PutOptions.DEFAULT.withTags(List.of(bytes("z"))));
    store.put(bytes("large"), ByteBuffer.allocate(5 * SEGMENT_BYTES), PutOptions.DEFAULT);
    store.database(3).put(bytes("a"), bytes("other"), PutOptions.DEFAULT);
    store.database(4).put(bytes("a"), bytes("cleared"), PutOptions.DEFAULT);
    store.database(4).clear();
    store.swap(3, 5);
    store.clearTags(List.of(bytes("z")));
    store.createNamespace(bytes("users:"), new TtlRule(0, 60_000, 0));
    for (int i = 0; i < 300; i++) {
      store.put(bytes("k" + i), bytes("v" + i), PutOptions.DEFAULT);
    }
    long[] version = new long[1];
    store.get(bytes("k1"), item -> version[0] = item.version());
    end(store, true);

    store = open(new Geometry(budgetBytes, budgetBytes > 4_000_000 ? 32 << 10 : SEGMENT_BYTES, 0));
    assertThat(store.opening().orElseThrow().kind()).isEqualTo(Opening.Kind.RESIZED);
    store.verify();
    boolean found =
        store.get(
            bytes("a"),
            item -> {
              assertThat(item.kind()).isEqualTo(2);
              assertThat(item.flags()).isEqualTo(77);
              assertThat(item.expiresAtMillis()).isEqualTo(ticker.millis() + 5_000);
            });
    assertThat(found).isTrue();
    for (int i = 0; i < 300; i++) {
      assertThat(get(store, "k" + i)).isEqualTo("v" + i);
    }
    assertThat(store.get(bytes("k1"), item -> assertThat(item.version()).isEqualTo(version[0])))
        .isTrue();
    assertThat(store.get(bytes("large"), item -> {})).isTrue();
    assertThat(get(store.database(5), "a")).isEqualTo("other");
    assertThat(get(store.database(3), "a")).isNull();
    assertThat(store.database(4).itemCount()).isZero();
    assertThat(store.database(5).itemCount()).isEqualTo(1);
    assertThat(get(store, "u")).isNull();
    assertThat(get(store, "t")).isEqualTo("1");
    store.clearTags(List.of(bytes("y")));
    assertThat(get(store, "t")).isNull();
    assertThat(store.namespaces()).hasSize(1);
    store.put(bytes("k2"), bytes("new"), PutOptions.DEFAULT);
    long[] next = new long[1];
    store.get(bytes("k2"), item -> next[0] = item.version());
    assertThat(next[0]).isGreaterThan(version[0]);
    end(store, true);
    assertThat(Files.exists(directory.resolve("store.next"))).isFalse();
    store = open(SMALL);
    assertThat(get(store, "k1")).isEqualTo("v1");
    store.close();
  }

  /** Where there is less room than before, what was read is kept. */
  @Test
  void open_lessMemory_keepsTheBest() throws IOException {
    SegmentStore store = open(new Geometry(2_000_000, SEGMENT_BYTES, 0));
    for (int i = 0; i < 4_000; i++) {
      store.put(bytes("k" + i), bytes("v".repeat(200)), PutOptions.DEFAULT);
    }
    for (int i = 0; i < 4_000; i += 10) {
      assertThat(get(store, "k" + i)).isNotNull();
      assertThat(get(store, "k" + i)).isNotNull();
    }
    end(store, true);
    store = open(SMALL);
    int read = 0;
    int others = 0;
    for (int i = 0; i < 4_000; i++) {
      int there = get(store, "k" + i) == null ? 0 : 1;
      read += i % 10 == 0 ? there : 0;
      others += i % 10 == 0 ? 0 : there;
    }
    assertThat(read).isGreaterThan(350);
    assertThat(others).isBetween(500, 1_300);
    store.verify();
    store.close();
  }

  @Test
  void open_resets() throws IOException {
    SegmentStore store = open(SMALL);
    store.put(bytes("a"), bytes("1"), PutOptions.DEFAULT);
    end(store, true);
    store = open(directory, SMALL, true);
    assertThat(get(store, "a")).isNull();
    assertThat(store.opening().orElseThrow().kind()).isEqualTo(Opening.Kind.CREATED);
    store.close();
  }

  // ---- what a kill leaves ----

  /**
   * Runs until a kill point was reached some times, and opens what the file was at that moment. All
   * that was written before must be there, and what was being written is old or new.
   */
  @ParameterizedTest
  @EnumSource(KillPoint.class)
  void kill_at(KillPoint point) throws IOException {
    boolean isRare =
        switch (point) {
          case SPREADING, GROWING, CLEARING, SYNCING, SYNCED -> true;
          default -> false;
        };
    clearsRarely = point == KillPoint.CLEARING ? 6 : 60;
    int copies = 0;
    for (int round = 0; copies < COPIES && round < 5 * COPIES; round++) {
      copies += killAt(point, 1 + random.nextInt(1 << random.nextInt(isRare ? 2 : 10)), round);
    }
    assertThat(copies).as("kills at %s, -Dseed=%d", point, seed).isPositive();
  }

  private int killAt(KillPoint point, int times, int round) throws IOException {
    Path killed = directory.resolve("killed-" + round);
    Path live = directory.resolve("live-" + round);
    Map<String, String> model = new HashMap<>();
    Map<String, String> atKill = new HashMap<>();
    String[] changing = {""};
    String[] changingAtKill = {""};
    long[] evictedAtKill = {0};
    Map<KillPoint, Integer> reached = new EnumMap<>(KillPoint.class);
    SegmentStore store = open(live, SMALL, false);
    KillPoint.observe(at -> {
      if (at == point && reached.merge(at, 1, Integer::sum) == times) {
        copy(live, killed);
        atKill.putAll(model);
        changingAtKill[0] = changing[0];
        evictedAtKill[0] = store.stats().evictedItemCount();
      }
    });
    boolean isKilled = false;
    for (int i = 0; i < 6_000 && !isKilled; i++) {
      change(store, model, changing);
      isKilled = reached.getOrDefault(point, 0) >= times;
    }
    KillPoint.observe(null);
    store.close();
    if (isKilled) {
      assertIsWhole(killed, atKill, changingAtKill[0], evictedAtKill[0] > 0);
    }
    return isKilled ? 1 : 0;
  }

  /** Opens a copy, and what is left when the repair is killed itself, as far as that can be. */
  private void assertIsWhole(
      Path killed, Map<String, String> model, String changing, boolean isEvicting)
      throws IOException {
    SegmentStore store = open(killed, SMALL, false);
    String context = "-Dseed=" + seed + " changing=" + changing;
    store.verify();
    List<String> lost = new ArrayList<>();
    for (Map.Entry<String, String> item : model.entrySet()) {
      String found = get(store, item.getKey());
      boolean isChanging = item.getKey().equals(changing) || changing.equals("*");
      if (found == null ? !isChanging : !found.equals(item.getValue()) && !isChanging) {
        lost.add(item.getKey());
      }
    }
    // What does not fit makes way, which a model cannot foretell.
    assertThat(isEvicting ? List.of() : lost.subList(0, Math.min(3, lost.size())))
        .as("lost or changed; %s", context)
        .isEmpty();
    for (int i = 0; i < KEYS; i++) {
      String key = "key-" + i;
      if (!model.containsKey(key) && !key.equals(changing) && !changing.equals("*")) {
        assertThat(get(store, key)).as("revived; %s", context).isNull();
      }
    }
    for (int i = 0; i < 600; i++) {
      change(store, new HashMap<>(), new String[] {""});
    }
    store.verify();
    end(store, true);
    store = open(killed, SMALL, false);
    store.verify();
    store.close();
  }

  /** Changes the store and then the model, and says meanwhile which key it is; * is all of them. */
  private void change(SegmentStore store, Map<String, String> model, String[] changing) {
    String key = "key-" + random.nextInt(KEYS);
    String text = "v".repeat(random.nextInt(100)) + random.nextInt();
    changing[0] = key;
    switch (random.nextInt(40)) {
      case 0, 1, 2, 3, 4, 5, 6 -> {
        store.delete(bytes(key));
        model.remove(key);
      }
      case 7, 8 -> {
        if (Updates.touch(store, bytes(key), store.nowMillis() + 3_600_000L)) {
          changing[0] = "";
        }
      }
      case 9 -> {
        if (random.nextInt(20) == 0) {
          text = "w".repeat(2 * SEGMENT_BYTES);
          store.put(bytes(key), bytes(text), PutOptions.DEFAULT);
          model.put(key, text);
        }
      }
      case 10 -> {
        changing[0] = "";
        store.maintain();
        if (random.nextInt(4) == 0) {
          store.sync();
        }
      }
      case 11 -> {
        if (random.nextInt(clearsRarely) == 0) {
          changing[0] = "*";
          store.clear();
          model.clear();
        }
      }
      case 12, 13 -> {
        String replacement = text;
        store.update(
            bytes(key),
            old -> old == null ? Update.KEEP : Update.Replace.value(old, bytes(replacement)));
        model.computeIfPresent(key, (_, _) -> replacement);
      }
      default -> {
        store.put(
            bytes(key),
            bytes(text),
            random.nextInt(4) == 0 ? expiring(3_600_000) : PutOptions.DEFAULT);
        model.put(key, text);
      }
    }
    changing[0] = "";
  }

  // ---- help ----

  private SegmentStore open(Geometry geometry) throws IOException {
    return open(directory, geometry, false);
  }

  private SegmentStore open(Path path, Geometry geometry, boolean resets) throws IOException {
    return SegmentStore.open(
        path, geometry, _ -> ticker, random, resets, StoreSync.BY_HAND, RecoveryListener.NONE);
  }

  private static void end(SegmentStore store, boolean killed) {
    if (killed) {
      store.abandon();
    } else {
      store.close();
    }
  }

  private static void copy(Path from, Path to) {
    try {
      Files.createDirectories(to);
      Files.copy(from.resolve("store"), to.resolve("store"), StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private PutOptions expiring(long ttlMillis) {
    return PutOptions.DEFAULT.withExpiresAtMillis(ticker.millis() + ttlMillis);
  }

  private static @Nullable String get(Store store, String key) {
    String[] found = new String[1];
    store.get(bytes(key), item -> found[0] = UTF_8.decode(item.value()).toString());
    return found[0];
  }

  private ByteBuffer value(int maxBytes) {
    byte[] value = new byte[1 + random.nextInt(maxBytes)];
    random.nextBytes(value);
    return ByteBuffer.wrap(value);
  }

  private static ByteBuffer bytes(String text) {
    return UTF_8.encode(text);
  }
}
