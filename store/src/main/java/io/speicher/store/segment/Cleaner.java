package io.speicher.store.segment;

import static io.speicher.store.segment.EvictionPolicy.MAIN;
import static io.speicher.store.segment.EvictionPolicy.NOWHERE;
import static io.speicher.store.segment.EvictionPolicy.SMALL;
import static io.speicher.store.segment.HashIndex.NOT_FOUND;
import static io.speicher.store.segment.Segments.NO_SEGMENT;

import io.speicher.store.Ticker;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * Cleans segments: walks through their items, copies to open segments those that are to stay,
 * unlinks all others, and gives the segments back.
 *
 * <p>The lock of {@link SegmentPool} is held by whoever calls anything here.
 */
@SuppressWarnings("GuardedBy") // See above: the compiler cannot know that it is the same lock.
final class Cleaner {

  /*
   * What is cleaned, and in which order: what has expired or was cleared; then segments of which
   * much is dead, whose living items are merged into others; and only then, what the policy gives up.
   *
   * Each queue has its oldest segment half cleaned at most times, since what is given up next may
   * come from either. A third sweep serves all other purposes.
   */

  /** Why a segment is cleaned, and so what becomes of the items in it that are alive. */
  private enum Purpose {
    /** The policy decides. */
    EVICT,
    /** They all stay. */
    MERGE,
    /** They move on to the window that they belong to by now. */
    EXPIRE,
    /** They stay, but elsewhere; what needs a run of segments goes if there is no other one. */
    VACATE,
  }

  /** What became of an item. */
  private enum Fate {
    WAS_DEAD,
    KEPT,
    EXPIRED,
    EVICTED,
  }

  /** A segment that is being cleaned, and how far. */
  private static final class Sweep {
    private int segment = NO_SEGMENT;
    private Purpose purpose = Purpose.EVICT;
    private long cursor;

    /** Of the items that were looked at ahead. Their buckets are in the processor's cache. */
    private final long[] hashes = new long[LOOK_AHEAD_ITEMS];

    /** Which of these lies at the cursor, and how many there are. */
    private int next;

    private int count;

    boolean isIdle() {
      return segment == NO_SEGMENT;
    }
  }

  /** A segment is merged with others when at least this part of it is dead. */
  private static final int MERGE_SHIFT = 4;

  /** Merging may need so many segments to win one, where items are small. */
  private static final int MAX_FUTILE_MERGES = 2 << MERGE_SHIFT;

  /** How many dead items are passed over in the search for one that makes way. */
  private static final int MAX_DEAD_ROTATIONS = 64;

  /** For so many items at a time the processor waits for memory. */
  private static final int LOOK_AHEAD_ITEMS = 16;

  private final Segments segments;
  private final HashIndex index;
  private final KeyHash keyHash;
  private final Ticker ticker;
  private final EvictionPolicy policy;
  private final OpenSegments open;
  private final SegmentPool pool;
  private final Removals removals;

  private final Sweep[] evicting = {new Sweep(), new Sweep()};
  private final Sweep other = new Sweep();

  /**
   * Segments, by number and sequence number, that have to be cleaned whether room is short or not.
   */
  private final Queue<long[]> due = new ArrayDeque<>();

  /** When it was last found that nothing is worth merging. */
  private long nothingToMergeAt;

  private long availableBeforeMerge;

  /** How many merges in a row have brought no segment more. */
  private int futileMerges;

  // The item that is being looked at.

  private final StoredItem item = new StoredItem();
  private final NativeMemory.View keys;
  private final NativeMemory.View values;

  /** What becomes of it, if it moves. */
  private final Draft draft;

  private final long[] buckets = new long[LOOK_AHEAD_ITEMS];

  /** What reading the buckets came to; see {@link NativeMemory#touch}. */
  @SuppressWarnings("UnusedVariable")
  private long touched;

  private final LocationMatch here = new LocationMatch();

  /** Says yes to the slot of a location. */
  private static final class LocationMatch implements HashIndex.Match {
    private long location;
    private long slot;

    @Override
    public boolean matches(long slotAddress, long candidate) {
      slot = candidate;
      return SlotLayout.location(candidate) == location;
    }
  }

  Cleaner(
      NativeMemory memory,
      Segments segments,
      HashIndex index,
      KeyHash keyHash,
      Ticker ticker,
      EvictionPolicy policy,
      OpenSegments open,
      SegmentPool pool,
      Removals removals) {
    this.segments = segments;
    this.index = index;
    this.keyHash = keyHash;
    this.ticker = ticker;
    this.policy = policy;
    this.open = open;
    this.pool = pool;
    this.removals = removals;
    keys = memory.newView();
    values = memory.newView();
    draft = new Draft(memory.newView());
  }

  // ---- choosing ----

  /**
   * Cleans up to {@code maxItems} items, whichever come next. Returns false if there is nothing to
   * clean, since writers are at work on all there is.
   *
   * @param urgent whether something must be given up now, be it of the queue that has not more than
   *     its share
   */
  boolean step(int maxItems, boolean urgent) {
    if (!other.isIdle() || beginDue() || beginMerge()) {
      sweep(other, maxItems);
      return true;
    }
    int queue = policy.isSmallTooLarge(smallBytes()) ? SMALL : MAIN;
    boolean began =
        beginEviction(queue, false)
            || (urgent
                && (beginEviction(1 - queue, false)
                    || beginEviction(queue, true)
                    || beginEviction(1 - queue, true)));
    if (began) {
      sweep(evicting[evicting[queue].isIdle() ? 1 - queue : queue], maxItems);
    }
    return began;
  }

  /** As {@link #step}, but only what has to be cleaned anyway. */
  boolean stepDue(int maxItems) {
    if (other.isIdle() && !beginDue()) {
      return false;
    }
    sweep(other, maxItems);
    return true;
  }

  /** Lets a segment be cleaned soon, whether room is short or not. */
  void addDue(int segment) {
    due.add(new long[] {segment, segments.sequenceAcquire(segment)});
  }

  /** Cleans one segment to its end. */
  void vacate(int segment) {
    while (!other.isIdle()) {
      sweep(other, Integer.MAX_VALUE);
    }
    for (int attempt = 1; segments.isInUse(segment) && !pool.close(segment); attempt++) {
      Backoff.pause(attempt);
    }
    if (segments.isInUse(segment)) {
      begin(other, segment, Purpose.VACATE);
      sweep(other, Integer.MAX_VALUE);
    }
  }

  private boolean beginDue() {
    for (long[] next = due.peek(); next != null; next = due.peek()) {
      int segment = (int) next[0];
      boolean isOver = segments.sequenceAcquire(segment) != next[1]; // It was cleaned meanwhile.
      if (!isOver && !pool.close(segment)) {
        return false;
      }
      due.remove();
      if (!isOver) {
        begin(other, segment, Purpose.EXPIRE);
        return true;
      }
    }
    return false;
  }

  /** Begins with the segment of which most is dead, if that is worth while. */
  private boolean beginMerge() {
    if (nothingToMergeAt == policy.clock()) {
      return false;
    }
    int deadest = NO_SEGMENT;
    long mostDeadBytes = (segments.segmentBytes() >>> MERGE_SHIFT) - 1L;
    for (int segment = 0; segment < pool.itemSegmentsEnd(); segment++) {
      if (segments.isInUse(segment) && !isBeingSwept(segment)) {
        long deadBytes = deadBytes(segment);
        if (deadBytes > mostDeadBytes && !segments.hasWriters(segment) && !open.isOpen(segment)) {
          mostDeadBytes = deadBytes;
          deadest = segment;
        }
      }
    }
    if (deadest == NO_SEGMENT || futileMerges > MAX_FUTILE_MERGES || !pool.close(deadest)) {
      futileMerges = 0;
      nothingToMergeAt = policy.clock();
      return false;
    }
    availableBeforeMerge = pool.everAvailable();
    begin(other, deadest, Purpose.MERGE);
    return true;
  }

  /** What cleaning a segment would bring at least. A run is dead as a whole or not at all. */
  private long deadBytes(int segment) {
    if (segments.isDead(segment)) {
      return (long) segments.runLength(segment) * segments.segmentBytes();
    }
    return segments.runLength(segment) > 1
        ? 0
        : segments.writeOffset(segment) - SegmentLayout.HEADER_BYTES - segments.liveBytes(segment);
  }

  /**
   * Sees to it that the oldest segment of a queue is being given up.
   *
   * @param fresh whether to look at those that may hold what was written just now, or at the others
   */
  private boolean beginEviction(int queue, boolean fresh) {
    if (!evicting[queue].isIdle()) {
      return true;
    }
    int oldest = NO_SEGMENT;
    for (int segment = 0; segment < pool.itemSegmentsEnd(); segment++) {
      if (segments.isInUse(segment)
          && ItemClass.queue(segments.itemClass(segment)) == queue
          && (open.isOpen(segment) || policy.isYoung(segments.stamp(segment))) == fresh
          && !isBeingSwept(segment)
          && !segments.hasWriters(segment)
          && (oldest == NO_SEGMENT || segments.isOlder(segment, oldest))) {
        oldest = segment;
      }
    }
    if (oldest == NO_SEGMENT || !pool.close(oldest)) {
      return false;
    }
    begin(evicting[queue], oldest, Purpose.EVICT);
    return true;
  }

  private boolean isBeingSwept(int segment) {
    return segment == other.segment
        || segment == evicting[SMALL].segment
        || segment == evicting[MAIN].segment;
  }

  /** How much the small queue holds, dead items included. */
  private long smallBytes() {
    return pool.queueBytes(SMALL) - sweptBytes(evicting[SMALL]);
  }

  // ---- newcomers ----

  /**
   * Which queue an item goes to whose ghost was found: the main queue, if that has room to spare or
   * gives up an item for it that has been idle for longer than the newcomer was away.
   */
  int queueOfReturned(int ghost, long itemBytes) {
    long awaySince = policy.returned(ghost, itemBytes);
    if (awaySince < 0) {
      return SMALL;
    }
    return policy.isSmallTooLarge(smallBytes()) || oneIdleSince(awaySince) ? MAIN : SMALL;
  }

  private boolean oneIdleSince(long stamp) {
    int rotations = 0;
    int dead = 0;
    while (rotations < EvictionPolicy.MAX_ROTATIONS
        && dead < MAX_DEAD_ROTATIONS
        && beginEviction(MAIN, false)
        && segments.stamp(evicting[MAIN].segment) <= stamp) {
      switch (sweepOne(evicting[MAIN])) {
        case EVICTED, EXPIRED -> {
          return true;
        }
        case KEPT -> rotations++;
        case WAS_DEAD -> dead++;
      }
    }
    return false;
  }

  /** When the oldest segment of the main queue was opened, as far as is known without a search. */
  private long oldestMainStamp() {
    return evicting[MAIN].isIdle() ? policy.clock() : segments.stamp(evicting[MAIN].segment);
  }

  // ---- sweeping ----

  /** How much of the segments has been cleaned that have not been given back yet. */
  long sweptBytes() {
    return sweptBytes(evicting[SMALL]) + sweptBytes(evicting[MAIN]) + sweptBytes(other);
  }

  private long sweptBytes(Sweep sweep) {
    return sweep.isIdle() ? 0 : sweep.cursor - segments.startOf(sweep.segment);
  }

  private void begin(Sweep sweep, int segment, Purpose purpose) {
    for (Sweep abandoned : evicting) {
      if (abandoned.segment == segment) {
        abandoned.segment = NO_SEGMENT;
      }
    }
    sweep.segment = segment;
    sweep.purpose = purpose;
    sweep.cursor = segments.firstItemOf(segment);
    sweep.next = 0;
    sweep.count = 0;
  }

  private void sweep(Sweep sweep, int maxItems) {
    for (int i = 0; i < maxItems && !sweep.isIdle(); i++) {
      sweepOne(sweep);
    }
  }

  /** Cleans one item, and with the last one, gives the segment back. */
  private Fate sweepOne(Sweep sweep) {
    Fate fate = Fate.WAS_DEAD;
    if (!isSwept(sweep)) {
      fate = clean(sweep);
    }
    if (!sweep.isIdle() && isSwept(sweep)) {
      finish(sweep);
    }
    return fate;
  }

  private boolean isSwept(Sweep sweep) {
    return sweep.cursor >= end(sweep) || segments.isDead(sweep.segment);
  }

  private long end(Sweep sweep) {
    return segments.startOf(sweep.segment) + segments.writeOffset(sweep.segment);
  }

  private void finish(Sweep sweep) {
    int segment = sweep.segment;
    for (int attempt = 1; !segments.isDead(segment); attempt++) {
      Backoff.pause(attempt); // The last item has been marked dead and is about to be counted.
    }
    if (sweep == evicting[SMALL]) {
      policy.smallSegmentEvicted(segments.stamp(segment));
    }
    sweep.segment = NO_SEGMENT;
    pool.giveBack(segment);
    if (sweep.purpose == Purpose.MERGE) {
      futileMerges = pool.everAvailable() > availableBeforeMerge ? 0 : futileMerges + 1;
    }
  }

  /** Cleans the item at the cursor and moves the cursor on. */
  private Fate clean(Sweep sweep) {
    if (sweep.next == sweep.count) {
      lookAhead(sweep);
    }
    long hash = sweep.hashes[sweep.next];
    here.location = sweep.cursor;
    long address = segments.address(sweep.cursor);
    item.at(address, segments.expiryBaseMillis(sweep.segment));
    int bytes = item.bytes();
    Fate fate = ItemLayout.isDead(address) ? Fate.WAS_DEAD : fate(sweep, hash);
    sweep.cursor += bytes; // Not before: an item that is passed over alive would never be freed.
    sweep.next++;
    return fate;
  }

  /** Decides on the item, again and again until nobody has changed it meanwhile. */
  private Fate fate(Sweep sweep, long hash) {
    ByteBuffer key = key();
    Fate fate = null;
    while (fate == null) {
      long slotAddress = index.find(hash, here);
      fate = slotAddress == NOT_FOUND ? Fate.WAS_DEAD : decide(sweep, hash, key, slotAddress);
    }
    return fate;
  }

  /** Valid until the next call. */
  private ByteBuffer key() {
    return keys.of(item.keyAddress(), item.keyBytes());
  }

  /** Nobody writes to the segment any more, so the items that lie there now are those that will. */
  private void lookAhead(Sweep sweep) {
    long end = end(sweep);
    long at = sweep.cursor;
    int count = 0;
    int alive = 0;
    while (count < LOOK_AHEAD_ITEMS && at < end) {
      long address = segments.address(at);
      item.at(address, segments.expiryBaseMillis(sweep.segment));
      if (!ItemLayout.isDead(address)) {
        sweep.hashes[count] = keyHash.of(key());
        buckets[alive++] = index.homeBucket(sweep.hashes[count]);
      }
      at += item.bytes();
      count++;
    }
    touched = NativeMemory.touch(buckets, alive);
    sweep.next = 0;
    sweep.count = count;
  }

  /**
   * Does what is to be done with a living item, or returns null if it has to be looked at again.
   */
  private @Nullable Fate decide(Sweep sweep, long hash, ByteBuffer key, long slotAddress) {
    if (item.expires() && item.expiresAtMillis() <= ticker.millis()) {
      return unlink(sweep, hash, Fate.EXPIRED);
    }
    int queue = ItemClass.queue(segments.itemClass(sweep.segment));
    int frequency = SlotLayout.frequency(here.slot);
    int destination = queue;
    if (sweep.purpose == Purpose.EVICT) {
      destination = EvictionPolicy.destination(queue, frequency);
      frequency = EvictionPolicy.frequencyAfter(queue, frequency);
    }
    if (destination == NOWHERE) {
      return unlink(sweep, hash, Fate.EVICTED);
    }
    if (segments.runLength(sweep.segment) > 1 && sweep.purpose != Purpose.VACATE) {
      HashIndex.setFrequency(slotAddress, here.slot, frequency);
      keepRun(sweep, destination);
      return Fate.KEPT;
    }
    return move(sweep, hash, key, destination, frequency);
  }

  /** Unlinks the item, unless somebody else did meanwhile. */
  private Fate unlink(Sweep sweep, long hash, Fate fate) {
    long table = index.tableOf(hash);
    index.lock(table);
    try {
      long slotAddress = index.findLocked(table, HashIndex.tagOf(hash), here);
      if (slotAddress == NOT_FOUND) {
        return Fate.WAS_DEAD;
      }
      index.remove(table, slotAddress);
      ItemLayout.markDead(item.address());
      segments.addLiveBytes(sweep.segment, -item.bytes());
      if (fate == Fate.EVICTED) {
        leaveGhost(sweep, table, hash);
      }
    } finally {
      index.unlock(table);
    }
    if (fate == Fate.EXPIRED) {
      removals.countExpired();
    } else {
      removals.countEvicted();
    }
    return fate;
  }

  private void leaveGhost(Sweep sweep, long table, long hash) {
    int queue = ItemClass.queue(segments.itemClass(sweep.segment));
    long stamp = segments.stamp(sweep.segment);
    long ghosts = index.ghosts(hash);
    index.setGhosts(table, hash, policy.withGhost(ghosts, hash, queue, stamp, oldestMainStamp()));
    if (queue == MAIN) {
      policy.mainEvicted(item.bytes());
    }
  }

  /** Copies the item to an open segment and links it there. Returns null if it has changed. */
  private @Nullable Fate move(Sweep sweep, long hash, ByteBuffer key, int queue, int frequency) {
    long nowMillis = item.expires() ? ticker.millis() : 0;
    ByteBuffer value = values.of(item.valueAddress(), item.valueBytes());
    Draft copy = draft.copyOf(item, key, value, versionToKeep(sweep), nowMillis);
    long location = pool.reserveForMove(queue, copy);
    if (location < 0) {
      return unlink(sweep, hash, Fate.EVICTED);
    }
    Fate fate = null;
    try {
      segments.write(copy, location);
      fate = relink(sweep, hash, SlotLayout.slot(HashIndex.tagOf(hash), location, frequency), copy);
    } finally {
      if (fate != Fate.KEPT) {
        ItemLayout.markDead(segments.address(location));
      }
      segments.done(segments.of(location));
    }
    return fate;
  }

  private long versionToKeep(Sweep sweep) {
    if (item.hasVersion()) {
      return item.version();
    }
    return SlotLayout.isObserved(here.slot)
        ? segments.version(segments.sequenceAcquire(sweep.segment), here.location)
        : 0;
  }

  private @Nullable Fate relink(Sweep sweep, long hash, long newSlot, Draft copy) {
    long table = index.tableOf(hash);
    long oldSlot = here.slot;
    index.lock(table);
    try {
      long slotAddress = index.findLocked(table, HashIndex.tagOf(hash), here);
      if (slotAddress == NOT_FOUND) {
        return Fate.WAS_DEAD;
      }
      if (!HashIndex.swap(slotAddress, oldSlot, newSlot)) {
        return null; // Somebody has asked for its version, so it must take that along.
      }
      segments.addLiveBytes(segments.of(SlotLayout.location(newSlot)), (int) copy.bytes());
      ItemLayout.markDead(item.address());
      segments.addLiveBytes(sweep.segment, -item.bytes());
      return Fate.KEPT;
    } finally {
      index.unlock(table);
    }
  }

  /** A run that stays does not move, but gets another class, or another place in its queue. */
  private void keepRun(Sweep sweep, int queue) {
    int window = TtlWindows.of(item.expiresAtMillis(), ticker.millis());
    long stamp = sweep.purpose == Purpose.EVICT ? policy.clock() : segments.stamp(sweep.segment);
    pool.setPlace(sweep.segment, ItemClass.of(queue, window), stamp);
    sweep.segment = NO_SEGMENT;
  }
}
