package io.speicher.store.segment;

import static io.speicher.store.segment.NativeMemory.getInt;
import static io.speicher.store.segment.NativeMemory.getIntAcquire;
import static io.speicher.store.segment.NativeMemory.getLong;
import static io.speicher.store.segment.NativeMemory.getLongAcquire;
import static io.speicher.store.segment.NativeMemory.putInt;
import static io.speicher.store.segment.NativeMemory.putIntRelease;
import static io.speicher.store.segment.NativeMemory.putLongRelease;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The tags that items carry, each as an entry with a generation. What an item carries of a tag is a
 * <em>reference</em>: the number of the entry, and the low bits of the generation that it had when
 * the item was written. Clearing a tag moves its generation on, so the references to it are not
 * current any more, and an item of which one reference is not current is cleared.
 *
 * <pre>
 *  bucket, 256 bytes: 16 entries        reference, 4 bytes:
 *   0          8              12         31 ..                       .. 0
 *  | hash 8   | generation 4 | stamp 4 | | generation, low bits | entry |
 * </pre>
 *
 * <p>Any thread may ask. Entries change under a lock of their own, which is held for the look at a
 * bucket; where a cutoff has to be taken, the lock of {@link SegmentPool} is taken before it. So
 * nobody may ask for a reference who has a table of the index locked, or has reserved bytes.
 */
final class TagTable {

  /*
   * A tag is known by a hash of 64 bits, keyed by the secrets of the store, so that nobody outside
   * can make two tags collide; those that do are cleared together. The hash selects a bucket. If a
   * tag is new there and the bucket is full, the entry that was used least recently is given to it,
   * and its generation moves on: what carried the old tag is cleared. That is too much, and never
   * too little. A bucket has as many entries as an item may have tags, so that all of one item's
   * find room together.
   *
   * An entry is read without a lock. Whoever looks for a hash reads the generation first and the
   * hash afterwards; whoever gives the entry away takes the hash away first, then moves the
   * generation on, and then writes the new hash. So a generation that is followed by the hash is
   * one of that hash.
   *
   * An item carries only the low bits of a generation. When they have come round to zero, items
   * might be current again that were not for a whole round. So the entry then takes a cutoff, like
   * a part that is cleared, and what lies before it is cleared, whatever it carries. The cutoff is
   * needed until a walk has unlinked all that was cleared by then.
   */

  static final int BUCKET_BYTES = 256;

  private static final int ENTRY_BYTES = 16;
  private static final int ENTRIES = BUCKET_BYTES / ENTRY_BYTES;
  private static final int GENERATION = 8;
  private static final int STAMP = 12;

  /** The largest table: 12 bits of a reference are left for the generation. */
  static final int MAX_BUCKETS = (1 << 20) / ENTRIES;

  /** Stands for no hash. */
  private static final long NONE = 0;

  private final long address;
  private final int buckets;
  private final int entryBits;

  /** What moves a generation on by one round, in a number of as many bits as references have. */
  private final int roundMask;

  private final ReentrantLock poolLock;
  private final ReentrantLock lock = new ReentrantLock();

  /** Of entries whose generations came round lately; null if there are none. */
  private volatile @Nullable Map<Integer, Cutoff> cutoffs;

  /** The time by which entries are used: how many were given to new tags. */
  @GuardedBy("lock")
  private int clock;

  private volatile int shownClock;

  /**
   * @param address of memory that is all zero
   * @param buckets a power of two, up to {@link #MAX_BUCKETS}
   */
  TagTable(long address, int buckets, ReentrantLock poolLock) {
    this.address = address;
    this.buckets = buckets;
    this.poolLock = poolLock;
    entryBits = Integer.numberOfTrailingZeros(buckets * ENTRIES);
    roundMask = -1 >>> entryBits;
  }

  /** Takes cutoffs. */
  interface CutoffSource {
    /** A cutoff at this moment, for an entry of this number. The lock of the pool is held. */
    Cutoff take(int entry);
  }

  /** A change of entries, which is made again, with a source of cutoffs, if it returns 0. */
  private interface Change {
    long make(@Nullable CutoffSource source);
  }

  /** Makes a change that most likely needs no cutoff: the lock of the pool is often taken. */
  private long change(CutoffSource source, Change change) {
    lock.lock();
    try {
      long changed = change.make(null);
      if (changed != 0) {
        return changed;
      }
    } finally {
      lock.unlock();
    }
    poolLock.lock();
    lock.lock();
    try {
      return change.make(source);
    } finally {
      lock.unlock();
      poolLock.unlock();
    }
  }

  // ---- references ----

  /**
   * A reference to a tag as it is now.
   *
   * @param hash of the tag, any but 0
   */
  int reference(long hash, CutoffSource source) {
    long entry = find(hash);
    while (entry != 0) {
      int generation = getIntAcquire(entry + GENERATION);
      if (getLongAcquire(entry) == hash) {
        int now = shownClock;
        if (getInt(entry + STAMP) != now) {
          putInt(entry + STAMP, now);
        }
        return reference(entry, generation);
      }
      entry = find(hash);
    }
    return (int) change(source, given -> newReference(hash, given));
  }

  /** With bits above it, so that it is not 0; or 0 if a cutoff is needed. */
  @SuppressWarnings("GuardedBy") // By change().
  private long newReference(long hash, @Nullable CutoffSource source) {
    long entry = find(hash);
    if (entry == 0) {
      entry = giveOldestTo(hash, source);
    }
    return entry == 0
        ? 0
        : (1L << Integer.SIZE)
            | Integer.toUnsignedLong(reference(entry, getInt(entry + GENERATION)));
  }

  private int reference(long entry, int generation) {
    return (generation & roundMask) << entryBits | (int) ((entry - address) / ENTRY_BYTES);
  }

  /** The hash of the tag that a current reference refers to. */
  long hash(int reference) {
    return getLong(entry(reference));
  }

  /** Whether nothing of what carries the reference was cleared by it. */
  boolean isCurrent(int reference) {
    int generation = getIntAcquire(entry(reference) + GENERATION);
    return (generation & roundMask) == reference >>> entryBits;
  }

  /** Whether an item was cleared by one of its tags. */
  boolean isCleared(StoredItem item, Segments segments, long sequence, long location) {
    int count = Math.min(item.tagCount(), ENTRIES); // A reader may see other bytes by now.
    for (int i = 0; i < count; i++) {
      int reference = item.tag(i);
      if (!isCurrent(reference) || isBehindCutoff(reference, segments, sequence, location)) {
        return true;
      }
    }
    return false;
  }

  /** Whether an item at that location was cleared by this reference, though it is current. */
  boolean isBehindCutoff(int reference, Segments segments, long sequence, long location) {
    Map<Integer, Cutoff> known = cutoffs;
    if (known == null) {
      return false;
    }
    Cutoff cutoff = known.get(reference & entryMask());
    return cutoff != null && cutoff.covers(segments, sequence, location);
  }

  private int entryMask() {
    return (1 << entryBits) - 1;
  }

  private long entry(int reference) {
    return NativeMemory.bounded(address + (long) (reference & entryMask()) * ENTRY_BYTES);
  }

  // ---- entries ----

  /** The address of the entry of a hash, or 0. */
  private long find(long hash) {
    long bucket = bucket(hash);
    for (long entry = bucket; entry < bucket + BUCKET_BYTES; entry += ENTRY_BYTES) {
      if (getLong(entry) == hash) {
        return entry;
      }
    }
    return 0;
  }

  private long bucket(long hash) {
    return NativeMemory.bounded(address + (hash & (buckets - 1)) * BUCKET_BYTES);
  }

  /** Returns the entry, or 0 if a cutoff is needed. */
  @GuardedBy("lock")
  private long giveOldestTo(long hash, @Nullable CutoffSource source) {
    long bucket = bucket(hash);
    long oldest = bucket;
    for (long entry = bucket; entry < bucket + BUCKET_BYTES; entry += ENTRY_BYTES) {
      if (getLong(entry) == NONE) {
        oldest = entry;
        break;
      }
      if (clock - getInt(entry + STAMP) > clock - getInt(oldest + STAMP)) {
        oldest = entry;
      }
    }
    if (getLong(oldest) != NONE) {
      long before = getLong(oldest);
      putLongRelease(oldest, NONE);
      if (!moveOn(oldest, source)) {
        putLongRelease(oldest, before);
        return 0;
      }
    }
    clock++;
    shownClock = clock;
    putInt(oldest + STAMP, clock);
    putLongRelease(oldest, hash);
    return oldest;
  }

  /** Clears a tag; what was linked before may be seen until {@link HashIndex#awaitWriters}. */
  void clear(long hash, CutoffSource source) {
    change(source, given -> clearEntry(find(hash), given) ? 1 : 0);
  }

  @SuppressWarnings("GuardedBy") // By change().
  private boolean clearEntry(long entry, @Nullable CutoffSource source) {
    return entry == 0 || moveOn(entry, source);
  }

  /** Returns false, and does nothing, if a cutoff is needed. */
  @GuardedBy("lock")
  private boolean moveOn(long entry, @Nullable CutoffSource source) {
    int next = getInt(entry + GENERATION) + 1;
    if ((next & roundMask) == 0) {
      if (source == null) {
        return false;
      }
      int number = (int) ((entry - address) / ENTRY_BYTES);
      putCutoff(number, Cutoff.PENDING); // As in Parts.clear: first nothing is left of it.
      Cutoff cutoff = source.take(number); // Before it is needed: the process may be killed.
      putIntRelease(entry + GENERATION, next);
      putCutoff(number, cutoff);
    } else {
      putIntRelease(entry + GENERATION, next);
    }
    return true;
  }

  @GuardedBy("lock")
  private void putCutoff(int number, Cutoff cutoff) {
    Map<Integer, Cutoff> before = cutoffs;
    Map<Integer, Cutoff> changed = before == null ? new HashMap<>() : new HashMap<>(before);
    changed.put(number, cutoff);
    cutoffs = changed;
  }

  // ---- what has to be known when the process is gone ----

  /** Cutoffs by the numbers of their entries. */
  Map<Integer, Cutoff> cutoffs() {
    Map<Integer, Cutoff> present = cutoffs;
    return present == null ? Map.of() : present;
  }

  /** Goes on with what another process has left behind. */
  void resume(Map<Integer, Cutoff> newCutoffs) {
    lock.lock();
    try {
      cutoffs = newCutoffs.isEmpty() ? null : Map.copyOf(newCutoffs);
      for (int entry = 0; entry < buckets * ENTRIES; entry++) {
        int stamp = getInt(entry(entry) + STAMP);
        clock = stamp - clock > 0 ? stamp : clock;
        if (getLong(entry(entry)) == NONE && stamp != 0) { // It was being given to another tag.
          putInt(entry(entry) + GENERATION, getInt(entry(entry) + GENERATION) + 1);
        }
      }
      shownClock = clock;
    } finally {
      lock.unlock();
    }
  }

  /**
   * After a power loss: an entry whose generation has come round, and which has no cutoff, may have
   * come round after the cutoffs were written. What carries it is cleared.
   */
  void recover(Map<Integer, Cutoff> knownCutoffs) {
    for (int entry = 0; entry < buckets * ENTRIES; entry++) {
      int generation = getInt(entry(entry) + GENERATION);
      if (generation != 0 && (generation & roundMask) == 0 && !knownCutoffs.containsKey(entry)) {
        putInt(entry(entry) + GENERATION, generation + 1);
      }
    }
  }

  /**
   * After a power loss: whether the table knows all tags of an item, and they are current. An entry
   * without a tag was given to one after the table was written, and will be given to another one.
   */
  boolean areKnown(StoredItem item) {
    for (int i = 0; i < item.tagCount(); i++) {
      if (hash(item.tag(i)) == NONE || !isCurrent(item.tag(i))) {
        return false;
      }
    }
    return true;
  }

  /** A walk has unlinked all that lay before the cutoffs up to that one, or there is nothing. */
  void forgetCutoffs(long numberUpTo) {
    lock.lock();
    try {
      Map<Integer, Cutoff> before = cutoffs;
      if (before != null) {
        Map<Integer, Cutoff> changed = new HashMap<>(before);
        changed.values().removeIf(cutoff -> cutoff.number() <= numberUpTo);
        cutoffs = changed.isEmpty() ? null : changed;
      }
    } finally {
      lock.unlock();
    }
  }
}
