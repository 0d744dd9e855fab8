package io.speicher.store.segment;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.speicher.store.FakeTicker;
import io.speicher.store.Opening;
import io.speicher.store.PutOptions;
import io.speicher.store.RecoveryListener;
import io.speicher.store.Store;
import io.speicher.store.SyncStats;
import io.speicher.store.TtlRule;
import io.speicher.store.Update;
import io.speicher.store.Updates;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A store that loses its power again and again. A run of changes is recorded, with what the file
 * was at many instants, some of them in the middle of a change or of a sync. What a power loss
 * leaves is drawn: each page of the file is as it was when the last sync ended, or as it is now, or
 * as it was at some instant in between, or has sectors of several of these. From that the store is
 * recovered, and must have, for each key, what it had at some instant since the last sync began.
 */
final class PowerLoss {
  static final Geometry GEOMETRY = new Geometry(400_000, 8 << 10, 0);

  private static final int PAGE_BYTES = 4 << 10;
  private static final int SECTOR_BYTES = 512;
  private static final int USE = 96;
  private static final int BOOT_ID = 104;
  private static final int KEYS = 500;
  private static final int MAX_IMAGES = 8;
  private static final String NAMESPACE = "users:";

  /** What a key had, from a change on; no value if it was absent. */
  private record State(long since, @Nullable String value) {}

  /** What is wrong, or null. */
  static final class Fault extends AssertionError {
    private static final long serialVersionUID = 1;

    Fault(String message, @Nullable Throwable cause) {
      super(message, cause);
    }
  }

  private final Path directory;
  private final Random random;
  private final String seed;
  private final FakeTicker ticker = new FakeTicker();
  private final TreeMap<String, List<State>> history = new TreeMap<>();

  /** What the file was since the last sync, the oldest first. */
  private final List<byte[]> images = new ArrayList<>();

  private SegmentStore store;

  /** How many changes were made, the one that is being made included. */
  private long changes;

  /** How many had been made when the last sync that ended began. */
  private long syncedChanges;

  private long evictedBefore;
  private long earlyBefore;
  private int files;

  // What was drawn.
  private int losses;
  private int missing;
  private int undone;

  /** A store in a new directory below this one. */
  PowerLoss(Path directory, long seed) throws IOException {
    this.directory = directory;
    this.seed = "-Dseed=" + seed;
    random = new Random(seed);
    store = open(directory.resolve("0"));
    store.createNamespace(bytes(NAMESPACE), TtlRule.NONE);
    sync();
  }

  int losses() {
    return losses;
  }

  /** How many keys were missing since the store had no room for them. */
  int missing() {
    return missing;
  }

  /** How many keys had what they had before their last change. */
  int undone() {
    return undone;
  }

  void close() {
    KillPoint.observe(null);
    store.abandon();
  }

  private Path file() {
    return directory.resolve(Integer.toString(files));
  }

  private SegmentStore open(Path path) throws IOException {
    return open(path, ticker, random);
  }

  static SegmentStore open(Path path, FakeTicker ticker, Random random) throws IOException {
    return SegmentStore.open(
        path, GEOMETRY, _ -> ticker, random, false, StoreSync.BY_HAND, RecoveryListener.NONE);
  }

  // ---- changes ----

  /** Makes changes, and records what the file is meanwhile, at some instants. */
  void change(int count) {
    int[] toNextImage = {1 + random.nextInt(count)};
    KillPoint.observe(_ -> {
      if (--toNextImage[0] == 0 && images.size() < MAX_IMAGES) {
        images.add(read());
        toNextImage[0] = 1 + random.nextInt(count);
      }
    });
    try {
      for (int i = 0; i < count; i++) {
        changeOne();
      }
    } finally {
      KillPoint.observe(null);
    }
  }

  /** Writes all to the disk, while changes are made. */
  void sync() {
    long began = changes;
    for (String key : history.keySet()) { // What was evicted before is not owed any more.
      if (last(key) != null && get(key) == null) {
        remember(key, null);
      }
    }
    evictedBefore = store.stats().evictedItemCount();
    earlyBefore = stats().earlySegments();
    byte[][] forced = {null};
    KillPoint.observe(point -> {
      KillPoint.observe(null);
      if (point == KillPoint.SYNCED) {
        forced[0] = read();
      }
      for (int i = random.nextInt(40); i > 0; i--) {
        changeOne();
      }
      images.add(read());
      KillPoint.observe(next -> {
        if (next == KillPoint.SYNCED) {
          KillPoint.observe(null);
          forced[0] = read();
          for (int i = random.nextInt(20); i > 0; i--) {
            changeOne();
          }
        }
      });
    });
    if (random.nextInt(8) == 0) {
      KillPoint.observe(null);
    }
    try {
      store.sync();
    } finally {
      KillPoint.observe(null);
    }
    byte[] now = read();
    images.clear();
    images.add(forced[0] == null ? now : noted(forced[0], now));
    syncedChanges = began;
  }

  /** What is on the disk when a sync ends: its root page was written after all else. */
  static byte[] noted(byte[] forced, byte[] now) {
    byte[] noted = forced.clone();
    System.arraycopy(now, 0, noted, 0, RootLayout.ROOT_BYTES);
    return noted;
  }

  private SyncStats stats() {
    return store.syncStats().orElseThrow();
  }

  private void changeOne() {
    changes++;
    int number = random.nextInt(KEYS);
    String key = key(number);
    Store database = database(key);
    String value = "v".repeat(random.nextInt(120)) + changes;
    switch (random.nextInt(60)) {
      case 0, 1, 2, 3, 4, 5, 6, 7 -> {
        remember(key, null);
        database.delete(name(key));
      }
      case 8, 9, 10 -> Updates.touch(database, name(key), store.nowMillis() + 3_600_000L);
      case 11 -> {
        if (random.nextInt(12) == 0) {
          String large = "w".repeat(random.nextInt(3 * 8192)) + changes;
          remember(key, large);
          put(key, large, PutOptions.DEFAULT);
        }
      }
      case 12, 13 -> store.maintain();
      case 14 -> {
        if (random.nextInt(40) == 0) {
          history.keySet().forEach(cleared -> remember(cleared, null));
          store.clearAll();
        }
      }
      case 15 -> {
        if (random.nextInt(10) == 0) {
          forgetAll(NAMESPACE);
          store.clearNamespace(bytes(NAMESPACE));
        }
      }
      case 16 -> {
        if (random.nextInt(5) == 0) {
          int tag = random.nextInt(4);
          forgetAll("tagged-" + tag);
          store.clearTags(List.of(bytes("t" + tag)));
        }
      }
      case 17 -> {
        if (random.nextInt(10) == 0) {
          forgetAll("other-");
          store.database(3).clear();
        }
      }
      case 18, 19, 20, 21 -> {
        boolean[] isThere = {false};
        if (last(key) != null && get(key) != null) {
          remember(key, value);
          database.update(
              name(key),
              old -> {
                isThere[0] = old != null;
                return old == null ? Update.KEEP : Update.Replace.value(old, bytes(value));
              });
        }
      }
      case 22 -> {
        if (random.nextInt(4) == 0) {
          String brief = "brief" + changes;
          remember(key, brief);
          put(key, brief, PutOptions.DEFAULT.withExpiresAtMillis(store.nowMillis() + 3_600_000));
        }
      }
      default -> {
        remember(key, value);
        put(key, value, PutOptions.DEFAULT);
      }
    }
  }

  private void put(String key, String value, PutOptions options) {
    PutOptions tagged =
        key.startsWith("tagged-")
            ? options.withTags(List.of(bytes("t" + key.charAt("tagged-".length()))))
            : options;
    database(key).put(name(key), bytes(value), tagged);
  }

  private static String key(int number) {
    return switch (number % 8) {
      case 0 -> NAMESPACE + number;
      case 1 -> "tagged-" + number / 8 % 4 + "-" + number;
      case 2 -> "other-" + number;
      default -> "key-" + number;
    };
  }

  private Store database(String key) {
    return key.startsWith("other-") ? store.database(3) : store;
  }

  private static ByteBuffer name(String key) {
    return bytes(key);
  }

  private static ByteBuffer bytes(String text) {
    return UTF_8.encode(text);
  }

  private @Nullable String get(String key) {
    String[] found = new String[1];
    database(key).look(name(key), item -> found[0] = UTF_8.decode(item.value()).toString());
    return found[0];
  }

  private void remember(String key, @Nullable String value) {
    history.computeIfAbsent(key, _ -> new ArrayList<>()).add(new State(changes, value));
  }

  private @Nullable String last(String key) {
    return history.get(key) == null ? null : history.get(key).getLast().value();
  }

  private void forgetAll(String prefix) {
    history.subMap(prefix, prefix + '\uffff').keySet().forEach(key -> remember(key, null));
  }

  // ---- losing the power ----

  private byte[] read() {
    try {
      return Files.readAllBytes(file().resolve("store"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Recovers what a power loss at this moment may leave, and compares.
   *
   * @param goesOn whether what was recovered is what is changed from now on
   */
  void lose(boolean goesOn) throws IOException {
    losses++;
    images.add(read());
    byte[] left = draw(images, random);
    images.removeLast();
    int live = files;
    SegmentStore before = store;
    int next = files + 1;
    Path path = directory.resolve(Integer.toString(next));
    files = next;
    boolean mayMiss =
        before.stats().evictedItemCount() > evictedBefore
            || before.syncStats().orElseThrow().earlySegments() > earlyBefore;
    List<byte[]> recovered = recover(path, left);
    compare(mayMiss);
    if (random.nextInt(4) == 0) { // The power fails again before the recovery ends.
      store.abandon();
      recovered = recover(path, mixed(left, recovered.getFirst()));
      compare(mayMiss);
    }
    if (goesOn) {
      before.abandon();
      delete(directory.resolve(Integer.toString(live)));
      rememberAll();
      evictedBefore = store.stats().evictedItemCount();
      earlyBefore = stats().earlySegments();
      images.clear();
      images.add(recovered.getLast());
      syncedChanges = changes;
    } else {
      store.abandon();
      store = before;
      files = live;
      delete(path);
    }
  }

  /** Returns what the file is once it is recovered, and what of that is on the disk in the end. */
  private List<byte[]> recover(Path path, byte[] left) throws IOException {
    write(path, left);
    List<byte[]> seen = new ArrayList<>();
    KillPoint.observe(point -> {
      if (point == KillPoint.SYNCING || point == KillPoint.SYNCED) {
        seen.add(read());
      }
    });
    try {
      store = recovered(path);
    } finally {
      KillPoint.observe(null);
    }
    byte[] now = read();
    return seen.isEmpty()
        ? List.of(now, mixed(left, now))
        : List.of(seen.getFirst(), noted(seen.getLast(), now));
  }

  /** Some pages of a file as they were, others as they are now; the root page is written first. */
  private byte[] mixed(byte[] before, byte[] now) {
    return draw(List.of(noted(before, now), now), random);
  }

  /** What the store has now is what it had. */
  private void rememberAll() {
    changes++;
    history.clear();
    for (int number = 0; number < KEYS; number++) {
      String key = key(number);
      remember(key, get(key));
    }
  }

  private SegmentStore recovered(Path path) throws IOException {
    try {
      SegmentStore opened = open(path);
      if (opened.opening().orElseThrow().kind() != Opening.Kind.RECOVERED) {
        throw new Fault(seed + ": not recovered", null);
      }
      opened.verify();
      return opened;
    } catch (IllegalStateException e) {
      throw new Fault(seed + " losses=" + losses + ": " + e.getMessage(), e);
    }
  }

  private void compare(boolean mayMiss) {
    for (String key : history.keySet()) {
      String found = get(key);
      List<State> states = history.get(key);
      boolean isAllowed = found == null && mayMiss;
      for (int i = states.size() - 1; i >= 0 && !isAllowed; i--) {
        isAllowed =
            found == null ? states.get(i).value() == null : found.equals(states.get(i).value());
        if (states.get(i).since() <= syncedChanges) {
          break; // What it had before is over.
        }
      }
      boolean wasNever = found == null && states.getFirst().since() > syncedChanges;
      if (!isAllowed && !wasNever) {
        throw new Fault(
            "%s losses=%d key=%s found=%s synced=%d states=%s"
                .formatted(seed, losses, key, brief(found), syncedChanges, brief(states)),
            null);
      }
      String last = states.getLast().value();
      if (found == null ? last != null : !found.equals(last)) {
        undone++;
        missing += found == null && mayMiss ? 1 : 0;
      }
    }
  }

  private static String brief(@Nullable String value) {
    return value == null ? "none" : value.replaceAll("v{3,}", "v..").replaceAll("w{3,}", "w..");
  }

  private static String brief(List<State> states) {
    List<State> last = states.subList(Math.max(0, states.size() - 6), states.size());
    return brief(last.toString());
  }

  /**
   * One of the states in which a power loss may leave the file.
   *
   * @param from what it was when the last sync ended, and at instants since then
   */
  static byte[] draw(List<byte[]> from, Random random) {
    byte[] left = from.getFirst().clone();
    int newest = random.nextInt(4) == 0 ? from.size() : 1 + random.nextInt(from.size());
    int oldShare = random.nextInt(100);
    int mixedShare = random.nextInt(60);
    for (int page = 0; page < left.length; page += PAGE_BYTES) {
      int bytes = Math.min(PAGE_BYTES, left.length - page);
      boolean isSame = true;
      for (int i = 1; isSame && i < newest; i++) {
        isSame = Arrays.equals(left, page, page + bytes, from.get(i), page, page + bytes);
      }
      if (isSame || random.nextInt(100) < oldShare) {
        continue;
      }
      boolean isMixed = random.nextInt(100) < mixedShare;
      byte[] one = from.get(random.nextInt(newest));
      for (int sector = page; sector < page + bytes; sector += SECTOR_BYTES) {
        byte[] image = isMixed ? from.get(random.nextInt(newest)) : one;
        System.arraycopy(image, sector, left, sector, SECTOR_BYTES);
      }
    }
    ByteBuffer root = ByteBuffer.wrap(left);
    root.putInt(USE, Integer.reverseBytes(RootLayout.IN_USE));
    root.putLong(BOOT_ID, random.nextLong());
    return left;
  }

  /** A state in which a power loss may leave the file, with some bits turned over. */
  void damage(int bits) throws IOException {
    losses++;
    images.add(read());
    byte[] left = draw(images, random);
    images.removeLast();
    for (int i = 0; i < bits; i++) {
      // Half of them where every bit counts.
      int at = random.nextInt(random.nextBoolean() ? RootLayout.ROOT_BYTES : left.length);
      left[at] ^= (byte) (1 << random.nextInt(8));
    }
    Path path = directory.resolve("damaged");
    write(path, left);
    SegmentStore before = store;
    try {
      store = open(path);
      try {
        for (String key : history.keySet()) {
          String found = get(key);
          boolean wasThere =
              found == null
                  || history.get(key).stream().anyMatch(state -> found.equals(state.value()));
          if (!wasThere) {
            throw new Fault(seed + " losses=" + losses + ": " + key + "=" + brief(found), null);
          }
        }
        store.verify();
      } finally {
        store.abandon();
      }
    } catch (IOException e) {
      if (!String.valueOf(e.getMessage()).startsWith("cannot use the directory")) {
        throw e;
      }
    } finally {
      store = before;
    }
  }

  static void write(Path path, byte[] content) throws IOException {
    Files.createDirectories(path);
    Files.write(path.resolve("store"), content);
  }

  private static void delete(Path path) throws IOException {
    Files.deleteIfExists(path.resolve("store"));
    Files.deleteIfExists(path.resolve("lock"));
    Files.deleteIfExists(path);
  }
}
