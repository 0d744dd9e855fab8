package io.speicher.store.segment;

import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * Items that are counted and cleared together: those of a database, or of a namespace.
 *
 * <p>Any thread reads; {@link #era} changes under the lock of {@link SegmentPool}. An item is
 * counted in the era in which whoever has locked its table has looked at it: it belongs to that era
 * if it does not lie before its cutoff. So a clear that comes in between counts nothing twice.
 */
final class Part {
  /** What is linked, what of it has a time to live, and what it takes. */
  record Tally(LongAdder items, LongAdder expiring, LongAdder bytes) {
    Tally() {
      this(new LongAdder(), new LongAdder(), new LongAdder());
    }

    /** Of a database. */
    void add(int change, boolean expires) {
      items.add(change);
      if (expires) {
        expiring.add(change);
      }
    }

    /** Of a namespace. */
    void add(int change, int changedBytes) {
      items.add(change);
      bytes.add(changedBytes);
    }
  }

  /**
   * The time since the last clear.
   *
   * @param cutoff null if only everything was cleared so far
   * @param recount of what is older than the part; null if nothing is
   * @param linked all items that slots lead to, whether they are cleared or not; only of databases,
   *     and not of the first one
   * @param alive those that were not cleared, and are not older than the part
   */
  record Era(@Nullable Cutoff cutoff, @Nullable Recount recount, Tally linked, Tally alive) {
    Era(@Nullable Cutoff cutoff, @Nullable Recount recount) {
      this(cutoff, recount, new Tally(), new Tally());
    }

    /** Whether it is not known yet what this era begins with. */
    boolean isPending() {
      return Cutoff.PENDING.equals(cutoff) || (recount != null && recount.isPending());
    }

    boolean covers(Segments segments, long sequence, long location) {
      return cutoff != null && cutoff.covers(segments, sequence, location);
    }

    /** Whether an item is older than the part. */
    boolean isOlder(Segments segments, long sequence, long location) {
      return recount != null && recount.concerns(segments, sequence, location);
    }

    // ---- counting the items of a namespace, while their table is locked ----

    /** An item is linked that is neither covered nor older. */
    void linked(int bytes) {
      alive.add(1, bytes);
    }

    /** An item is linked no more. */
    void unlinked(Segments segments, long sequence, long location, int bytes) {
      if (covers(segments, sequence, location)) {
        return; // It was not counted any more.
      }
      if (recount != null && recount.concerns(segments, sequence, location)) {
        recount.unlinked(location, bytes);
      } else {
        alive.add(-1, -bytes);
      }
    }

    long items() {
      return Math.max(0, alive.items().sum() + (recount == null ? 0 : recount.items()));
    }

    long bytes() {
      return Math.max(0, alive.bytes().sum() + (recount == null ? 0 : recount.bytes()));
    }
  }

  private volatile Era era;

  Part() {
    this(new Era(null, null));
  }

  private Part(Era era) {
    this.era = era;
  }

  /** One that was cleared that far before it began. */
  static Part clearedUpTo(@Nullable Cutoff cutoff) {
    return new Part(new Era(cutoff, null));
  }

  /** One that another process has cleared that far; what it holds is to be counted. */
  static Part resumed(@Nullable Cutoff cutoff, @Nullable Recount recount) {
    return new Part(new Era(cutoff, recount));
  }

  Era era() {
    return era;
  }

  /** Clears the part. */
  void clear(Cutoff cutoff) {
    era = new Era(cutoff, null, era.linked(), new Tally());
  }

  /** Begins to count anew, with what is older, or null if there is nothing older. */
  void count(@Nullable Recount recount) {
    era = new Era(era.cutoff(), recount);
  }

  /** Goes on with another walk, where the last one has left something out. */
  void countAgain(Recount recount) {
    era = new Era(era.cutoff(), recount, era.linked(), era.alive());
  }

  /** Everything was cleared. */
  void reset() {
    era = new Era(null, null);
  }
}
