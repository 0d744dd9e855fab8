package io.speicher.store.segment;

import io.speicher.store.Store;
import java.lang.invoke.VarHandle;
import java.util.Arrays;

/**
 * The parts that items belong to, each of which can be cleared alone: databases.
 *
 * <p>Any thread may ask what was cleared, and count. The lock of {@link SegmentPool} is held by
 * whoever clears, or asks how often that was done.
 *
 * <p><b>Cost.</b> Until a part is cleared alone, an item of the first database costs a look at a
 * field. It is not counted either: of all items, those are its own that no other database has.
 */
final class Parts {
  private final Segments segments;
  private final OpenSegments open;
  private final SegmentPool pool;
  private final Part[] databases = new Part[Store.DATABASES];

  /** Whether anything may have been written to a database. The first one always counts. */
  private final boolean[] used = new boolean[Store.DATABASES];

  /** Whether some part was cleared alone. */
  private volatile boolean hasCutoffs;

  /** How often parts were cleared alone. */
  private long clears;

  Parts(Segments segments, OpenSegments open, SegmentPool pool) {
    this.segments = segments;
    this.open = open;
    this.pool = pool;
    Arrays.setAll(databases, database -> new Part());
  }

  /** Has to be called once before anything is written to a database that is not the first one. */
  void use(int database) {
    pool.lock.lock();
    try {
      used[database] = true;
    } finally {
      pool.lock.unlock();
    }
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
    VarHandle.fullFence();
    part.clear(new Cutoff(segments.lastSequence(), open.nextVersions()));
    clears++;
    VarHandle.fullFence(); // Whoever looks after this sees the cutoff.
  }

  /** Everything was cleared, and the index is empty. */
  void reset() {
    for (Part part : databases) {
      part.reset();
    }
  }

  /** How often parts were cleared alone, ever. */
  long clears() {
    return clears;
  }

  /** Whether an item was cleared with a part that it belongs to. */
  boolean isCleared(StoredItem item, long sequence, long location) {
    return hasCutoffs && databases[item.database()].era().covers(segments, sequence, location);
  }

  /**
   * Waits, for microseconds, while a database is being cleared: nothing can be linked meanwhile.
   */
  void awaitCutoff(int database) {
    for (int attempt = 1; databases[database].era().isPending(); attempt++) {
      Backoff.pause(attempt);
    }
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

  /** As the other one, under the lock: nothing is cleared meanwhile. */
  void unlinked(StoredItem item, long sequence, long location) {
    unlinked(item, era(item.database()), sequence, location);
  }

  /** An item is linked no more. */
  void unlinked(StoredItem item, Part.Era era, long sequence, long location) {
    if (isCounted(item.database(), era)) {
      era.linked().add(-1, item.expires());
      if (!era.covers(segments, sequence, location)) {
        era.alive().add(-1, item.expires());
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
