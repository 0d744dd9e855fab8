package io.speicher.store.segment;

import static java.util.Objects.requireNonNull;

import io.speicher.store.BatchReader;
import io.speicher.store.ChangeListener;
import io.speicher.store.CopyResult;
import io.speicher.store.CreateResult;
import io.speicher.store.HitRatioCurve;
import io.speicher.store.Item;
import io.speicher.store.ItemReader;
import io.speicher.store.KeyVisitor;
import io.speicher.store.LargestItems;
import io.speicher.store.Leases;
import io.speicher.store.NamespaceStats;
import io.speicher.store.Opening;
import io.speicher.store.Prefetch;
import io.speicher.store.PutOptions;
import io.speicher.store.PutResult;
import io.speicher.store.RecoveryListener;
import io.speicher.store.Store;
import io.speicher.store.StoreStats;
import io.speicher.store.SyncStats;
import io.speicher.store.Ticker;
import io.speicher.store.TtlRule;
import io.speicher.store.Update;
import io.speicher.store.UpdateResult;
import io.speicher.store.Updater;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongFunction;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * A store outside the Java heap: items lie in segments, written once and found by a hash index, and
 * room is made a segment at a time.
 *
 * <p>Readers take no lock. Writers of keys that share a table of the index exclude each other while
 * they link an item, which takes some tens of nanoseconds; values are copied before. Memory becomes
 * resident when it is first used. The heap holds about 60 bytes for each segment, and nothing for
 * an item.
 */
public final class SegmentStore implements Store {

  /*
   * Where to read on: ItemLayout draws an item, HashIndex finds it, Segments knows the lives of
   * segments, Room has some for what is written, EvictionPolicy says what is worth keeping,
   * TtlWindows what expires together, Lookup how to read without a lock.
   *
   * Every write goes the same way: reserve bytes in an open segment, write the item there, and then,
   * with the table of its hash locked, see whether the present item is (still) the one that the write
   * depends on, and link the new one. What loses is dead bytes.
   */

  /** The smallest budget: 256 KiB. */
  public static final long MIN_BUDGET_BYTES =
      Geometry.MIN_SEGMENTS * Geometry.MIN_DEFAULT_SEGMENT_BYTES;

  /** The largest budget: 512 GiB. */
  public static final long MAX_BUDGET_BYTES = Geometry.MAX_BUDGET_BYTES;

  /** A step of a scan looks at so many buckets of a table, ... */
  private static final int SCAN_BUCKETS = 16;

  /** ... or at all of them if it has no more items than this, ... */
  private static final int SPARSE_TABLE_ITEMS = 64;

  /** ... after it has passed over so many tables without any. */
  private static final int SCAN_EMPTY_TABLES = 256;

  /** When so many bytes of keys are copied, the scan ends with the table that it is in. */
  private static final int SCAN_BYTES = MAX_KEY_BYTES;

  /**
   * How often a write that was cleared before it was linked is tried again: where few tags are
   * remembered, others may need the entries of its own all the time.
   */
  private static final int MAX_REFRESHED = 1_000;

  /** How many reads a thread counts before it tells of them. */
  private static final int READS_TOLD = 256;

  private final long budgetBytes;
  private final Ticker ticker;
  private final StoreLayout layout;
  private final NativeMemory memory;

  /** What the memory is, if the store survives its process. */
  private final @Nullable StoreFile file;

  /** Writes it to the disk; null in files that an earlier version has made, too. */
  private final @Nullable StoreSync sync;

  private @Nullable Opening opening;
  private final KeyHash keyHash;
  private final Removals removals;
  private final Room room;
  private final ThreadLocal<Lookup> lookups;
  private final Miniatures miniatures;
  private final Parts parts;
  private final Changes changes;

  /** Which database it is; all else is shared by all databases. */
  private final int database;

  private final Databases databases;

  /** Whether anything may have been written to it. The first database always counts. */
  private volatile boolean isUsed;

  /** How many threads have used the store. */
  private final AtomicInteger threads;

  // Tests look into these.
  final Segments segments;
  final HashIndex index;

  /**
   * Makes a store that takes {@code budgetBytes} at the most.
   *
   * @throws IllegalArgumentException if that is not {@link #MIN_BUDGET_BYTES} to {@link
   *     #MAX_BUDGET_BYTES}
   * @throws OutOfMemoryError if the system has no such address space
   */
  public SegmentStore(long budgetBytes, Ticker ticker) {
    this(Geometry.of(budgetBytes), ticker);
  }

  /** Makes a store with segments of another size. */
  public SegmentStore(Geometry geometry, Ticker ticker) {
    this(geometry, ticker, new SecureRandom());
  }

  /** {@code random} decides how keys are hashed. */
  SegmentStore(Geometry geometry, Ticker ticker, RandomGenerator random) {
    this(geometry, ticker, random, new Miniatures(geometry.budgetBytes(), ticker.millis()));
  }

  /** {@code miniatures} estimate the {@link #hitRatioCurve}. */
  SegmentStore(Geometry geometry, Ticker ticker, RandomGenerator random, Miniatures miniatures) {
    this(geometry, ticker, random, miniatures, StoreLayout.of(geometry), null);
  }

  /**
   * What a store lives in that survives its process.
   *
   * @param interval how often it is written to the disk; zero for never
   * @param listener is told of a recovery
   */
  private record Home(StoreFile file, Duration interval, RecoveryListener listener) {}

  /**
   * @param home what the store lives in; null if it goes with its process
   */
  private SegmentStore(
      Geometry geometry,
      Ticker ticker,
      RandomGenerator random,
      Miniatures miniatures,
      StoreLayout layout,
      @Nullable Home home) {
    long startNanos = System.nanoTime();
    this.miniatures = miniatures;
    this.ticker = ticker;
    this.layout = layout;
    file = home == null ? null : home.file;
    database = 0;
    isUsed = true;
    threads = new AtomicInteger();
    changes = new Changes();
    budgetBytes = geometry.budgetBytes();
    memory =
        file == null
            ? NativeMemory.reserve(layout.headBytes(), layout.segmentsAndGuardBytes())
            : file.memory();
    long root = memory.address();
    boolean isNew = file == null || file.isNew();
    if (isNew) {
      layout.writeRoot(root);
      if (!KeyHash.hasSecrets(root)) {
        KeyHash.writeSecrets(root, random);
      }
    }
    keyHash = new KeyHash(root);
    removals = new Removals(RootLayout.hasEvicted(root));
    StoreArea area = StoreArea.of(layout);
    long journal = file == null ? 0 : root + area.offset();
    PartsArea partsArea = new PartsArea(root, root + area.partsOffset(), area.halfBytes());
    boolean syncs = home != null && !home.interval.isZero() && layout.checksumBytes() != 0;
    IndexPages pages;
    Repair repair = null;
    Recovery recovery = null;
    SyncRecord record = null;
    if (isNew) {
      if (home != null) {
        RootLayout.setBudgetBytes(root, budgetBytes);
        record = SyncRecord.first(root, syncs);
        record.write(root);
      }
      segments = Segments.create(layout, root);
      pages = IndexPages.of(layout);
      index = HashIndex.create(layout, root, pages, journal);
    } else {
      StoreFile present = requireNonNull(file);
      SyncRecord before = SyncRecord.read(root);
      segments = Segments.resume(layout, root);
      pages = new IndexPages();
      index = HashIndex.attach(layout, root, pages, journal);
      if (layout.checksumBytes() != 0 && before != null) {
        // What was not written before is recoverable only after the first sync.
        record = before.resumed(before.syncs() && (syncs || present.isToRecover()));
        record.write(root);
        segments.setEpoch(record.firstEpoch());
      }
      if (present.isToRecover()) {
        present.beginRecovery();
        partsArea.restore(requireNonNull(before).parts());
        recovery =
            new Recovery(
                layout,
                memory,
                segments,
                index,
                keyHash,
                before,
                partsArea.state(),
                requireNonNull(home).listener);
        pages.addAllBut(layout, before.firstIndexSegment(), new BitSet());
        recovery.run();
      } else {
        present.begin();
        repair = new Repair(root, segments, index);
        repair.run();
        pages.addAllBut(layout, RootLayout.firstIndexSegment(root), repair.takenPages());
      }
    }
    room =
        new Room(
            root,
            memory,
            segments,
            index,
            pages,
            keyHash,
            ticker,
            removals,
            changes,
            layout.itemSegments(geometry),
            syncs,
            root + layout.tagsOffset(),
            layout.tagBuckets());
    lookups =
        ThreadLocal.withInitial(() -> new Lookup(segments, index, keyHash, memory, nextThread()));
    parts = room.parts();
    databases = new Databases(this);
    if (home == null) {
      opening = null;
      sync = null;
      return;
    }
    if (isNew) {
      parts.keep(partsArea);
    } else {
      if (recovery != null) {
        recovery.linkRest(room);
      }
      parts.resume(partsArea);
      databases.resume();
      room.resume();
    }
    room.note();
    if (record != null && record.syncs() && !syncs) { // It was to be recovered again up to now.
      record = record.with(record.newest(), syncs);
      record.write(root);
    }
    if (isNew || recovery != null) {
      home.file.begin();
    }
    sync =
        record == null
            ? null
            : new StoreSync(
                root,
                memory,
                layout,
                segments,
                index,
                room,
                partsArea,
                ticker,
                record,
                home.interval);
    opening =
        new Opening(
            isNew
                ? Opening.Kind.CREATED
                : recovery != null
                    ? Opening.Kind.RECOVERED
                    : home.file.wasStopped() ? Opening.Kind.STOPPED : Opening.Kind.KILLED,
            index.itemCount(),
            System.nanoTime() - startNanos,
            repair == null ? 0 : repair.repairedTables(),
            repair == null ? 0 : repair.repairedSegments(),
            recovery == null ? 0 : recovery.dropped());
  }

  /**
   * Opens the store that lives in a directory, or makes one. Whatever it answers for is in a file
   * there, from the moment of the answer on, and is there when the process is killed.
   *
   * <p>Time goes on while no process has the store: an item expires when its time has come. If the
   * machine's clock was set back meanwhile, the store's time goes on from where it was, so that
   * nothing lives longer.
   *
   * <p>After a power loss, what it answered for longer ago than twice the interval is there, unless
   * it was evicted, deleted or has expired; what came later may be there or not, each key as it was
   * at some moment since.
   *
   * @param resets whether to begin anew, without what is there
   * @param interval how often what has changed is written to the disk, by a thread of the store;
   *     zero for never, so that the file cannot be used after a power loss
   * @param listener is told if the store has to be recovered after a power loss, and how far that
   *     is
   * @throws IOException if the directory cannot be used, with a line for a person; what is in it
   *     has not changed
   */
  public static SegmentStore open(
      Path directory,
      Geometry geometry,
      boolean resets,
      Duration interval,
      RecoveryListener listener)
      throws IOException {
    return open(
        directory, geometry, Ticker::systemFrom, new SecureRandom(), resets, interval, listener);
  }

  /** {@code tickerFrom} makes a clock that shows no earlier time than that. */
  static SegmentStore open(
      Path directory,
      Geometry geometry,
      LongFunction<Ticker> tickerFrom,
      RandomGenerator random,
      boolean resets,
      Duration interval,
      RecoveryListener listener)
      throws IOException {
    long startNanos = System.nanoTime();
    StoreLayout layout = StoreLayout.ofFile(geometry);
    StoreFile file = StoreFile.open(directory, layout, resets);
    boolean done = false;
    try {
      long root = file.memory().address();
      if (file.isToRecover()) {
        Recovery.repairRoot(root, requireNonNull(SyncRecord.read(root)));
      }
      Ticker ticker = tickerFrom.apply(RootLayout.wallMillis(root));
      Home home = new Home(file, interval, listener);
      SegmentStore store =
          file.isNew() || file.layout().equals(layout)
              ? in(home, geometry, ticker, random)
              : resized(home, geometry, ticker, random, startNanos);
      if (store.sync != null) {
        if (file.isToRecover() && store.sync.isOn()) {
          store.sync.sync(); // Or what was dropped might come back, with what has its number then.
        }
        store.sync.start();
      }
      done = true;
      return store;
    } catch (IllegalStateException e) {
      throw StoreFile.failed(
          directory, e.getMessage(), "begin anew, without what is in it, with --data-reset");
    } finally {
      if (!done) {
        file.release();
      }
    }
  }

  private static SegmentStore in(
      Home home, Geometry geometry, Ticker ticker, RandomGenerator random) {
    Miniatures miniatures = new Miniatures(geometry.budgetBytes(), ticker.millis());
    return new SegmentStore(geometry, ticker, random, miniatures, home.file.layout(), home);
  }

  /** Opens a store that has another size in its file, and makes it one of this size. */
  private static SegmentStore resized(
      Home home, Geometry geometry, Ticker ticker, RandomGenerator random, long startNanos)
      throws IOException {
    StoreFile file = home.file;
    long root = file.memory().address();
    SegmentStore old = in(home, file.layout().geometry(root), ticker, random);
    StoreFile next = file.next(StoreLayout.ofFile(geometry));
    boolean done = false;
    try {
      long nextRoot = next.memory().address();
      KeyHash.copySecrets(root, nextRoot);
      RootLayout.setLastSequence(
          nextRoot, Resize.sequenceBeyond(root, next.layout().segmentBytes()));
      Home nextHome = new Home(next, home.interval, home.listener);
      SegmentStore store = in(nextHome, geometry, ticker, random);
      new Resize(old, store).run();
      store.opening =
          new Opening(
              Opening.Kind.RESIZED,
              store.index.itemCount(),
              System.nanoTime() - startNanos,
              0,
              0,
              requireNonNull(old.opening).dropped());
      file.giveWayTo(next);
      done = true;
      return store;
    } finally {
      if (!done) {
        next.discard();
      }
    }
  }

  @Override
  public Optional<Opening> opening() {
    return Optional.ofNullable(opening);
  }

  @Override
  public Optional<SyncStats> syncStats() {
    return Optional.ofNullable(sync).map(StoreSync::stats);
  }

  /** Writes what has changed to the disk, and waits for it. */
  void sync() {
    requireNonNull(sync).sync();
  }

  /** Another database of the same memory. */
  private SegmentStore(SegmentStore first, int database) {
    this.database = database;
    miniatures = first.miniatures;
    ticker = first.ticker;
    budgetBytes = first.budgetBytes;
    layout = first.layout;
    memory = first.memory;
    file = first.file;
    sync = first.sync;
    opening = first.opening;
    keyHash = first.keyHash;
    segments = first.segments;
    index = first.index;
    lookups = first.lookups;
    room = first.room;
    parts = first.parts;
    removals = first.removals;
    changes = first.changes;
    threads = first.threads;
    databases = first.databases;
  }

  /** The databases, made when they are asked for, and which one has which number. */
  private static final class Databases {
    private final SegmentStore first;
    private final @Nullable SegmentStore[] stores = new SegmentStore[DATABASES];

    /** How many there are by now. */
    private int count = 1;

    Databases(SegmentStore first) {
      this.first = first;
      stores[0] = first;
    }

    /** Those that had numbers when the process began have them again. */
    synchronized void resume() {
      for (int number = 0; number < DATABASES; number++) {
        int database = first.parts.databaseOf(number);
        stores[number] =
            database < 0 ? null : database == 0 ? first : new SegmentStore(first, database);
        count = Math.max(count, database + 1);
      }
    }

    synchronized SegmentStore get(int number) {
      Objects.checkIndex(number, DATABASES);
      SegmentStore store = stores[number];
      if (store == null) {
        store = new SegmentStore(first, count++);
        stores[number] = store;
        first.parts.number(number, store.database, number, store.database);
      }
      return store;
    }

    synchronized void swap(int number, int other) {
      SegmentStore store = get(number);
      SegmentStore otherStore = get(other);
      first.parts.number(number, otherStore.database, other, store.database);
      stores[number] = otherStore;
      stores[other] = store;
    }
  }

  @Override
  public Store database(int number) {
    return databases.get(number);
  }

  @Override
  public void swap(int number, int other) {
    databases.swap(number, other);
    changes.tellCleared();
  }

  @Override
  public int number() {
    return database;
  }

  // ---- reading ----

  @Override
  public boolean get(ByteBuffer key, ItemReader reader) {
    try (Lookup lookup = lookup(key)) {
      return use(lookup, reader);
    }
  }

  @Override
  public boolean get(ByteBuffer key, Prefetch prefetch, int place, ItemReader reader) {
    try (Lookup lookup = lookup(key, prefetch, place)) {
      return use(lookup, reader);
    }
  }

  @Override
  public boolean look(ByteBuffer key, ItemReader reader) {
    try (Lookup lookup = lookup(key)) {
      return read(lookup, reader);
    }
  }

  private boolean use(Lookup lookup, ItemReader reader) {
    boolean hit = read(lookup, reader);
    if (hit) {
      lookup.countHit();
    }
    simulate(lookup, hit);
    countRead(lookup, hit);
    return hit;
  }

  /** Counts a read for the namespace of a key, if there is one. */
  private void countRead(Lookup lookup, boolean hit) {
    Namespace owner = parts.ownerOf(lookup);
    if (owner != null) {
      owner.countRead(lookup.thread, hit);
    }
  }

  @Override
  public void countRead(ByteBuffer key, boolean hit) {
    Namespaces declared = parts.namespaces();
    Namespace owner = declared == null ? null : declared.ownerOf(key);
    if (owner != null) {
      owner.countRead(lookups.get().thread, hit);
    }
  }

  private void simulate(Lookup lookup, boolean hit) {
    int reads = lookup.countRead(hit);
    if (reads >= READS_TOLD && miniatures.count(reads, lookup.hits())) {
      lookup.forgetReads();
    }
    if (miniatures.isSampled(lookup.hash())) {
      miniatures.read(lookup.hash(), hit ? lookup.stored().bytes() : 0);
    }
  }

  private boolean read(Lookup lookup, ItemReader reader) {
    while (lookup.find() && !isGone(lookup)) {
      reader.read(lookup);
      if (lookup.isIntact()) {
        return true;
      }
    }
    return false;
  }

  @Override
  public void getAll(List<ByteBuffer> keys, BatchReader reader) {
    try (Lookup lookup = idleLookup()) {
      lookup.open();
      SegmentPrefetch batch = lookup.batch();
      for (int from = 0; from < keys.size(); from += Prefetch.MAX_KEYS) {
        int count = Math.min(Prefetch.MAX_KEYS, keys.size() - from);
        batch.clear();
        for (int i = 0; i < count; i++) {
          ByteBuffer key = keys.get(from + i);
          batch.add(database, key, key.position(), key.remaining(), true);
        }
        batch.fetch();
        for (int i = 0; i < count; i++) {
          lookup.turnTo(database, keys.get(from + i), batch, i);
          read(lookup, from + i, reader);
        }
      }
    }
  }

  @Override
  public Prefetch newPrefetch() {
    return new SegmentPrefetch(segments, index, keyHash);
  }

  private void read(Lookup lookup, int keyIndex, BatchReader reader) {
    while (lookup.find() && !isGone(lookup)) {
      reader.read(keyIndex, lookup);
      if (lookup.isIntact()) {
        lookup.countHit();
        simulate(lookup, true);
        countRead(lookup, true);
        return;
      }
    }
    simulate(lookup, false);
    countRead(lookup, false);
    reader.read(keyIndex, null);
  }

  // ---- writing ----

  /** What a write depends on: it is done only if the key has, at that moment, ... */
  private enum Expected {
    /** ... whatever it has. */
    ANYTHING,
    /** ... no item. */
    NOTHING,
    /** ... neither an item nor a placeholder. */
    NOTHING_AT_ALL,
    /** ... the item that was found. */
    THIS,
  }

  /** What became of a write. */
  private enum Outcome {
    DONE,
    /** The key has not what was expected. */
    CHANGED,
    /** There was nothing to remove. */
    ABSENT,
    /** The item fits nowhere. The key has none now. */
    TOO_LARGE,
    /** Everything, or a part that the item belongs to, was cleared since it was written. */
    CLEARED,
    /** The table has no empty slot. */
    TABLE_FULL,
  }

  @Override
  public PutResult put(ByteBuffer key, ByteBuffer value, PutOptions options) {
    try (Lookup old = lookup(key)) {
      return put(old, value, options);
    }
  }

  @Override
  public PutResult put(
      ByteBuffer key, ByteBuffer value, PutOptions options, Prefetch prefetch, int place) {
    try (Lookup old = lookup(key, prefetch, place)) {
      return put(old, value, options);
    }
  }

  private PutResult put(Lookup old, ByteBuffer value, PutOptions options) {
    old.beginWrite();
    old.find();
    long nowMillis = nowMillisFor(options.expiresAtMillis());
    if (options.expiresAtMillis() <= nowMillis) {
      remove(old, Expected.ANYTHING);
      changes.tell(database, old.key());
      return PutResult.STORED;
    }
    long expiresAtMillis = end(old, options.expiresAtMillis());
    if (expiresAtMillis != options.expiresAtMillis()) {
      nowMillis = ticker.millis();
    }
    Draft draft =
        old.draft()
            .tag(options.tags(), parts)
            .of(database, old.key(), value, options, expiresAtMillis, nowMillis);
    Outcome outcome = write(old, Expected.ANYTHING, draft);
    changes.tell(database, old.key());
    return outcome == Outcome.DONE ? PutResult.STORED : PutResult.TOO_LARGE;
  }

  /** When an item of a key ends that is to end then, by the rule of its namespace. */
  private long end(Lookup lookup, long wantedMillis) {
    Namespace owner = parts.ownerOf(lookup);
    return owner == null || owner.rule().equals(TtlRule.NONE)
        ? wantedMillis
        : owner.rule().end(wantedMillis, ticker.millis(), ThreadLocalRandom.current());
  }

  /** The time, if it matters: to ask for it takes as long as to read an item. */
  private long nowMillisFor(long expiresAtMillis) {
    return expiresAtMillis == Item.NEVER ? 0 : ticker.millis();
  }

  @Override
  public boolean delete(ByteBuffer key) {
    try (Lookup old = lookup(key)) {
      old.beginWrite();
      if (!old.find()) {
        return false;
      }
      Outcome outcome = remove(old, Expected.ANYTHING);
      changes.tell(database, key);
      return outcome == Outcome.DONE;
    }
  }

  @Override
  public UpdateResult update(ByteBuffer key, Updater updater) {
    return update(key, updater, false);
  }

  @Override
  public UpdateResult updateLeased(ByteBuffer key, Updater updater) {
    return update(key, updater, true);
  }

  private UpdateResult update(ByteBuffer key, Updater updater, boolean showsPlaceholders) {
    try (Lookup old = lookup(key)) {
      old.beginUpdate();
      UpdateResult result = null;
      while (result == null) {
        boolean present = old.find() && !(showsPlaceholders ? isOverOrCleared(old) : isGone(old));
        Update update = updater.update(present ? old : null);
        if (!present || old.isIntact()) {
          Expected none = showsPlaceholders ? Expected.NOTHING_AT_ALL : Expected.NOTHING;
          result = carryOut(update, old, present ? Expected.THIS : none);
          if (result != null && result != UpdateResult.KEPT && !Leases.isNothingElse(update)) {
            changes.tell(database, key);
          }
        }
      }
      return result;
    }
  }

  /** Returns null if the key has not what was expected. */
  private @Nullable UpdateResult carryOut(Update update, Lookup old, Expected expected) {
    return switch (update) {
      case Update.Keep _ -> UpdateResult.KEPT;
      case Update.Remove _ ->
          remove(old, expected) == Outcome.CHANGED ? null : UpdateResult.REMOVED;
      case Update.Replace replace when isOver(replace.expiresAtMillis()) ->
          remove(old, expected) == Outcome.CHANGED ? null : UpdateResult.STORED;
      case Update.Replace replace -> {
        Draft draft = draft(old, expected, replace);
        yield draft.isClearedSinceLeased(parts)
            ? endLease(old, expected)
            : switch (write(old, expected, draft)) {
              case DONE -> UpdateResult.STORED;
              case TOO_LARGE -> UpdateResult.TOO_LARGE;
              case CHANGED, ABSENT, CLEARED, TABLE_FULL -> null;
            };
      }
    };
  }

  /** The placeholder goes, so that the next one who asks is given a lease. */
  private @Nullable UpdateResult endLease(Lookup placeholder, Expected expected) {
    if (remove(placeholder, expected) == Outcome.CHANGED) {
      return null;
    }
    changes.tell(database, placeholder.key());
    return UpdateResult.KEPT;
  }

  private Draft draft(Lookup old, Expected expected, Update.Replace replace) {
    long version = replace.version();
    if (version == Update.Replace.KEEP_VERSION) {
      version = expected == Expected.THIS ? old.versionToKeep() : Draft.NO_VERSION;
    }
    boolean isSameEnd =
        expected == Expected.THIS && replace.expiresAtMillis() == old.expiresAtMillis();
    boolean isPlaceholder = (replace.marks() & Item.PLACEHOLDER) != 0; // It ends with its lease.
    long expiresAtMillis =
        isSameEnd || isPlaceholder
            ? replace.expiresAtMillis()
            : end(old, replace.expiresAtMillis());
    List<ByteBuffer> tags = replace.tags();
    Draft draft = old.draft();
    if (tags == null && expected == Expected.THIS) {
      draft.tagLike(old.stored());
    } else {
      draft.tag(tags == null ? List.of() : tags, parts);
    }
    if (expected == Expected.THIS && Leases.isPlaceholder(old)) {
      draft.leasedBy(old.stored());
    }
    return draft.of(
        database,
        old.key(),
        isPlaceholder ? replace.withFlags(parts.lastTagClears().number()) : replace,
        expiresAtMillis,
        version,
        nowMillisFor(expiresAtMillis));
  }

  @Override
  public CopyResult copy(ByteBuffer from, Store target, ByteBuffer to, boolean onlyIfAbsent) {
    SegmentStore other = (SegmentStore) target;
    if (other.room != room) {
      throw new IllegalArgumentException("the target is not a database of the same memory");
    }
    Expected expected = onlyIfAbsent ? Expected.NOTHING : Expected.ANYTHING;
    try (Lookup source = lookup(from);
        Lookup old = other.lookup(to)) {
      while (true) {
        long generation = index.generation(); // What is read from here on may be cleared.
        if (!source.find() || isGone(source)) {
          return CopyResult.SOURCE_ABSENT;
        }
        if (old.find() && onlyIfAbsent && !isGone(old)) {
          return CopyResult.TARGET_PRESENT;
        }
        Draft copy = other.copyOf(source, old);
        if (source.isIntact()) {
          switch (other.writeOnce(old, expected, copy, queueFor(old, copy), generation, source)) {
            case DONE -> {
              source.countHit();
              changes.tell(other.database, to);
              return CopyResult.COPIED;
            }
            case TOO_LARGE -> {
              changes.tell(other.database, to);
              return CopyResult.TOO_LARGE;
            }
            case CHANGED, ABSENT, CLEARED, TABLE_FULL -> {} // Once more.
          }
        }
      }
    }
  }

  private Draft copyOf(Lookup source, Lookup old) {
    Namespace owner = parts.ownerOf(old);
    long expiresAtMillis =
        owner == null || owner.rule().equals(TtlRule.NONE)
            ? source.expiresAtMillis()
            : owner.rule().endOfCopy(source.expiresAtMillis(), ticker.millis());
    return old.draft()
        .copyOf(
            source.stored(),
            Leases.marksWithoutLease(source),
            database,
            old.key(),
            source.value(),
            expiresAtMillis,
            Draft.NO_VERSION,
            nowMillisFor(expiresAtMillis));
  }

  /** Writes an item and links it, in place of the one that was found before. */
  private Outcome write(Lookup old, Expected expected, Draft draft) {
    int queue = queueFor(old, draft);
    int refreshed = 0;
    while (true) {
      Outcome outcome = writeOnce(old, expected, draft, queue, index.generation(), null);
      if (outcome != Outcome.CLEARED && outcome != Outcome.TABLE_FULL) {
        return outcome;
      }
      if (outcome == Outcome.CLEARED) {
        if (!draft.refresh(parts)) {
          return Outcome.CHANGED; // It may be the tags of the old item that were cleared.
        }
        if (++refreshed > MAX_REFRESHED) { // It was stored, and cleared at once.
          return remove(old, expected) == Outcome.CHANGED ? Outcome.CHANGED : Outcome.DONE;
        }
      }
    }
  }

  private int queueFor(Lookup old, Draft draft) {
    return old.slot() == 0
        ? room.queueOfNew(old.hash(), draft.bytes())
        : room.queueOfNext(old.segment());
  }

  /**
   * As {@link #write}, but returns if the store was cleared since that generation.
   *
   * @param source the item that is copied, if it is another one's; it must be intact to the end
   */
  private Outcome writeOnce(
      Lookup old,
      Expected expected,
      Draft draft,
      int queue,
      long generation,
      @Nullable Lookup source) {
    if (draft.bytes() > Integer.MAX_VALUE) {
      return refuse(old, expected);
    }
    if (!isUsed) {
      parts.use(database);
      isUsed = true;
    }
    parts.awaitCutoffs(database, old);
    old.expectThis();
    long location = room.reserve(queue, draft, old.thread);
    if (location == Room.TOO_LARGE) {
      return refuse(old, expected);
    }
    Outcome outcome = null;
    try {
      assert KillPoint.RESERVED.reached();
      room.write(draft, location);
      assert KillPoint.WRITTEN.reached();
      outcome =
          source == null || isStillThere(source)
              ? link(old, expected, location, draft, generation)
              : Outcome.CHANGED;
    } finally {
      if (outcome != Outcome.DONE) {
        ItemLayout.markDead(segments.address(location)); // Nothing has ever led to it.
      }
      segments.done(segments.of(location));
    }
    if (outcome == Outcome.TABLE_FULL) {
      room.addPages();
    } else if (outcome != Outcome.CLEARED) {
      old.countWritten(draft.bytes());
      room.help(old);
      if (miniatures.isSampled(old.hash())) {
        miniatures.stored(old.hash(), draft.bytes());
      }
    }
    return outcome;
  }

  /** Whether what is copied was not cleared since it was found, or even forgotten by a walk. */
  private boolean isStillThere(Lookup source) {
    return !parts.isCleared(source)
        && !ItemLayout.isDead(source.stored().address())
        && source.isIntact();
  }

  /** An old value would be worse than none. */
  private Outcome refuse(Lookup old, Expected expected) {
    return remove(old, expected) == Outcome.CHANGED ? Outcome.CHANGED : Outcome.TOO_LARGE;
  }

  /** Links an item that was written, if the key has what was expected. */
  private Outcome link(
      Lookup current, Expected expected, long location, Draft draft, long generation) {
    int bytes = (int) draft.bytes();
    long table = index.tableOf(current.hash());
    int tag = HashIndex.tagOf(current.hash());
    index.lock(table);
    try {
      Part.Era era = parts.era(database);
      Namespaces.Entry entry = parts.entryOf(current);
      Namespace owner = entry == null ? null : entry.owner();
      Part.Era ownerEra = owner == null ? null : owner.part.era();
      int segment = segments.of(location);
      long sequence = segments.sequenceAcquire(segment);
      if (index.generation() != generation
          || era.covers(segments, sequence, location)
          || (entry != null && entry.covers(segments, sequence, location))
          || (ownerEra != null && ownerEra.isOlder(segments, sequence, location))
          || draft.isClearedAt(parts, sequence, location)) {
        return Outcome.CLEARED;
      }
      boolean found = current.findLocked(table);
      if (!isAsExpected(current, found, expected)) {
        return Outcome.CHANGED;
      }
      if (found) {
        boolean expired =
            isOver(
                current.expiresAtMillis()); // What may fail comes before what must not be halved.
        int frequency =
            Math.min(SlotLayout.frequency(current.slot()) + 1, SlotLayout.MAX_FREQUENCY);
        long slot = SlotLayout.slot(tag, location, frequency);
        index.loses(table, current.sequence(), current.location());
        if (expected != Expected.THIS) {
          HashIndex.replace(current.slotAddress(), slot);
        } else if (!HashIndex.swap(current.slotAddress(), current.slot(), slot)) {
          return Outcome.CHANGED; // Somebody has asked for its version meanwhile.
        }
        assert KillPoint.UNLINKED.reached();
        segments.linked(location);
        segments.addLiveBytes(segment, bytes);
        countGone(current, expired, era, owner, ownerEra);
      } else {
        if (!index.insert(table, SlotLayout.slot(tag, location, 0))) {
          return Outcome.TABLE_FULL;
        }
        assert KillPoint.LINKED.reached();
        segments.linked(location);
        segments.addLiveBytes(segment, bytes);
        room.forgetGhost(table, current.hash());
      }
      Parts.linked(database, era, draft.expires());
      if (owner != null && ownerEra != null) {
        ownerEra.linked(bytes);
        owner.countSet(current.thread);
      }
      return Outcome.DONE;
    } finally {
      index.unlock(table);
    }
  }

  /** Unlinks the item of a key, if it has what was expected. */
  private Outcome remove(Lookup current, Expected expected) {
    current.expectThis();
    long table = index.tableOf(current.hash());
    index.lock(table);
    try {
      Part.Era era = parts.era(database);
      Namespace owner = parts.ownerOf(current);
      Part.Era ownerEra = owner == null ? null : owner.part.era();
      boolean found = !index.isEmpty(table) && current.findLocked(table);
      if (!isAsExpected(current, found, expected)) {
        return Outcome.CHANGED;
      }
      if (!found) {
        return Outcome.ABSENT;
      }
      boolean expired = isOver(current.expiresAtMillis()); // What may fail comes first.
      boolean gone = isGone(current);
      index.loses(table, current.sequence(), current.location());
      index.remove(table, current.slotAddress());
      assert KillPoint.UNLINKED.reached();
      countGone(current, expired, era, owner, ownerEra);
      return gone ? Outcome.ABSENT : Outcome.DONE;
    } finally {
      index.unlock(table);
    }
  }

  private boolean isAsExpected(Lookup current, boolean found, Expected expected) {
    return switch (expected) {
      case ANYTHING -> true;
      case NOTHING -> !found || isGone(current);
      case NOTHING_AT_ALL -> !found || isOverOrCleared(current);
      case THIS -> found && current.isExpected() && !isCleared(current);
    };
  }

  /** Counts what an item that is linked no more has left behind. Its table is locked. */
  private void countGone(
      Lookup item,
      boolean expired,
      Part.Era era,
      @Nullable Namespace owner,
      Part.@Nullable Era ownerEra) {
    // Before it is counted: when a segment counts nothing, its memory may get another life.
    segments.markDead(item.stored().address());
    segments.addLiveBytes(item.segment(), -item.stored().bytes());
    parts.unlinked(item.stored(), era, item.sequence(), item.location());
    if (owner != null && ownerEra != null) {
      ownerEra.unlinked(segments, item.sequence(), item.location(), item.stored().bytes());
      if (expired) {
        owner.expired.increment();
      }
    }
    if (expired) {
      removals.countExpired();
    }
  }

  // ---- all of it ----

  /** A cursor is the number of a table and the first tag in it that has not been visited. */
  @Override
  public long scan(long cursor, int maxKeys, KeyVisitor visitor) {
    return scan(cursor, maxKeys, false, visitor);
  }

  @Override
  public long scanLeased(long cursor, int maxKeys, KeyVisitor visitor) {
    return scan(cursor, maxKeys, true, visitor);
  }

  private long scan(long cursor, int maxKeys, boolean seesPlaceholders, KeyVisitor visitor) {
    long end = (long) index.tableCount() << SlotLayout.TAG_BITS;
    long position = Long.remainderUnsigned(cursor, end);
    List<ByteBuffer> keys = new ArrayList<>();
    long bytes = 0;
    for (int i = 0; i < maxKeys && position < end; i++) {
      position = skipEmptyTables(position, end);
      if (position < end) {
        int before = keys.size();
        position = scanTable(position, seesPlaceholders, keys);
        bytes += keys.subList(before, keys.size()).stream().mapToInt(ByteBuffer::remaining).sum();
      }
      if (keys.size() >= maxKeys || bytes >= SCAN_BYTES) {
        break;
      }
    }
    keys.forEach(visitor::visit);
    return position >= end ? 0 : position;
  }

  /** Goes on to the next table that has items, or as far as can be looked at in one step. */
  private long skipEmptyTables(long position, long end) {
    long at = position;
    for (int i = 0; i < SCAN_EMPTY_TABLES && at < end; i++) {
      int tableIndex = (int) (at >>> SlotLayout.TAG_BITS);
      if (!index.isEmpty(index.table(tableIndex))) {
        return at;
      }
      at = (tableIndex + 1L) << SlotLayout.TAG_BITS;
    }
    return at;
  }

  private long scanTable(long position, boolean seesPlaceholders, List<ByteBuffer> keys) {
    int tableIndex = (int) (position >>> SlotLayout.TAG_BITS);
    int firstTag = (int) position & ((1 << SlotLayout.TAG_BITS) - 1);
    long table = index.table(tableIndex);
    StoredItem item = new StoredItem();
    long nowMillis = ticker.millis();
    index.lock(table);
    try {
      int nextTag =
          index.visit(
              table,
              firstTag,
              index.items(table) <= SPARSE_TABLE_ITEMS ? index.buckets(table) : SCAN_BUCKETS,
              slot -> {
                long location = SlotLayout.location(slot);
                int segment = segments.of(location);
                long expiryBaseMillis = segments.expiryBaseMillis(segment);
                item.at(segments.address(location), expiryBaseMillis);
                if (item.database() == database
                    && item.expiresAtMillis() > nowMillis
                    && (seesPlaceholders || (item.marks() & Item.PLACEHOLDER) == 0)
                    && !parts.isCleared(item, segments.sequenceAcquire(segment), location)) {
                  keys.add(ByteBuffer.allocate(item.keyBytes()).put(item.key()).flip());
                }
              });
      return ((long) tableIndex << SlotLayout.TAG_BITS) + nextTag;
    } finally {
      index.unlock(table);
    }
  }

  @Override
  public void clear() {
    room.clear(database);
    changes.tellCleared();
  }

  @Override
  public void clearAll() {
    room.clear();
    changes.tellCleared();
  }

  @Override
  public void listen(@Nullable ChangeListener listener) {
    changes.listen(listener);
  }

  @Override
  public CreateResult createNamespace(ByteBuffer prefix, TtlRule rule) {
    if (prefix.remaining() < 1 || prefix.remaining() > MAX_PREFIX_BYTES) {
      throw new IllegalArgumentException(
          "length of the prefix out of bounds: prefixBytes=%d (expected: 1..%d)"
              .formatted(prefix.remaining(), MAX_PREFIX_BYTES));
    }
    return room.createNamespace(prefix, rule);
  }

  @Override
  public boolean alterNamespace(ByteBuffer prefix, TtlRule rule) {
    return room.alterNamespace(prefix, rule);
  }

  @Override
  public boolean dropNamespace(ByteBuffer prefix) {
    return room.dropNamespace(prefix);
  }

  @Override
  public boolean clearNamespace(ByteBuffer prefix) {
    boolean isDeclared = room.clearNamespace(prefix);
    if (isDeclared) {
      changes.tellCleared();
    }
    return isDeclared;
  }

  @Override
  public List<NamespaceStats> namespaces() {
    return parts.namespaceStats();
  }

  @Override
  public void clearTags(List<ByteBuffer> tags) {
    parts.clearTags(tags);
    changes.tellCleared();
  }

  @Override
  public void maintain() {
    room.maintain();
    miniatures.advance(ticker.millis());
  }

  @Override
  public HitRatioCurve hitRatioCurve() {
    return miniatures.curve();
  }

  @Override
  public long nowMillis() {
    return ticker.millis();
  }

  @Override
  public LargestItems largestItems() {
    return room.largestItems();
  }

  /** Only of the first database it is asked how many items there are in all. */
  @Override
  public long itemCount() {
    return parts.itemCount(database, database == 0 ? index.itemCount() : 0);
  }

  @Override
  public long expiringItemCount() {
    return parts.expiringItemCount(database, database == 0 ? room.expiringItemCount() : 0);
  }

  @Override
  public StoreStats stats() {
    return new StoreStats(
        itemCount(),
        expiringItemCount(),
        budgetBytes - room.unusedBytes(),
        budgetBytes,
        removals.evictedItemCount(),
        removals.expiredItemCount());
  }

  /**
   * How many bytes of items the store itself has moved since the start, to make room or to take
   * less memory. What was put, and this, is what was written.
   */
  public long movedBytes() {
    return room.movedBytes();
  }

  /**
   * Checks that index, segments and accounts agree, to the byte, while nobody else uses the store.
   *
   * @return how many items there are, found by the index, and how many dead ones
   * @throws IllegalStateException if they do not, with all that is wrong
   */
  public ItemCensus verify() {
    return room.verify(new Verifier(segments, index, keyHash));
  }

  /**
   * Shows all memory of the store, from its root page to its last segment, in the format of
   * docs/format.md, to be copied while nobody else uses the store.
   */
  public MemorySegment memory() {
    return memory.slice(layout.bytes());
  }

  @Override
  public void close() {
    if (file == null) {
      memory.release();
    } else {
      room.note();
      if (sync != null) {
        sync.close();
      }
      file.close();
    }
  }

  // ---- another size, see Resize ----

  /** The database that is this one, whatever number it has. */
  SegmentStore internal(int internalDatabase) {
    return internalDatabase == 0 ? this : new SegmentStore(this, internalDatabase);
  }

  /**
   * Stores what another store has at a location, with all that is known of it, if it is alive and
   * of this database.
   */
  void copyFrom(SegmentStore other, StoredItem item, long location) {
    long[] slot = {0};
    other.index.find(
        other.keyHash.of(item),
        (_, candidate) -> {
          slot[0] = candidate;
          return SlotLayout.location(candidate) == location;
        });
    long sequence = other.segments.sequenceAcquire(other.segments.of(location));
    if (SlotLayout.location(slot[0]) != location
        || isOver(item.expiresAtMillis())
        || other.parts.isCleared(item, sequence, location)) {
      return;
    }
    long version = item.hasVersion() ? item.version() : Draft.NO_VERSION;
    if (SlotLayout.isObserved(slot[0])) {
      version = other.segments.version(sequence, location);
    }
    try (Lookup old = lookup(item.key())) {
      old.beginWrite();
      Draft draft =
          old.draft()
              .tagByHashes(other.parts.tagHashes(item), parts)
              .likeWithTags(
                  item,
                  item.marks(),
                  database,
                  old.key(),
                  NativeMemory.view(item.valueAddress(), item.valueBytes()),
                  item.expiresAtMillis(),
                  version,
                  nowMillisFor(item.expiresAtMillis()));
      if (write(old, Expected.ANYTHING, draft) == Outcome.DONE && old.find()) {
        HashIndex.setFrequency(old.slotAddress(), old.slot(), SlotLayout.frequency(slot[0]));
      }
    }
  }

  /** Has another store know the same numbers of databases, and declare the same namespaces. */
  void copyPartsTo(SegmentStore other) {
    for (int number = 0; number < DATABASES; number++) {
      other.parts.number(number, parts.databaseOf(number), number, parts.databaseOf(number));
    }
    other.databases.resume();
    for (NamespaceStats namespace : namespaces()) {
      other.createNamespace(namespace.prefix(), namespace.rule());
    }
  }

  /** Gives the memory back as it is, as if the process were killed. */
  void abandon() {
    if (sync != null) {
      sync.stop();
    }
    requireNonNull(file).release();
  }

  /** Whether what is linked is no item, or none any more. All that are no item expire. */
  private boolean isGone(Lookup lookup) {
    long expiresAtMillis = lookup.expiresAtMillis();
    return (expiresAtMillis != Item.NEVER
            && (expiresAtMillis <= ticker.millis() || Leases.isPlaceholder(lookup)))
        || isCleared(lookup);
  }

  /** As {@link #isGone}, for who sees what is no item. */
  private boolean isOverOrCleared(Lookup lookup) {
    return isOver(lookup.expiresAtMillis()) || isCleared(lookup);
  }

  private boolean isCleared(Lookup lookup) {
    return parts.isCleared(lookup);
  }

  private boolean isOver(long expiresAtMillis) {
    return expiresAtMillis != Item.NEVER && expiresAtMillis <= ticker.millis();
  }

  /** Begins an operation on a key. */
  Lookup lookup(ByteBuffer key) {
    ItemLayout.requireKey(key.remaining());
    Lookup lookup = idleLookup();
    lookup.turnTo(database, key);
    lookup.open(); // Last: who gets no lookup cannot close it.
    return lookup;
  }

  /** Begins an operation on a key that was added to a batch. */
  private Lookup lookup(ByteBuffer key, Prefetch prefetch, int place) {
    SegmentPrefetch batch = (SegmentPrefetch) prefetch;
    ItemLayout.requireKey(key.remaining());
    assert batch.database(place) != database || batch.isAt(place, keyHash.of(database, key))
        : "another key was added there: place=" + place;
    Lookup lookup = idleLookup();
    lookup.turnTo(database, key, batch, place);
    lookup.open();
    return lookup;
  }

  /** The lookup of this thread, or a new one within another operation. */
  private Lookup idleLookup() {
    Lookup lookup = lookups.get();
    return lookup.isOpen() ? new Lookup(segments, index, keyHash, memory, lookup.thread) : lookup;
  }

  private int nextThread() {
    return threads.getAndIncrement() & Integer.MAX_VALUE;
  }
}
