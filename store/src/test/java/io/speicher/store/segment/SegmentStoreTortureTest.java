package io.speicher.store.segment;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.errorprone.annotations.FormatMethod;
import io.speicher.store.FakeTicker;
import io.speicher.store.Item;
import io.speicher.store.Prefetch;
import io.speicher.store.PutOptions;
import io.speicher.store.StoreStats;
import io.speicher.store.UpdateResult;
import io.speicher.store.Updates;
import io.speicher.store.Updates.Condition;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Everything at once, from many threads, in far too little room. What is read must be a value that
 * was put, whole, and no older than what had become of its key when the read began.
 *
 * <p>{@code -DtortureSeconds=} lets it run for longer, all of its tests together; {@code -Dseed=}
 * repeats the choices, though not the timing.
 */
final class SegmentStoreTortureTest {

  /*
   * How a stale value is known. Each put has a number, its generation, which is stored as the item's
   * flags; length and bytes of the value follow from key and generation. A key has one thread that
   * puts it, so generations rise with time. That thread says when a put begins and when it is done;
   * who deletes (any thread) or clears notes what was done before that. So a reader knows, before it
   * reads, below which generation nothing may be seen any more. A miss is always right here, for
   * anything may have been evicted; what may not miss is tested in a store with room for all.
   */
  private static final int THREADS = 6;
  private static final int COUNTERS = 8;
  private static final int LISTS = 8;
  private static final int BATCH = 12;

  private final long seed = Long.getLong("seed", new Random().nextLong());
  private final long nanos =
      TimeUnit.SECONDS.toNanos(Long.getLong("tortureSeconds", 5)) / (Shape.values().length + 1);

  enum Shape {
    ONE_TABLE(300 << 10, 8 << 10, 3_000),
    ALMOST_NO_SEGMENTS(16 * (8 << 10), 8 << 10, 60),
    SMALL_SEGMENTS(2 << 20, 8 << 10, 30_000),
    MANY_TABLES(8 << 20, 16 << 10, 60_000),
    FEW_LARGE_SEGMENTS(6 << 20, 256 << 10, 20_000);

    private final int budgetBytes;
    private final int segmentBytes;
    private final int keys;

    Shape(int budgetBytes, int segmentBytes, int keys) {
      this.budgetBytes = budgetBytes;
      this.segmentBytes = segmentBytes;
      this.keys = keys;
    }

    Geometry geometry() {
      return new Geometry(budgetBytes, segmentBytes, 0);
    }
  }

  private enum Kind {
    PUT,
    PUT_IF_VERSION,
    PUT_IF_ABSENT,
    GET,
    GET_ALL,
    DELETE,
    TOUCH,
    ADD,
    APPEND,
    COPY,
    SCAN,
    CLEAR,
    MAINTAIN
  }

  // ---- in too little room ----

  @ParameterizedTest
  @EnumSource(Shape.class)
  void everything_inTooLittleRoom(Shape shape) throws InterruptedException {
    FakeTicker ticker = new FakeTicker();
    try (SegmentStore store = new SegmentStore(shape.geometry(), ticker)) {
      Torture torture = new Torture(store, ticker, shape);
      List<Consumer<Random>> tasks = new ArrayList<>();
      for (int i = 0; i < THREADS; i++) {
        Torture.Torturer torturer = torture.new Torturer(i);
        tasks.add(torturer::step);
      }
      do {
        runAll(tasks);
      } while (store.stats().evictedItemCount() == 0 || store.stats().expiredItemCount() == 0);
      store.verify();
      assertThat(torture.hits.sum())
          .as("-Dseed=%d %s %s", seed, torture.counts, store.stats())
          .isPositive();
    }
  }

  /** What one thread remembers of what it did to its keys is shared here with all others. */
  private final class Torture {
    private final SegmentStore store;
    private final FakeTicker ticker;
    private final int keys;
    private final int segmentBytes;
    private final Map<Kind, LongAdder> counts = new EnumMap<>(Kind.class);
    private final LongAdder hits = new LongAdder();
    private final AtomicInteger lastGeneration = new AtomicInteger();

    /** For each key, the generation of the last put that has begun, and that is done. */
    private final AtomicIntegerArray begun;

    private final AtomicIntegerArray done;

    /** ... and the first one that may still be seen. */
    private final AtomicIntegerArray floor;

    /** ... and a version that was seen, with its generation. */
    private final AtomicReferenceArray<long @Nullable []> versions;

    private final AtomicInteger lastEpoch = new AtomicInteger();
    private final List<AtomicReference<Set<Long>>> sums = new ArrayList<>();

    Torture(SegmentStore store, FakeTicker ticker, Shape shape) {
      this.store = store;
      this.ticker = ticker;
      keys = shape.keys;
      segmentBytes = shape.segmentBytes;
      begun = new AtomicIntegerArray(keys);
      done = new AtomicIntegerArray(keys);
      floor = new AtomicIntegerArray(keys);
      versions = new AtomicReferenceArray<>(keys);
      for (Kind kind : Kind.values()) {
        counts.put(kind, new LongAdder());
      }
      for (int i = 0; i < COUNTERS; i++) {
        sums.add(new AtomicReference<>(ConcurrentHashMap.newKeySet()));
      }
    }

    void count(Kind kind) {
      requireNonNull(counts.get(kind)).increment();
    }

    void passTime(Random random) {
      ticker.advance(Duration.ofMillis(random.nextInt(200)));
      if (random.nextInt(5) == 0) {
        count(Kind.MAINTAIN);
        store.maintain();
        StoreStats stats = store.stats();
        check(stats.usedBytes() <= stats.budgetBytes() && stats.itemCount() >= 0, "%s", stats);
      }
      if (random.nextInt(1_000) == 0) {
        ticker.advance(Duration.ofDays(random.nextInt(40)));
      }
      if (random.nextInt(1_000) == 0) {
        clear();
      }
    }

    private void clear() {
      count(Kind.CLEAR);
      int[] before = new int[keys];
      for (int i = 0; i < keys; i++) {
        before[i] = done.get(i);
      }
      store.clear();
      for (int i = 0; i < keys; i++) {
        isGone(i, before[i]);
      }
    }

    private void isGone(int key, int generation) {
      floor.accumulateAndGet(key, generation + 1, Math::max);
    }

    /** What a reader saw, checked when the store says that it was true. */
    private final class Seen {
      private byte[] bytes = new byte[1 << 10];
      private int length = -1;
      private int flags;
      private int kind;
      private long expiresAtMillis;
      private long version;
      private int floorBefore;
      private long millisBefore;

      void before(int key) {
        length = -1;
        floorBefore = Math.max(floor.get(key), done.get(key));
        millisBefore = ticker.millis();
      }

      void take(Item item, boolean withVersion) {
        ByteBuffer value = item.value();
        length = value.remaining();
        if (bytes.length < length) {
          bytes = new byte[length];
        }
        value.get(bytes, 0, length);
        flags = item.flags();
        kind = item.kind();
        expiresAtMillis = item.expiresAtMillis();
        version = withVersion ? item.version() : 0;
      }

      void checkHit(int key) {
        hits.increment();
        check(expiresAtMillis > millisBefore, "expired: key=%d", key);
        check(flags >= floorBefore, "stale: key=%d flags=%d floor=%d", key, flags, floorBefore);
        check(flags <= begun.get(key), "from the future: key=%d flags=%d", key, flags);
        check(kind == (flags & 3), "kind: key=%d kind=%d flags=%d", key, kind, flags);
        int expected = valueBytes(flags);
        check(length == expected, "length: key=%d length=%d not %d", key, length, expected);
        for (int at = 0; at < length; at += 8) {
          long word = mix(key, flags, at);
          for (int i = at; i < Math.min(length, at + 8); i++) {
            if (bytes[i] != byteOf(word, i - at)) {
              throw new AssertionError(
                  "torn: key=%d generation=%d length=%d at=%d".formatted(key, flags, length, i));
            }
          }
        }
        if (version != 0) {
          long[] other = versions.getAndSet(key, new long[] {flags, version});
          check(
              other == null || (other[0] == flags) == (other[1] == version),
              "version: key=%d generation=%d version=%d",
              key,
              flags,
              version);
        }
      }
    }

    private int valueBytes(int generation) {
      long random = mix(7, generation, 9) & Long.MAX_VALUE;
      int max =
          switch ((int) (random % 64)) {
            case 0 -> 5 * segmentBytes;
            case 1, 2, 3, 4 -> segmentBytes;
            case 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16 -> 1 << 10;
            case 17, 18, 19, 20, 21, 22, 23, 24 -> 1;
            default -> 1 << 7;
          };
      return 1 + (int) ((random >>> 6) % max);
    }

    private ByteBuffer value(int key, int generation) {
      int length = valueBytes(generation);
      byte[] bytes = new byte[length];
      for (int at = 0; at < length; at += 8) {
        long word = mix(key, generation, at);
        for (int i = at; i < Math.min(length, at + 8); i++) {
          bytes[i] = byteOf(word, i - at);
        }
      }
      return ByteBuffer.wrap(bytes);
    }

    /** One thread, with its own keys. */
    private final class Torturer {
      private final int number;
      private final Seen seen = new Seen();
      private final List<Seen> batch = new ArrayList<>();
      private final Prefetch prefetch = store.newPrefetch();
      private long cursor;

      Torturer(int number) {
        this.number = number;
        for (int i = 0; i < BATCH; i++) {
          batch.add(new Seen());
        }
      }

      void step(Random random) {
        int key = random.nextInt(random.nextInt(4) == 0 ? keys : Math.max(THREADS, keys / 20));
        int own = Math.min(key / THREADS, keys / THREADS - 1) * THREADS + number;
        if (number == 0 && random.nextInt(20) == 0) {
          passTime(random); // One thread does it, as in a server.
        }
        switch (random.nextInt(40)) {
          case 0, 1, 2, 3, 4, 5, 6, 7, 8, 9 -> put(own, random);
          case 10, 11 -> putIf(own, random, Condition.IF_ABSENT, Kind.PUT_IF_ABSENT);
          case 12, 13, 14, 15 -> putIfVersion(own, random);
          case 16, 17, 18, 19 -> getAll(random);
          case 20 -> delete(key);
          case 21, 22, 23 -> touch(key, random);
          case 24, 25, 26, 27 -> add(random.nextInt(COUNTERS));
          case 28, 29 -> append(random);
          case 31, 32 -> copy(random);
          case 30 -> scan(random);
          default -> get(key, random.nextInt(4) == 0, random);
        }
      }

      /** Adds a key to a new batch, with another one, since one alone is not looked for. */
      private int prefetch(ByteBuffer key, Random random) {
        ByteBuffer other = name(random.nextInt(keys));
        prefetch.clear();
        prefetch.add(0, other, 0, other.remaining(), random.nextBoolean());
        int place = prefetch.add(0, key, 0, key.remaining(), random.nextBoolean());
        prefetch.fetch();
        return place;
      }

      private void put(int key, Random random) {
        count(Kind.PUT);
        int generation = begin(key);
        ByteBuffer name = name(key);
        ByteBuffer value = value(key, generation);
        PutOptions options = options(generation, random);
        if (random.nextBoolean()) {
          store.put(name, value, options);
        } else {
          store.put(name, value, options, prefetch, prefetch(name, random));
        }
        done.set(key, generation);
      }

      private UpdateResult putIf(int key, Random random, Condition condition, Kind kind) {
        count(kind);
        int generation = begin(key);
        PutOptions options = options(generation, random);
        UpdateResult result =
            Updates.putIf(store, name(key), value(key, generation), options, condition);
        if (result != UpdateResult.KEPT) {
          done.set(key, generation);
        }
        return result;
      }

      private int begin(int key) {
        int generation = lastGeneration.incrementAndGet();
        begun.set(key, generation);
        return generation;
      }

      private PutOptions options(int generation, Random random) {
        long expiresAtMillis =
            switch (random.nextInt(8)) {
              case 0 -> ticker.millis() + 1 + random.nextInt(1_000);
              case 1 -> ticker.millis() + 1 + random.nextInt(100_000);
              case 2 -> ticker.millis() + 1 + random.nextLong(1L << 50);
              default -> Item.NEVER;
            };
        return new PutOptions(generation & 3, generation, expiresAtMillis);
      }

      private void putIfVersion(int key, Random random) {
        if (get(key, true, random)) {
          Condition ifSeen = Condition.ifVersion(seen.version);
          int generation = seen.flags;
          boolean stored = putIf(key, random, ifSeen, Kind.PUT_IF_VERSION) != UpdateResult.KEPT;
          check(
              stored || !get(key, true, random),
              "nobody else puts it: key=%d generation=%d",
              key,
              generation);
          UpdateResult result = putIf(key, random, ifSeen, Kind.PUT_IF_VERSION);
          check(
              !stored || result == UpdateResult.KEPT,
              "an old version: key=%d result=%s",
              key,
              result);
        }
      }

      private boolean get(int key, boolean withVersion, Random random) {
        count(Kind.GET);
        ByteBuffer name = name(key);
        seen.before(key);
        boolean hit =
            random.nextBoolean()
                ? store.get(name, item -> seen.take(item, withVersion))
                : store.get(
                    name, prefetch, prefetch(name, random), item -> seen.take(item, withVersion));
        if (hit) {
          seen.checkHit(key);
        }
        return hit;
      }

      private void getAll(Random random) {
        count(Kind.GET_ALL);
        int first = random.nextInt(keys - BATCH);
        List<ByteBuffer> names = new ArrayList<>();
        for (int i = 0; i < BATCH; i++) {
          names.add(name(first + i));
          batch.get(i).before(first + i);
        }
        store.getAll(
            names,
            (i, item) -> {
              if (item == null) {
                batch.get(i).length = -1;
              } else {
                batch.get(i).take(item, false);
              }
            });
        for (int i = 0; i < BATCH; i++) {
          if (batch.get(i).length >= 0) {
            batch.get(i).checkHit(first + i);
          }
        }
      }

      private void delete(int key) {
        count(Kind.DELETE);
        int before = done.get(key);
        store.delete(name(key));
        isGone(key, before);
      }

      private void touch(int key, Random random) {
        count(Kind.TOUCH);
        long expiresAtMillis =
            random.nextBoolean() ? ticker.millis() + 1 + random.nextInt(60_000) : Item.NEVER;
        Updates.touch(store, name(key), expiresAtMillis);
      }

      /** A counter begins with an epoch that no other had, so no sum may come twice. */
      private void add(int counter) {
        count(Kind.ADD);
        ByteBuffer name = bytes("counter-" + counter);
        OptionalLong sum = Updates.add(store, name, 1);
        if (sum.isPresent()) {
          boolean isNew = sums.get(counter).get().add(sum.getAsLong());
          check(isNew, "an increment was lost: counter=%d sum=%s", counter, sum);
        } else {
          sums.get(counter).set(ConcurrentHashMap.newKeySet());
          long begin = (long) lastEpoch.incrementAndGet() << 32;
          ByteBuffer number = bytes(Long.toString(begin));
          Updates.putIf(store, name, number, PutOptions.DEFAULT, Condition.IF_ABSENT);
        }
      }

      /** A list consists of its name, over and over. */
      private void append(Random random) {
        count(Kind.APPEND);
        String name = "list-" + random.nextInt(LISTS);
        int length = lengthOf(name, name);
        if (length < 0 || length > 2 * segmentBytes) {
          store.put(bytes(name), bytes(name), PutOptions.DEFAULT);
        } else if (random.nextBoolean()) {
          Updates.append(store, bytes(name), bytes(name));
        } else {
          Updates.prepend(store, bytes(name), bytes(name));
        }
      }

      /** A copy of a list consists of the list's name. */
      private void copy(Random random) {
        count(Kind.COPY);
        int list = random.nextInt(LISTS);
        store.copy(bytes("list-" + list), bytes("copy-" + list), random.nextBoolean());
        lengthOf("copy-" + list, "list-" + list);
        if (random.nextBoolean()) {
          store.delete(bytes("copy-" + list));
        }
      }

      /** How long a list is, or -1 if there is none. */
      private int lengthOf(String list, String element) {
        int[] length = new int[1];
        boolean[] sound = new boolean[1];
        boolean hit =
            store.get(
                bytes(list),
                item -> {
                  String elements = StandardCharsets.ISO_8859_1.decode(item.value()).toString();
                  length[0] = elements.length();
                  sound[0] = elements.equals(element.repeat(length[0] / element.length()));
                });
        check(!hit || sound[0], "a torn list");
        return hit ? length[0] : -1;
      }

      private void scan(Random random) {
        count(Kind.SCAN);
        cursor =
            store.scan(
                cursor,
                1 + random.nextInt(50),
                key -> {
                  String name = StandardCharsets.ISO_8859_1.decode(key).toString();
                  boolean isSound =
                      name.startsWith("counter-")
                          || name.startsWith("list-")
                          || name.startsWith("copy-")
                          || name.equals(nameOf(Integer.parseInt(name, 0, name.indexOf('-'), 36)));
                  check(isSound, "no key: %s", name);
                });
      }
    }
  }

  // ---- in enough room ----

  /** Living items are moved all the time, and nothing is evicted: nothing may be lost. */
  @Test
  void countersAndLists_inEnoughRoom() throws InterruptedException {
    int counters = 16;
    int lists = 16;
    try (SegmentStore store =
        new SegmentStore(new Geometry(1 << 20, 8 << 10, 0), new FakeTicker())) {
      for (int i = 0; i < counters; i++) {
        store.put(bytes("counter-" + i), bytes("0"), PutOptions.DEFAULT);
        store.put(bytes("list-" + i % lists), bytes(""), PutOptions.DEFAULT);
      }
      AtomicLongArray sums = new AtomicLongArray(counters);
      AtomicLongArray lengths = new AtomicLongArray(lists);
      List<Consumer<Random>> tasks = new ArrayList<>();
      for (int i = 0; i < THREADS; i++) {
        tasks.add(random -> stepInEnoughRoom(store, random, sums, lengths));
      }
      tasks.add(_ -> {
        checkScan(store, counters);
        store.maintain();
      });
      runAll(tasks);
      store.verify();
      assertThat(store.stats().evictedItemCount()).as("-Dseed=%d %s", seed, sums).isZero();
      for (int i = 0; i < counters; i++) {
        assertThat(get(store, "counter-" + i)).isEqualTo(Long.toString(sums.get(i)));
        assertThat(get(store, "list-" + i % lists)).hasSize((int) lengths.get(i % lists));
      }
    }
  }

  private static void stepInEnoughRoom(
      SegmentStore store, Random random, AtomicLongArray sums, AtomicLongArray lengths) {
    int counter = random.nextInt(sums.length());
    ByteBuffer name = bytes("counter-" + counter);
    switch (random.nextInt(8)) {
      case 0 -> {
        check(Updates.add(store, name, 3).isPresent(), "the counter is gone");
        sums.addAndGet(counter, 3);
      }
      case 1 -> {
        long[] seen = new long[2];
        check(
            store.get(
                name,
                item -> {
                  seen[0] = parse(item.value());
                  seen[1] = item.version();
                }),
            "the counter is gone");
        ByteBuffer sum = bytes(Long.toString(seen[0] + 1));
        UpdateResult result =
            Updates.putIf(store, name, sum, PutOptions.DEFAULT, Condition.ifVersion(seen[1]));
        if (result == UpdateResult.STORED) {
          sums.incrementAndGet(counter);
        }
      }
      case 2 -> {
        long expiresAtMillis = random.nextBoolean() ? Item.NEVER : store.nowMillis() + 10_000_000L;
        check(Updates.touch(store, name, expiresAtMillis), "the counter is gone");
      }
      case 3 -> {
        int list = random.nextInt(lengths.length());
        if (lengths.get(list) < 6_000) {
          UpdateResult result = Updates.append(store, bytes("list-" + list), bytes("12345678"));
          check(result == UpdateResult.STORED, "the list is gone");
          lengths.addAndGet(list, 8);
        }
      }
      case 4 -> {
        long absent = random.nextInt(300);
        store.delete(bytes("filler-" + absent));
      }
      default ->
          store.put(
              bytes("filler-" + random.nextInt(300)),
              ByteBuffer.allocate(random.nextInt(1_000)),
              PutOptions.DEFAULT);
    }
  }

  /** Torn bytes may be no number; that is no error as long as they do not count. */
  private static long parse(ByteBuffer value) {
    long number = 0;
    while (value.hasRemaining()) {
      number = number * 10 + value.get() - '0';
    }
    return number;
  }

  private static void checkScan(SegmentStore store, int counters) {
    Set<String> found = new HashSet<>();
    long cursor = 0;
    do {
      cursor =
          store.scan(
              cursor, 10, key -> found.add(StandardCharsets.ISO_8859_1.decode(key).toString()));
    } while (cursor != 0);
    for (int i = 0; i < counters; i++) {
      check(found.contains("counter-" + i), "not visited: counter=%d", i);
    }
  }

  private static String get(SegmentStore store, String key) {
    String[] value = new String[1];
    store.get(
        bytes(key), item -> value[0] = StandardCharsets.ISO_8859_1.decode(item.value()).toString());
    return value[0];
  }

  // ---- running ----

  private void runAll(List<Consumer<Random>> tasks) throws InterruptedException {
    long endNanos = System.nanoTime() + nanos;
    AtomicBoolean failed = new AtomicBoolean();
    AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < tasks.size(); i++) {
      Random random = new Random(seed + i);
      Consumer<Random> task = tasks.get(i);
      threads.add(
          Thread.ofPlatform()
              .start(() -> {
                try {
                  while (!failed.get() && System.nanoTime() - endNanos < 0) {
                    task.accept(random);
                  }
                } catch (Throwable e) {
                  failed.set(true);
                  failure.compareAndSet(null, e);
                }
              }));
    }
    for (Thread thread : threads) {
      thread.join();
    }
    if (failure.get() != null) {
      throw new AssertionError("-Dseed=" + seed, failure.get());
    }
  }

  @FormatMethod
  private static void check(boolean condition, String format, Object... arguments) {
    if (!condition) {
      throw new AssertionError(format.formatted(arguments));
    }
  }

  private static long mix(long a, long b, long c) {
    long z = a * 0x9E3779B97F4A7C15L + b * 0xBF58476D1CE4E5B9L + c * 0x94D049BB133111EBL;
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    return z ^ (z >>> 29);
  }

  private static byte byteOf(long word, int index) {
    return (byte) (word >>> (8 * index));
  }

  /** Short keys and long ones. */
  private static String nameOf(int key) {
    return Integer.toString(key, 36) + "-" + "x".repeat(key % 7 == 0 ? key % 400 : key % 5);
  }

  private static ByteBuffer name(int key) {
    return bytes(nameOf(key));
  }

  private static ByteBuffer bytes(String text) {
    return ByteBuffer.wrap(text.getBytes(StandardCharsets.ISO_8859_1));
  }
}
