package io.speicher.store.segment;

import static io.speicher.store.segment.HashIndex.NOT_FOUND;

import io.speicher.store.Item;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Looks a key up without a lock, and is what it finds: the item as readers see it. One thread uses
 * it, for one operation after the other, so that operations leave no garbage: who begins one closes
 * it, and one that begins within another one needs a lookup of its own.
 *
 * <p>What it found it found at one moment, and whatever happens then, it stays readable, as bytes:
 * memory of the store is always mapped. {@link #isIntact} tells afterwards whether what was read
 * were the bytes of that item.
 */
final class Lookup implements Item, HashIndex.Match, AutoCloseable {
  /** The sequence number of an item that was gone when its version was asked for. */
  private static final long LOST = -1;

  private static final ByteBuffer NO_KEY = ByteBuffer.allocate(0);

  private final Segments segments;
  private final HashIndex index;
  private final KeyHash keyHash;
  private final StoredItem item = new StoredItem();
  private @Nullable SegmentPrefetch batch;
  private @Nullable Draft draft;
  private final NativeMemory.View value;

  /** The number of the thread, from 0 on. */
  final int thread;

  // What the thread has written since it last helped to clean, see Room.help.
  private int writtenItems;
  private long writtenBytes;

  private int database;

  /** What is declared for the key, as it is in that table. */
  private Namespaces.@Nullable Entry entry;

  private @Nullable Namespaces entryTable;

  // What the thread has read since this was last told, see SegmentStore.simulate.
  private int reads;
  private int hits;

  private ByteBuffer key = NO_KEY;
  private long hash;

  /** Where to look first, if the key was prefetched; else NOT_FOUND. */
  private long likelySlotAddress;

  private boolean open;

  /** Whether views of the value are wanted that live side by side. */
  private boolean updating;

  /** Whether the value will be read. */
  private boolean reading;

  @SuppressWarnings("UnusedVariable") // It need not be read, see NativeMemory.touch.
  private long touched;

  private long slotAddress;
  private long slot;
  private int segment;
  private long sequence;

  private long expectedSlot;
  private long expectedSequence;

  Lookup(Segments segments, HashIndex index, KeyHash keyHash, NativeMemory memory, int thread) {
    this.thread = thread;
    this.segments = segments;
    this.index = index;
    this.keyHash = keyHash;
    value = memory.newView();
  }

  // ---- looking ----

  /** Begins an operation. */
  void open() {
    open = true;
    updating = false;
    reading = true;
  }

  /** What is found is shown to an updater, whose result may consist of several views of it. */
  void beginUpdate() {
    updating = true;
  }

  /** What is found will be replaced or removed, whatever its value. */
  void beginWrite() {
    reading = false;
  }

  boolean isOpen() {
    return open;
  }

  @Override
  public void close() {
    open = false;
  }

  /** For operations on many keys. Empty between them. */
  SegmentPrefetch batch() {
    if (batch == null) {
      batch = new SegmentPrefetch(segments, index, keyHash);
    }
    return batch;
  }

  /** What is written in place of what was found. The value that was found is not shown any more. */
  Draft draft() {
    if (draft == null) {
      draft = new Draft(value);
    }
    return draft;
  }

  /** Turns to a key of a database that nothing is known about. */
  void turnTo(int nextDatabase, ByteBuffer nextKey) {
    database = nextDatabase;
    key = nextKey;
    entryTable = null;
    hash = keyHash.of(nextDatabase, nextKey);
    likelySlotAddress = NOT_FOUND;
    slot = 0;
  }

  /** Turns to a key that was added to a batch, for this database or another one. */
  void turnTo(int nextDatabase, ByteBuffer nextKey, SegmentPrefetch prefetch, int place) {
    likelySlotAddress = prefetch.slotAddress(place);
    if (likelySlotAddress == NOT_FOUND || prefetch.database(place) != nextDatabase) {
      turnTo(nextDatabase, nextKey);
      return;
    }
    database = nextDatabase;
    key = nextKey;
    entryTable = null;
    hash = prefetch.hash(place);
    slot = 0;
  }

  /** What is declared for the key in this table, found once. */
  Namespaces.@Nullable Entry entryIn(Namespaces declared) {
    if (entryTable != declared) {
      entry = declared.of(key);
      entryTable = declared;
    }
    return entry;
  }

  /** Looks (again), and returns whether the key has an item, expired or not. */
  boolean find() {
    slot = 0;
    return findPrefetched() || index.find(hash, this) != NOT_FOUND;
  }

  /** Looks where the key was seen when it was prefetched. */
  private boolean findPrefetched() {
    if (likelySlotAddress == NOT_FOUND) {
      return false;
    }
    boolean found = index.findAt(likelySlotAddress, hash, this) != NOT_FOUND;
    likelySlotAddress = NOT_FOUND;
    if (!found) {
      // Should a caller have mistaken the place, an item linked by that hash would be lost.
      hash = keyHash.of(database, key);
    }
    return found;
  }

  /** As {@link #find}, in a table that the caller has locked. */
  boolean findLocked(long table) {
    if (slot != 0) { // Most likely it is still there.
      long now = NativeMemory.getLongAcquire(slotAddress);
      if (SlotLayout.sameItem(now, slot) && isIntact()) {
        slot = now;
        return true;
      }
    }
    slot = 0;
    return index.findLocked(table, HashIndex.tagOf(hash), this) != NOT_FOUND;
  }

  /**
   * Reads the item that a slot leads to. The sequence number of the segment's life is read between
   * two looks at the slot, so it is that of the life in which the item lies; and it is looked at
   * again after the header and the key were read, so they are the item's own. Where one of these
   * fails, somebody is changing this table, and {@link HashIndex#find} looks again.
   */
  @Override
  public boolean matches(long candidateAddress, long candidate) {
    long location = SlotLayout.location(candidate);
    slotAddress = candidateAddress;
    segment = segments.of(location);
    sequence = segments.sequenceAcquire(segment);
    if (!SlotLayout.sameItem(NativeMemory.getLongAcquire(candidateAddress), candidate)) {
      return false;
    }
    long address = segments.address(location);
    if (reading) {
      // Most items go over into the next line. Both come at the same time, if asked for now.
      touched = NativeMemory.getByte(address + NativeMemory.LINE_BYTES);
    }
    item.at(address, segments, segment);
    if (!item.hasKey(key) || item.database() != database || !isIntact()) {
      return false;
    }
    item.assumeKeyBytes(key.remaining());
    slot = candidate;
    return true;
  }

  /** Remembers the item that was found. */
  void expectThis() {
    expectedSlot = slot;
    expectedSequence = sequence;
  }

  /**
   * Whether what was found now is the item that was remembered. The slot alone does not say so: its
   * segment may have ended, and another item of the key may have come to lie in the same place.
   */
  boolean isExpected() {
    return SlotLayout.same(slot, expectedSlot) && sequence == expectedSequence;
  }

  /** Whether all that was read of the item so far is its own. */
  boolean isIntact() {
    VarHandle.acquireFence();
    return segments.sequenceAcquire(segment) == sequence;
  }

  void countHit() {
    HashIndex.countHit(slotAddress, slot);
  }

  // ---- what its thread reads ----

  /** Counts a read, and returns how many there were since {@link #forgetReads}. */
  int countRead(boolean hit) {
    hits += hit ? 1 : 0;
    return ++reads;
  }

  int hits() {
    return hits;
  }

  void forgetReads() {
    reads = 0;
    hits = 0;
  }

  // ---- what its thread writes ----

  void countWritten(long itemBytes) {
    writtenItems++;
    writtenBytes += itemBytes;
  }

  long writtenBytes() {
    return writtenBytes;
  }

  /** Leaves it to a later write to help. */
  void deferHelp() {
    writtenBytes = 0;
  }

  /** How many items were written since this was last called. */
  int takeWritten() {
    int items = writtenItems;
    writtenItems = 0;
    writtenBytes = 0;
    return items;
  }

  // ---- what was found ----

  ByteBuffer key() {
    return key;
  }

  long hash() {
    return hash;
  }

  /** The version that the item must carry along when it moves; 0 if nobody knows one. */
  long versionToKeep() {
    return item.hasVersion() || SlotLayout.isObserved(slot) ? version() : 0;
  }

  long slotAddress() {
    return slotAddress;
  }

  /** The slot that led to the item, or 0 if there was none. */
  long slot() {
    return slot;
  }

  int segment() {
    return segment;
  }

  /** The sequence number of the segment. */
  long sequence() {
    return sequence;
  }

  long location() {
    return SlotLayout.location(slot);
  }

  StoredItem stored() {
    return item;
  }

  // ---- the item ----

  @Override
  public ByteBuffer value() {
    return updating
        ? NativeMemory.view(item.valueAddress(), item.valueBytes())
        : value.of(item.valueAddress(), item.valueBytes());
  }

  @Override
  public int kind() {
    return item.kind();
  }

  @Override
  public int marks() {
    return item.marks();
  }

  @Override
  public int flags() {
    return item.flags();
  }

  @Override
  public int frequency() {
    return SlotLayout.frequency(slot);
  }

  @Override
  public long expiresAtMillis() {
    return item.expiresAtMillis();
  }

  /**
   * The version that the item carries, or else where it lies. As soon as somebody knows the latter,
   * the item must carry it along when it moves; a mark in its slot says so.
   */
  @Override
  public long version() {
    if (item.hasVersion()) {
      return item.version();
    }
    while (!SlotLayout.isObserved(slot)) {
      long now = NativeMemory.getLongAcquire(slotAddress);
      if (!SlotLayout.sameItem(now, slot)) {
        sequence = LOST;
        break;
      }
      if (SlotLayout.isObserved(now)
          || NativeMemory.compareAndSetLong(slotAddress, now, SlotLayout.observed(now))) {
        slot = SlotLayout.observed(now);
      }
    }
    return segments.version(sequence, SlotLayout.location(slot));
  }
}
