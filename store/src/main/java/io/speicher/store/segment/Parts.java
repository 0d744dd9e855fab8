package io.speicher.store.segment;

import io.speicher.store.CreateResult;
import io.speicher.store.NamespaceStats;
import io.speicher.store.Store;
import io.speicher.store.TtlRule;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The parts that items belong to, each of which can be cleared alone: databases, namespaces, and
 * the items of a tag.
 *
 * <p>Any thread may ask what was cleared, and count. Unless it says otherwise, whoever calls a
 * method that changes something holds the lock of {@link SegmentPool}.
 *
 * <p><b>Cost.</b> Until a part is cleared alone, an item of the first database that has no tags
 * costs a look at a field. It is not counted either: of all items, those are its own that no other
 * database has. Where no namespace is declared, that costs a look at another field.
 */
@SuppressWarnings("GuardedBy") // See above: the compiler cannot know that it is the same lock.
final class Parts {
  /**
   * A cutoff that is kept in a file says of so many open segments how far they were filled; others
   * are closed.
   */
  private static final int MAX_CUTOFF_SEGMENTS = 16;

  private static final int MAX_CUTOFF_BYTES = 20 + 8 * MAX_CUTOFF_SEGMENTS;

  /** For so many cutoffs of tags there is room beside those of all databases and namespaces. */
  private static final int SPARE_CUTOFFS = 64;

  private final Segments segments;
  private final OpenSegments open;
  private final SegmentPool pool;
  private final HashIndex index;
  private final KeyHash keyHash;
  private final TagTable tags;
  private final Part[] databases = new Part[Store.DATABASES];

  /** Whether anything may have been written to a database. The first one always counts. */
  private final boolean[] used = new boolean[Store.DATABASES];

  /** Which database has which number; -1 if none has it yet. */
  private final int[] databaseOf = new int[Store.DATABASES];

  /** Keeps all this for when the process is gone; null in a store that goes with it. */
  private @Nullable PartsArea area;

  /** Null while there are none. */
  private volatile @Nullable Namespaces namespaces;

  /** Whether some database or namespace was cleared alone. */
  private volatile boolean hasCutoffs;

  /**
   * How often parts were cleared alone, or namespaces declared or dropped: a walk that begins now
   * sees to all of it.
   */
  private long changes;

  /** How often tags were cleared. */
  private final AtomicLong tagClears = new AtomicLong();

  private final TagClears lastTagClears = new TagClears();

  /** The walk that counts what is older than a namespace; before the first one, none. */
  private Recount.Progress walk = Recount.Progress.NONE;

  Parts(
      Segments segments,
      OpenSegments open,
      SegmentPool pool,
      HashIndex index,
      KeyHash keyHash,
      TagTable tags) {
    this.segments = segments;
    this.open = open;
    this.pool = pool;
    this.index = index;
    this.keyHash = keyHash;
    this.tags = tags;
    Arrays.setAll(databases, database -> new Part());
    Arrays.setAll(databaseOf, number -> number == 0 ? 0 : -1);
  }

  /** Has to be called once before anything is written to a database that is not the first one. */
  void use(int database) {
    pool.lock.lock();
    try {
      used[database] = true;
      save();
    } finally {
      pool.lock.unlock();
    }
  }

  /** The database with a number, or -1 if none has it yet. */
  int databaseOf(int number) {
    pool.lock.lock();
    try {
      return databaseOf[number];
    } finally {
      pool.lock.unlock();
    }
  }

  /** Notes which databases have two numbers, which may be the same one. */
  void number(int number, int database, int other, int otherDatabase) {
    pool.lock.lock();
    try {
      databaseOf[number] = database;
      databaseOf[other] = otherDatabase;
      save();
    } finally {
      pool.lock.unlock();
    }
  }

  // ---- surviving the process ----

  /** Keeps what is known from now on. */
  void keep(PartsArea newArea) {
    area = newArea;
  }

  /**
   * Goes on with what another process has kept, before anybody uses the store.
   *
   * @throws IllegalStateException if that is damaged
   */
  void resume(PartsArea newArea) {
    area = newArea;
    PartsState state = newArea.state();
    changes = state.changes() + 1; // What was cleared before is still to be unlinked.
    boolean counts = false;
    for (int database = 0; database < databases.length; database++) {
      PartsState.Numbered numbered = state.databases().get(database);
      Cutoff cutoff = numbered.cutoff();
      databaseOf[database] = numbered.database();
      used[database] = numbered.isUsed();
      databases[database] = Part.resumed(cutoff, null);
      hasCutoffs |= cutoff != null;
      counts |= cutoff != null || (database > 0 && used[database]);
    }
    List<Namespace> resumed = new ArrayList<>();
    for (PartsState.Declared declared : state.namespaces()) {
      hasCutoffs |= declared.cutoff() != null;
      Recount recount = new Recount(newCutoff(), Recount.Progress.NONE);
      resumed.add(
          new Namespace(
              declared.prefix().array(),
              keyHash.of(0, declared.prefix()),
              declared.rule(),
              Part.resumed(declared.cutoff(), recount)));
    }
    namespaces =
        Namespaces.resume(
            keyHash,
            resumed,
            state.namespaces().stream().map(PartsState.Declared::droppedAt).toList());
    tags.resume(state.tagCutoffs());
    if (counts) {
      countDatabases();
    }
  }

  /** Counts the items of the databases, which nobody is changing. */
  private void countDatabases() {
    SegmentCursor cursor = new SegmentCursor(segments, pool);
    StoredItem item = new StoredItem();
    for (cursor.turnTo(0); !cursor.isAtEnd(); cursor.turnTo(cursor.segment() + 1)) {
      long end = cursor.endOfItems();
      while (cursor.location() < end) {
        long address = segments.address(cursor.location());
        item.at(address, segments.expiryBaseMillis(cursor.segment()));
        if (!ItemLayout.isDead(address)) {
          Part.Era era = era(item.database());
          if (isCounted(item.database(), era)) {
            era.linked().add(1, item.expires());
            if (!era.covers(segments, cursor.sequence(), cursor.location())) {
              era.alive().add(1, item.expires());
            }
          }
        }
        cursor.pass(item);
      }
    }
  }

  /** Keeps what is known, if the store survives its process. */
  private void save() {
    save(tags.cutoffs());
  }

  private void save(Map<Integer, Cutoff> tagCutoffs) {
    PartsArea keeping = area;
    if (keeping == null) {
      return;
    }
    ByteBuffer state = state(namespaces, tagCutoffs).encode();
    if (state.remaining() > keeping.capacityBytes()) {
      // Cutoffs of tags come 4,096 clears of a tag apart, and are forgotten after a minute.
      throw new IllegalStateException(
          "no room for the table of parts: bytes=%d (expected: %d or less)"
              .formatted(state.remaining(), keeping.capacityBytes()));
    }
    keeping.write(state);
  }

  private PartsState state(@Nullable Namespaces declared, Map<Integer, Cutoff> tagCutoffs) {
    List<PartsState.Numbered> numbered = new ArrayList<>();
    for (int number = 0; number < databases.length; number++) {
      Cutoff cutoff = databases[number].era().cutoff();
      numbered.add(new PartsState.Numbered(databaseOf[number], used[number], cutoff));
    }
    return new PartsState(
        changes, numbered, declared == null ? List.of() : declared.remembered(), tagCutoffs);
  }

  /** Whether what is declared could be kept, and the cutoffs of all of it. */
  private boolean hasRoomFor(Namespaces declared) {
    PartsArea keeping = area;
    return keeping == null
        || state(declared, tags.cutoffs()).encode().remaining()
                + (long) MAX_CUTOFF_BYTES * (declared.size() + Store.DATABASES + SPARE_CUTOFFS)
            <= keeping.capacityBytes();
  }

  // ---- clearing ----

  /**
   * Clears a database, unless it is the only one.
   *
   * @return false if there may be nothing else, so that everything has to be cleared instead
   */
  boolean clear(int database) {
    boolean isAlone = database == 0;
    for (int other = 1; other < used.length; other++) {
      isAlone &= !used[other];
    }
    if (isAlone) {
      return false;
    }
    clear(databases[database]);
    return true;
  }

  /**
   * Clears a part. Whoever reserves room behind the offsets of the cutoff, and so is not covered by
   * it, finds afterwards that what was there before is gone: that must be known before the offsets
   * are read, or a sum of what was cleared might survive.
   */
  private void clear(Part part) {
    part.clear(Cutoff.PENDING);
    hasCutoffs = true;
    changes++;
    part.clear(newCutoff());
    VarHandle.fullFence(); // Whoever looks after this sees the cutoff.
    save();
  }

  /** A cutoff at this moment, taken after all know that it is pending. */
  private Cutoff newCutoff() {
    VarHandle.fullFence();
    if (area != null) {
      pool.closeAllBut(MAX_CUTOFF_SEGMENTS);
    }
    return new Cutoff(changes, segments.lastSequence(), open.nextVersions());
  }

  /** Everything was cleared, and the index is empty. */
  void reset() {
    for (Part part : databases) {
      part.reset();
    }
    Namespaces declared = namespaces;
    if (declared != null) {
      declared.declared().forEach(namespace -> namespace.part.reset());
      namespaces = declared.withoutDropped(changes);
    }
    tags.forgetCutoffs(changes);
    save();
  }

  /** Whether an item was cleared with a part that it belongs to. */
  boolean isCleared(StoredItem item, long sequence, long location) {
    return (hasCutoffs && isBehindCutoff(item, entryOf(item), sequence, location))
        || (item.isTagged() && tags.isCleared(item, segments, sequence, location));
  }

  /** Whether what was found was cleared. */
  boolean isCleared(Lookup found) {
    StoredItem item = found.stored();
    return (hasCutoffs && isBehindCutoff(item, entryOf(found), found.sequence(), found.location()))
        || (item.isTagged() && tags.isCleared(item, segments, found.sequence(), found.location()));
  }

  private boolean isBehindCutoff(
      StoredItem item, Namespaces.@Nullable Entry entry, long sequence, long location) {
    return databases[item.database()].era().covers(segments, sequence, location)
        || (entry != null && entry.covers(segments, sequence, location));
  }

  private Namespaces.@Nullable Entry entryOf(StoredItem item) {
    Namespaces declared = namespaces;
    return declared == null ? null : declared.of(item);
  }

  /** What is declared for the key that is looked up. */
  Namespaces.@Nullable Entry entryOf(Lookup lookup) {
    Namespaces declared = namespaces;
    return declared == null ? null : lookup.entryIn(declared);
  }

  /** The namespace of the key that is looked up, or null. */
  @Nullable Namespace ownerOf(Lookup lookup) {
    Namespaces.Entry entry = entryOf(lookup);
    return entry == null ? null : entry.owner();
  }

  /** Waits, for microseconds, while a part is being cleared: nothing can be linked meanwhile. */
  void awaitCutoffs(int database, Lookup lookup) {
    await(databases[database]);
    Namespace owner = ownerOf(lookup);
    if (owner != null) {
      await(owner.part);
    }
  }

  private static void await(Part part) {
    for (int attempt = 1; part.era().isPending(); attempt++) {
      Backoff.pause(attempt);
    }
  }

  // ---- tags ----

  /** A hash of a tag, as {@link #reference} takes it. Any thread. */
  long tagHash(ByteBuffer tag) {
    long hash = keyHash.of(0, tag);
    return hash == 0 ? 1 : hash;
  }

  /** The hashes of the tags of an item that was not cleared. */
  long[] tagHashes(StoredItem item) {
    long[] hashes = new long[item.tagCount()];
    Arrays.setAll(hashes, i -> tags.hash(item.tag(i)));
    return hashes;
  }

  /**
   * A reference to a tag as it is now. Any thread that has no table locked, and has reserved
   * nothing.
   */
  int reference(long tagHash) {
    return tags.reference(tagHash, this::newTagCutoff);
  }

  private Cutoff newTagCutoff(int entry) {
    changes++; // A walk that has begun does not see to it.
    Cutoff cutoff = newCutoff();
    if (area != null) {
      Map<Integer, Cutoff> all = new HashMap<>(tags.cutoffs());
      all.put(entry, cutoff);
      save(all);
    }
    return cutoff;
  }

  /** Which tags were cleared lately. */
  TagClears lastTagClears() {
    return lastTagClears;
  }

  /** Whether an item that is about to be linked is cleared already by this reference. */
  boolean isCleared(int reference, long sequence, long location) {
    return !tags.isCurrent(reference)
        || tags.isBehindCutoff(reference, segments, sequence, location);
  }

  /**
   * Clears tags, and waits for those who have looked at them before and are linking an item: for as
   * long as a table of the index is locked, each. Any thread that has none locked.
   */
  void clearTags(List<ByteBuffer> cleared) {
    tagClears.incrementAndGet();
    for (ByteBuffer tag : cleared) {
      long hash = tagHash(tag);
      lastTagClears.add(hash);
      tags.clear(hash, this::newTagCutoff);
    }
    index.awaitWriters();
  }

  // ---- namespaces ----

  @Nullable Namespaces namespaces() {
    return namespaces;
  }

  CreateResult create(ByteBuffer prefix, TtlRule rule) {
    Namespaces before = namespaces;
    Namespaces.Entry outer = before == null ? null : before.of(prefix);
    if (before != null && before.declared(prefix) != null) {
      return CreateResult.PRESENT;
    }
    if (before != null && before.size() >= Store.MAX_NAMESPACES) {
      return CreateResult.TOO_MANY;
    }
    byte[] bytes = new byte[prefix.remaining()];
    prefix.get(prefix.position(), bytes);
    Namespace added =
        new Namespace(
            bytes,
            keyHash.of(0, prefix),
            rule,
            Part.clearedUpTo(outer == null ? null : outer.cutoff()));
    Namespace owner = outer == null ? null : outer.owner();
    Namespaces after = Namespaces.with(before, keyHash, added);
    if (!hasRoomFor(after)) {
      return CreateResult.TOO_MANY;
    }
    recount(owner, added, after);
    return CreateResult.CREATED;
  }

  boolean alter(ByteBuffer prefix, TtlRule rule) {
    Namespace namespace = declared(prefix);
    if (namespace != null) {
      namespace.rule(rule);
      save();
    }
    return namespace != null;
  }

  boolean drop(ByteBuffer prefix) {
    Namespace namespace = declared(prefix);
    Namespaces before = namespaces;
    if (namespace == null || before == null) {
      return false;
    }
    ByteBuffer shorter = prefix.slice(prefix.position(), prefix.remaining() - 1);
    recount(before.ownerOf(shorter), null, before.without(namespace, changes + 1));
    return true;
  }

  boolean clearNamespace(ByteBuffer prefix) {
    Namespace namespace = declared(prefix);
    if (namespace != null) {
      clear(namespace.part);
    }
    return namespace != null;
  }

  private @Nullable Namespace declared(ByteBuffer prefix) {
    Namespaces declared = namespaces;
    return declared == null ? null : declared.declared(prefix);
  }

  List<NamespaceStats> namespaceStats() {
    Namespaces declared = namespaces;
    return declared == null
        ? List.of()
        : declared.declared().stream().map(Namespace::stats).toList();
  }

  /**
   * Changes what is declared. The items of these two are counted anew, since some of them belonged
   * to others before, in the two steps of {@link #clear}.
   */
  private void recount(
      @Nullable Namespace owner, @Nullable Namespace added, @Nullable Namespaces after) {
    changes++;
    boolean isEmpty = segments.lastSequence() == 0;
    count(owner, added, isEmpty ? null : new Recount(Cutoff.PENDING, Recount.Progress.NONE));
    namespaces = after;
    if (!isEmpty) {
      count(owner, added, new Recount(newCutoff(), Recount.Progress.NONE));
    }
    VarHandle.fullFence();
    save();
  }

  private static void count(
      @Nullable Namespace owner, @Nullable Namespace added, @Nullable Recount recount) {
    if (owner != null) {
      owner.part.count(recount);
    }
    if (added != null) {
      added.part.count(recount);
    }
  }

  // ---- for the walk ----

  /** How often something was done that a walk has to see to, tags apart. */
  long changes() {
    return changes;
  }

  /** How often tags were cleared. Any thread. */
  long tagClears() {
    return tagClears.get();
  }

  /** As {@link #changes}, with tags. */
  long changesAndTagClears() {
    return changes + tagClears.get();
  }

  /** A walk begins, which counts what is still to be counted. */
  void beginWalk(Recount.Progress progress) {
    walk = progress;
    Namespaces declared = namespaces;
    if (declared != null) {
      for (Namespace namespace : declared.declared()) {
        Recount recount = namespace.part.era().recount();
        if (recount != null && !recount.isDone()) {
          namespace.part.countAgain(recount.again(progress));
        }
      }
    }
  }

  /** A walk has left nothing out that was to be done at that number of {@link #changes}. */
  void endWalk(long changesDone) {
    walk.finish();
    Namespaces declared = namespaces;
    if (declared != null) {
      namespaces = declared.withoutDropped(changesDone);
    }
    tags.forgetCutoffs(changesDone);
    save();
  }

  /** The recount that has to count this item, which is not cleared; or null. */
  @Nullable Recount recountOf(StoredItem item, long sequence, long location) {
    Namespace owner = ownerOf(item);
    Recount recount = owner == null ? null : owner.part.era().recount();
    return recount != null && recount.isOf(walk) && recount.concerns(segments, sequence, location)
        ? recount
        : null;
  }

  private @Nullable Namespace ownerOf(StoredItem item) {
    Namespaces.Entry entry = entryOf(item);
    return entry == null ? null : entry.owner();
  }

  // ---- counting, while the table of an item is locked ----

  /** To be taken before it is looked whether the table has been cleared. */
  Part.Era era(int database) {
    return databases[database].era();
  }

  /** Whether items of a database are counted. */
  private static boolean isCounted(int database, Part.Era era) {
    return database != 0 || era.cutoff() != null;
  }

  /** An item is linked that does not lie before the cutoff. */
  static void linked(int database, Part.Era era, boolean expires) {
    if (isCounted(database, era)) {
      era.linked().add(1, expires);
      era.alive().add(1, expires);
    }
  }

  /** An item is linked no more. Its namespace is told by whoever knows it. */
  void unlinked(StoredItem item, Part.Era era, long sequence, long location) {
    if (isCounted(item.database(), era)) {
      era.linked().add(-1, item.expires());
      if (!era.covers(segments, sequence, location)) {
        era.alive().add(-1, item.expires());
      }
    }
  }

  /** An item is linked no more, for this reason. Under the lock: nothing is cleared meanwhile. */
  void unlinked(StoredItem item, long sequence, long location, Sweeper.Fate why) {
    unlinked(item, era(item.database()), sequence, location);
    Namespace owner = ownerOf(item);
    if (owner != null) {
      owner.part.era().unlinked(segments, sequence, location, item.bytes());
      switch (why) {
        case EVICTED -> owner.evicted.increment();
        case EXPIRED -> owner.expired.increment();
        case CLEARED, KEPT, WAS_DEAD -> {}
      }
    }
  }

  /**
   * An item was moved to where it is not older than its namespace, and takes so many bytes there.
   * Under the lock.
   */
  void moved(StoredItem item, long sequence, long location, int bytes) {
    Namespace owner = ownerOf(item);
    if (owner != null) {
      Part.Era era = owner.part.era();
      if (bytes != item.bytes() || era.isOlder(segments, sequence, location)) {
        era.unlinked(segments, sequence, location, item.bytes());
        era.linked(bytes);
      }
    }
  }

  // ---- sums ----

  /**
   * How many items a database has.
   *
   * @param linked how many items there are in all databases, cleared or not
   */
  long itemCount(int database, long linked) {
    return count(database, linked, tally -> tally.items().sum());
  }

  /** As {@link #itemCount}, of items that have a time to live. */
  long expiringItemCount(int database, long linked) {
    return count(database, linked, tally -> tally.expiring().sum());
  }

  private interface Sum {
    long of(Part.Tally tally);
  }

  private long count(int database, long linked, Sum sum) {
    Part.Era era = databases[database].era();
    if (isCounted(database, era)) {
      return Math.max(0, sum.of(era.alive()));
    }
    long others = 0;
    for (int other = 1; other < databases.length; other++) {
      others += sum.of(databases[other].era().linked());
    }
    return Math.max(0, linked - others);
  }
}
