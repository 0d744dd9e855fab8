package io.speicher.store.segment;

import java.nio.ByteBuffer;

/**
 * Brings what a batch of keys needs into the processor's cache: all buckets, and then all items, so
 * that it waits for many at a time, and remembers where it saw each. One thread uses it, for one
 * batch after the other.
 */
final class ReadAhead {
  /** What so many keys need has room in the cache that is nearest to the processor. */
  static final int MAX_KEYS = 64;

  /**
   * How much of an item that is read is fetched. Items are not aligned, so most of 120 bytes lie in
   * three lines: a GET at 64 took 0.95 of what it takes with two, in eleven rounds.
   */
  private static final int READ_BYTES = 2 * Lookup.LINE_BYTES + 1;

  /** What lies before the key of most items. */
  private static final int HEADER_BYTES = 8;

  private static final int MAX_LINES = 3;

  private final Segments segments;
  private final HashIndex index;
  private final long[] hashes = new long[MAX_KEYS];

  /** How many bytes of its item are needed. */
  private final int[] needed = new int[MAX_KEYS];

  private final long[] slotAddresses = new long[MAX_KEYS];

  /** Where the keys lie in the buffer that they are pieces of, and how long they are. */
  private final int[] spans = new int[2 * MAX_KEYS];

  private final long[] addresses = new long[MAX_LINES * MAX_KEYS];
  private int count;

  /** The next key to be looked up, and how many have been fetched. */
  private int next;

  private int fetched;

  @SuppressWarnings("UnusedVariable") // It need not be read, see NativeMemory.touch.
  private long touched;

  ReadAhead(Segments segments, HashIndex index) {
    this.segments = segments;
    this.index = index;
  }

  /** Begins a batch. */
  void begin() {
    count = 0;
    next = 0;
    fetched = 0;
  }

  /** Adds a key whose value will be read to the batch, which has at most {@link #MAX_KEYS}. */
  void addRead(long hash, int start, int keyBytes) {
    add(hash, start, keyBytes, READ_BYTES);
  }

  /** Adds a key that will be written: of its present item no more is needed than its own key. */
  void addWrite(long hash, int start, int keyBytes) {
    add(hash, start, keyBytes, Math.min(READ_BYTES, HEADER_BYTES + keyBytes));
  }

  private void add(long hash, int start, int keyBytes, int neededBytes) {
    hashes[count] = hash;
    spans[2 * count] = start;
    spans[2 * count + 1] = keyBytes;
    needed[count++] = neededBytes;
  }

  /** Whether this looks like the next key of the batch, though other bytes may lie there by now. */
  boolean isNext(ByteBuffer key) {
    return next < fetched
        && spans[2 * next] == key.position()
        && spans[2 * next + 1] == key.remaining();
  }

  /** Goes on to the key after the next one, and returns the number of that. */
  int takeNext() {
    return next++;
  }

  /** The hash of a key that was fetched. */
  long hash(int keyIndex) {
    return hashes[keyIndex];
  }

  /** The address of the slot of the index where such a key was most likely to be found. */
  long slotAddress(int keyIndex) {
    return slotAddresses[keyIndex];
  }

  /**
   * Reads the first lines of all. The less a loop does beside reading, the more of its rounds are
   * under way at once; so there are several.
   */
  void fetch() {
    for (int i = 0; i < count; i++) {
      addresses[i] = index.homeBucket(hashes[i]);
    }
    touched = NativeMemory.touch(addresses, count);
    int lines = count; // The bucket of a key is read before its place is needed for a line.
    for (int i = 0; i < count; i++) {
      slotAddresses[i] = HashIndex.candidate(addresses[i], hashes[i]);
      long item = segments.address(HashIndex.location(NativeMemory.getLong(slotAddresses[i])));
      addresses[i] = item;
      int last = needed[i] - 1;
      for (int at = Lookup.LINE_BYTES; at < last; at += Lookup.LINE_BYTES) {
        addresses[lines++] = item + at;
      }
      addresses[lines++] = item + last;
    }
    touched += NativeMemory.touch(addresses, lines);
    fetched = count;
  }
}
