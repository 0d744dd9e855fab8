package io.speicher.store.segment;

import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * Items that are counted and cleared together, such as those of a database.
 *
 * <p>Any thread reads; {@link #era} changes under the lock of {@link SegmentPool}. An item is
 * counted in the era in which whoever has locked its table has looked at it: it belongs to that era
 * if it does not lie before its cutoff. So a clear that comes in between counts nothing twice.
 */
final class Part {
  /** What is linked, and what of it has a time to live. */
  record Tally(LongAdder items, LongAdder expiring) {
    Tally() {
      this(new LongAdder(), new LongAdder());
    }

    void add(int change, boolean expires) {
      items.add(change);
      if (expires) {
        expiring.add(change);
      }
    }
  }

  /**
   * The time since the last clear.
   *
   * @param cutoff null if only everything was cleared so far
   * @param linked all items that slots lead to, whether they are cleared or not; not of the first
   *     database
   * @param alive those that were not cleared
   */
  record Era(@Nullable Cutoff cutoff, Tally linked, Tally alive) {
    Era() {
      this(null, new Tally(), new Tally());
    }

    /** Whether it is not known yet what this era begins with. */
    boolean isPending() {
      return Cutoff.PENDING.equals(cutoff);
    }

    boolean covers(Segments segments, long sequence, long location) {
      return cutoff != null && cutoff.covers(segments, sequence, location);
    }
  }

  private volatile Era era = new Era();

  Era era() {
    return era;
  }

  /** Clears the part. */
  void clear(Cutoff cutoff) {
    era = new Era(cutoff, era.linked(), new Tally());
  }

  /** Everything was cleared. */
  void reset() {
    era = new Era();
  }
}
