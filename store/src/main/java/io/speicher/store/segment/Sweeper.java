package io.speicher.store.segment;

import static io.speicher.store.segment.EvictionPolicy.MAIN;
import static io.speicher.store.segment.EvictionPolicy.NOWHERE;
import static io.speicher.store.segment.EvictionPolicy.SMALL;
import static io.speicher.store.segment.HashIndex.NOT_FOUND;
import static io.speicher.store.segment.Segments.NO_SEGMENT;

import io.speicher.store.Ticker;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Walks through the items of a segment, copies to open segments those that are to stay, unlinks all
 * others, and gives the segment back. {@link Cleaner} says which segment, and why.
 *
 * <p>The lock of {@link SegmentPool} is held by whoever calls anything here.
 */
@SuppressWarnings("GuardedBy") // See above: the compiler cannot know that it is the same lock.
final class Sweeper {

  /*
   * A moved item costs two accesses to memory, to its bucket and to the head of its table, which the
   * processor makes for several items at a time (lookAhead); the item itself lies where it has just
   * read. What is left is mostly atomic operations, some 6 ns each, and more if what was stored just
   * before has to leave the processor first. So items that are merged as they are reserve room
   * together, and all are copied before the first is linked (moveTogether). Live bytes are told to
   * the segments not for each item but for each step (LiveTally), and the table is not searched again
   * once it is locked: the slot that was found either still leads to the item, or the item is looked
   * up once more.
   */

  /** Why a segment is cleaned, and so what becomes of the items in it that are alive. */
  enum Purpose {
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
  enum Fate {
    WAS_DEAD,
    KEPT,
    EXPIRED,
    EVICTED,
    /** It was cleared with a part that it belongs to. */
    CLEARED,
  }

  /** A segment that is being cleaned, and how far. */
  static final class Sweep {
    private int segment = NO_SEGMENT;
    private Purpose purpose = Purpose.EVICT;
    private long cursor;

    /** Where the items end. */
    private long end;

    /** Of the items that were looked at ahead. Their buckets are in the processor's cache. */
    private final long[] hashes = new long[LOOK_AHEAD_ITEMS];

    /** Which of these lies at the cursor, and how many there are. */
    private int next;

    private int count;

    boolean isIdle() {
      return segment == NO_SEGMENT;
    }

    /** The segment that is being cleaned, or {@link Segments#NO_SEGMENT}. */
    int segment() {
      return segment;
    }

    /** Leaves the segment as it is. */
    void abandon() {
      segment = NO_SEGMENT;
    }
  }

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

  /** Changes of what is alive in a segment that it has not been told yet. */
  private final class LiveTally {
    private int segment = NO_SEGMENT;
    private long change;

    void add(int changed, int bytes) {
      if (changed != segment) {
        tell();
        segment = changed;
      }
      change += segments.liveChange(bytes);
    }

    void tell() {
      if (change != 0) {
        segments.changeLive(segment, change);
        change = 0;
      }
    }
  }

  /** For so many items at a time the processor waits for memory. */
  private static final int LOOK_AHEAD_ITEMS = 32;

  /** So much of what comes after these is fetched with them, at the most. */
  private static final int MAX_FETCHED_BYTES = 4 << 10;

  /** Items reserve room together if that is no more than this part of a segment. */
  private static final int TOGETHER_SHIFT = 6;

  private final Segments segments;
  private final HashIndex index;
  private final KeyHash keyHash;
  private final Ticker ticker;
  private final EvictionPolicy policy;
  private final OpenSegments open;
  private final SegmentPool pool;
  private final Removals removals;
  private final Changes changes;
  private final SizeWalk sizeWalk;
  private final Parts parts;

  /** How many bytes of items were moved, ever. */
  private long movedBytes;

  /** When the segment was opened from which main items are being evicted, or the clock's time. */
  private long oldestMainStamp;

  private final LiveTally gone = new LiveTally();
  private final LiveTally come = new LiveTally();

  // The item that is being looked at.

  private final StoredItem item = new StoredItem();
  private final NativeMemory.View keys;
  private final NativeMemory.View values;

  /** What becomes of it, if it moves and changes. */
  private final Draft draft;

  private final long[] buckets = new long[LOOK_AHEAD_ITEMS];

  /** Of the items that were looked at ahead, those that can move as they are: their places. */
  private final int[] movable = new int[LOOK_AHEAD_ITEMS];

  /** Where each of these lies. */
  private final long[] movableLocations = new long[LOOK_AHEAD_ITEMS];

  private int movableCount;
  private int movableBytes;

  /** What reading the buckets came to; see {@link NativeMemory#touch}. */
  @SuppressWarnings("UnusedVariable")
  private long touched;

  private final LocationMatch here = new LocationMatch();

  Sweeper(
      NativeMemory memory,
      Segments segments,
      HashIndex index,
      KeyHash keyHash,
      Ticker ticker,
      EvictionPolicy policy,
      OpenSegments open,
      SegmentPool pool,
      Removals removals,
      Changes changes,
      SizeWalk sizeWalk,
      Parts parts) {
    this.segments = segments;
    this.index = index;
    this.keyHash = keyHash;
    this.ticker = ticker;
    this.policy = policy;
    this.open = open;
    this.pool = pool;
    this.removals = removals;
    this.changes = changes;
    this.sizeWalk = sizeWalk;
    this.parts = parts;
    keys = memory.newView();
    values = memory.newView();
    draft = new Draft(memory.newView());
  }

  /** How many bytes of items were moved, ever. */
  long movedBytes() {
    return movedBytes;
  }

  /** How much of the segment has been cleaned. */
  long sweptBytes(Sweep sweep) {
    return sweep.isIdle() ? 0 : sweep.cursor - segments.startOf(sweep.segment);
  }

  /** Begins with a segment that is closed and has no writers. */
  void begin(Sweep sweep, int segment, Purpose purpose) {
    assert !segments.hasWriters(segment) : "writers: segment=" + segment;
    sweep.segment = segment;
    sweep.purpose = purpose;
    sweep.cursor = segments.firstItemOf(segment);
    sweep.end = segments.startOf(segment) + segments.writeOffset(segment);
    sweep.next = 0;
    sweep.count = 0;
  }

  /**
   * Cleans up to {@code maxItems} items, and with the last one, gives the segment back.
   *
   * @param mainStamp when the segment was opened that the main queue is giving up
   * @return what became of the last one
   */
  Fate sweep(Sweep sweep, int maxItems, long mainStamp) {
    oldestMainStamp = mainStamp;
    Fate fate = Fate.WAS_DEAD;
    try {
      for (int i = 0; i < maxItems && !sweep.isIdle(); i++) {
        fate = isSwept(sweep) ? Fate.WAS_DEAD : clean(sweep);
        if (!sweep.isIdle() && isSwept(sweep)) {
          finish(sweep);
        }
      }
    } finally {
      gone.tell();
      come.tell();
    }
    return fate;
  }

  private boolean isSwept(Sweep sweep) {
    return sweep.cursor >= sweep.end
        || (sweep.next == sweep.count && segments.isDead(sweep.segment));
  }

  private void finish(Sweep sweep) {
    gone.tell();
    int segment = sweep.segment;
    for (int attempt = 1; !segments.isDead(segment); attempt++) {
      Backoff.pause(attempt); // The last item has been marked dead and is about to be counted.
    }
    if (sweep.purpose == Purpose.EVICT && queue(sweep) == SMALL) {
      policy.smallSegmentEvicted(segments.stamp(segment));
    }
    sweep.segment = NO_SEGMENT;
    pool.giveBack(segment);
  }

  private int queue(Sweep sweep) {
    return ItemClass.queue(segments.itemClass(sweep.segment));
  }

  /** Cleans the item at the cursor and moves the cursor on. */
  private Fate clean(Sweep sweep) {
    if (sweep.next == sweep.count) {
      lookAhead(sweep);
      if (sweep.purpose == Purpose.MERGE && movableCount > 0) {
        moveTogether(sweep);
      }
    }
    long hash = sweep.hashes[sweep.next];
    here.location = sweep.cursor;
    long address = segments.address(sweep.cursor);
    item.at(address, segments.expiryBaseMillis(sweep.segment));
    long next = segments.behind(sweep.cursor, item.bytes());
    Fate fate = ItemLayout.isDead(address) ? Fate.WAS_DEAD : fate(sweep, hash);
    sweep.cursor = next; // Not before: an item that is passed over alive would never be freed.
    sweep.next++;
    return fate;
  }

  /** Decides on the item, again and again until nobody has changed it meanwhile. */
  private Fate fate(Sweep sweep, long hash) {
    Fate fate = null;
    while (fate == null) {
      long slotAddress = index.find(hash, here);
      fate = slotAddress == NOT_FOUND ? Fate.WAS_DEAD : decide(sweep, hash, slotAddress);
    }
    return fate;
  }

  /** Nobody writes to the segment any more, so the items that lie there now are those that will. */
  private void lookAhead(Sweep sweep) {
    int window = ItemClass.window(segments.itemClass(sweep.segment));
    long nowMillis = window == TtlWindows.NONE ? 0 : ticker.millis();
    long at = sweep.cursor;
    int count = 0;
    int alive = 0;
    movableCount = 0;
    movableBytes = 0;
    while (count < LOOK_AHEAD_ITEMS && at < sweep.end) {
      long address = segments.address(at);
      item.at(address, segments.expiryBaseMillis(sweep.segment));
      if (!ItemLayout.isDead(address)) {
        sweep.hashes[count] = keyHash.of(item);
        buckets[alive++] = index.homeBucket(sweep.hashes[count]);
        if (isMovable(sweep, at, window, nowMillis)) {
          movable[movableCount] = count;
          movableLocations[movableCount++] = at;
          movableBytes += item.bytes() + segments.prefixBytes();
        }
      }
      at = segments.behind(at, item.bytes());
      count++;
    }
    touched = NativeMemory.touch(buckets, alive);
    touched += NativeMemory.touch(segments.address(at), fetchedBytes(sweep, at));
    sweep.next = 0;
    sweep.count = count;
  }

  /** Whether the item can move as it is, with those before it, unless its version is known. */
  private boolean isMovable(Sweep sweep, long location, int window, long nowMillis) {
    return !parts.isCleared(item, segments.sequenceAcquire(sweep.segment), location)
        && movableBytes + (long) item.bytes() <= segments.segmentBytes() >>> TOGETHER_SHIFT
        && (!item.expires()
            || (item.expiresAtMillis() > nowMillis
                && TtlWindows.of(item.expiresAtMillis(), nowMillis) == window));
  }

  /** How much of the segment to fetch that will be looked at next: as much as last time. */
  private static int fetchedBytes(Sweep sweep, long at) {
    return (int) Math.min(MAX_FETCHED_BYTES, Math.min(at - sweep.cursor, sweep.end - at));
  }

  /** Valid until the next call. */
  private ByteBuffer key() {
    return keys.of(item.keyAddress(), item.keyBytes());
  }

  /**
   * Does what is to be done with a living item, or returns null if it has to be looked at again.
   */
  private @Nullable Fate decide(Sweep sweep, long hash, long slotAddress) {
    if (parts.isCleared(item, segments.sequenceAcquire(sweep.segment), here.location)) {
      return unlink(sweep, hash, slotAddress, Fate.CLEARED);
    }
    if (item.expires() && item.expiresAtMillis() <= ticker.millis()) {
      return unlink(sweep, hash, slotAddress, Fate.EXPIRED);
    }
    int queue = queue(sweep);
    int frequency = SlotLayout.frequency(here.slot);
    int destination = queue;
    if (sweep.purpose == Purpose.EVICT) {
      destination = EvictionPolicy.destination(queue, frequency);
      frequency = EvictionPolicy.frequencyAfter(queue, frequency);
    }
    if (destination == NOWHERE) {
      return unlink(sweep, hash, slotAddress, Fate.EVICTED);
    }
    if (segments.runLength(sweep.segment) > 1 && sweep.purpose != Purpose.VACATE) {
      HashIndex.setFrequency(slotAddress, here.slot, frequency);
      keepRun(sweep, destination);
      return Fate.KEPT;
    }
    return item.expires() || isToCarryItsVersion()
        ? moveChanged(sweep, hash, slotAddress, destination, frequency)
        : moveUnchanged(sweep, hash, slotAddress, destination, frequency);
  }

  /** Unlinks the item. Returns null if it is not linked there any more. */
  private @Nullable Fate unlink(Sweep sweep, long hash, long slotAddress, Fate fate) {
    long table = index.tableOf(hash);
    index.lock(table);
    try {
      if (!SlotLayout.sameItem(NativeMemory.getLongAcquire(slotAddress), here.slot)) {
        return null;
      }
      index.loses(table, segments.sequenceAcquire(sweep.segment), here.location);
      index.remove(table, slotAddress);
      assert KillPoint.UNLINKED.reached();
      segments.markDead(item.address());
      gone.add(sweep.segment, -item.bytes());
      tellIfDurable();
      parts.unlinked(item, segments.sequenceAcquire(sweep.segment), here.location, fate);
      if (fate == Fate.EVICTED) {
        leaveGhost(sweep, table, hash);
      }
    } finally {
      index.unlock(table);
    }
    if (item.expires() && fate != Fate.CLEARED && changes.areTold()) {
      changes.tell(item.database(), item.key());
    }
    switch (fate) {
      case EXPIRED -> removals.countExpired();
      case EVICTED -> removals.countEvicted();
      case CLEARED, KEPT, WAS_DEAD -> {}
    }
    return fate;
  }

  private void leaveGhost(Sweep sweep, long table, long hash) {
    int queue = queue(sweep);
    long stamp = segments.stamp(sweep.segment);
    policy.leaveGhost(index.homeBucket(table, hash), hash, queue, stamp, oldestMainStamp);
    if (queue == MAIN) {
      policy.mainEvicted(item.bytes());
    }
  }

  // ---- moving ----

  /** Whether somebody knows the version of the item, which it does not carry: where it lies. */
  private boolean isToCarryItsVersion() {
    return SlotLayout.isObserved(here.slot) && !item.hasVersion();
  }

  /**
   * Moves the items that were looked at ahead and are {@link #isMovable}. Any that cannot be linked
   * elsewhere, since somebody is changing it or knows its version, stays alive where it is.
   */
  private void moveTogether(Sweep sweep) {
    turnToMovable(sweep, 0);
    int place = open.placeOfMerged(segments.itemClass(sweep.segment));
    int bytes = movableBytes - segments.prefixBytes(); // The first one's is reserved with any item.
    long location = pool.reserveForMove(place, bytes, item.expiresAtMillis());
    if (location < 0) {
      return;
    }
    long to = location;
    int moved = 0;
    try {
      copyMovable(sweep, location);
      assert KillPoint.COPIED.reached();
      boolean sameBase =
          segments.expiryBaseMillis(segments.of(location))
              == segments.expiryBaseMillis(sweep.segment);
      for (; sameBase && moved < movableCount; moved++) {
        turnToMovable(sweep, moved);
        if (!relinkMovable(sweep, moved, to)) {
          ItemLayout.markDead(segments.address(to));
        }
        to = segments.behind(to, item.bytes());
      }
    } finally {
      for (; moved < movableCount; moved++) {
        turnToMovable(sweep, moved);
        ItemLayout.markDead(segments.address(to));
        to = segments.behind(to, item.bytes());
      }
      segments.done(segments.of(location));
    }
    tellSizeWalk(sweep);
  }

  private void turnToMovable(Sweep sweep, int i) {
    item.at(segments.address(movableLocations[i]), segments.expiryBaseMillis(sweep.segment));
  }

  private void copyMovable(Sweep sweep, long location) {
    long to = location;
    for (int i = 0; i < movableCount; i++) {
      turnToMovable(sweep, i);
      open.copy(item.address(), to, item.bytes());
      to = segments.behind(to, item.bytes());
    }
  }

  private boolean relinkMovable(Sweep sweep, int i, long to) {
    long hash = sweep.hashes[movable[i]];
    here.location = movableLocations[i];
    long slotAddress = index.find(hash, here);
    return slotAddress != NOT_FOUND
        && !isToCarryItsVersion()
        && relink(sweep, hash, slotAddress, to, item.bytes(), SlotLayout.frequency(here.slot));
  }

  /** What was deleted meanwhile is told of, too: the walk may have seen it before as well. */
  private void tellSizeWalk(Sweep sweep) {
    for (int i = 0; sizeWalk.isWalking() && i < movableCount; i++) {
      turnToMovable(sweep, i);
      sizeWalk.moved(item);
    }
  }

  /** Copies the item, byte by byte, to an open segment and links it there. */
  private @Nullable Fate moveUnchanged(
      Sweep sweep, long hash, long slotAddress, int queue, int frequency) {
    int bytes = item.bytes();
    int place = open.place(ItemClass.of(queue, TtlWindows.NONE), 0);
    long location = pool.reserveForMove(place, bytes, item.expiresAtMillis());
    if (location < 0) {
      return unlink(sweep, hash, slotAddress, Fate.EVICTED);
    }
    return place(sweep, hash, slotAddress, null, location, bytes, frequency);
  }

  /** Writes the item anew in an open segment and links it there. */
  private @Nullable Fate moveChanged(
      Sweep sweep, long hash, long slotAddress, int queue, int frequency) {
    long nowMillis = item.expires() ? ticker.millis() : 0;
    ByteBuffer value = values.of(item.valueAddress(), item.valueBytes());
    Draft copy =
        draft.copyOf(
            item,
            item.marks(),
            item.database(),
            key(),
            value,
            item.expiresAtMillis(),
            versionToKeep(sweep),
            nowMillis);
    int place = open.place(ItemClass.of(queue, copy.window()), 0);
    long location = pool.reserveForMove(place, copy.bytes(), copy.expiresAtMillis());
    if (location < 0) {
      return unlink(sweep, hash, slotAddress, Fate.EVICTED);
    }
    return place(sweep, hash, slotAddress, copy, location, (int) copy.bytes(), frequency);
  }

  private long versionToKeep(Sweep sweep) {
    if (item.hasVersion()) {
      return item.version();
    }
    return isToCarryItsVersion()
        ? segments.version(segments.sequenceAcquire(sweep.segment), here.location)
        : Draft.NO_VERSION;
  }

  /**
   * Writes the copy, or the item as it is if there is none, and lets the slot lead there. Returns
   * null if that does not lead to the item any more.
   */
  private @Nullable Fate place(
      Sweep sweep,
      long hash,
      long slotAddress,
      @Nullable Draft copy,
      long location,
      int bytes,
      int frequency) {
    boolean linked = false;
    try {
      if (copy == null) {
        open.copy(item.address(), location, bytes);
      } else {
        open.write(copy, location);
      }
      assert KillPoint.COPIED.reached();
      linked = relink(sweep, hash, slotAddress, location, bytes, frequency);
    } finally {
      if (!linked) {
        ItemLayout.markDead(segments.address(location));
      }
      segments.done(segments.of(location));
    }
    if (!linked) {
      return null;
    }
    sizeWalk.moved(item);
    return Fate.KEPT;
  }

  private boolean relink(
      Sweep sweep, long hash, long slotAddress, long location, int bytes, int frequency) {
    long table = index.tableOf(hash);
    long newSlot = SlotLayout.slot(HashIndex.tagOf(hash), location, frequency);
    index.lock(table);
    try {
      // If somebody has asked for its version meanwhile, it must take that along.
      index.loses(table, segments.sequenceAcquire(sweep.segment), here.location);
      if (!HashIndex.swap(slotAddress, here.slot, newSlot)) {
        return false;
      }
      assert KillPoint.UNLINKED.reached();
      segments.linked(location);
      segments.markDead(item.address());
      parts.moved(item, segments.sequenceAcquire(sweep.segment), here.location, bytes);
      come.add(segments.of(location), bytes);
      gone.add(sweep.segment, -item.bytes());
      tellIfDurable();
      movedBytes += bytes;
      return true;
    } finally {
      index.unlock(table);
    }
  }

  /** What a killed process leaves can be repaired only if no account lags behind its table. */
  private void tellIfDurable() {
    if (index.isDurable()) {
      come.tell();
      gone.tell();
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
