package io.speicher.store.segment;

/**
 * Brings what a batch of keys needs into the processor's cache: all buckets, and then all items, so
 * that it waits for many at a time. One thread uses it, for one batch after the other.
 */
final class ReadAhead {
  /** What so many keys need has room in the cache that is nearest to the processor. */
  static final int MAX_KEYS = 64;

  /**
   * How many lines of an item are fetched. Items are not aligned, so most of 120 bytes lie in
   * three: a GET at 64 took 0.95 of what it takes with two, in eleven rounds. A SET gains nothing
   * by it, and loses 8 to 17 percent with one line alone.
   */
  private static final int ITEM_LINES = 3;

  private final Segments segments;
  private final HashIndex index;
  private final long[] hashes = new long[MAX_KEYS];
  private final long[] addresses = new long[ITEM_LINES * MAX_KEYS];
  private int count;

  @SuppressWarnings("UnusedVariable") // It need not be read, see NativeMemory.touch.
  private long touched;

  ReadAhead(Segments segments, HashIndex index) {
    this.segments = segments;
    this.index = index;
  }

  /** Begins a batch. */
  void begin() {
    count = 0;
  }

  /** Adds a key to the batch, at most {@link #MAX_KEYS}. */
  void add(long hash) {
    hashes[count++] = hash;
  }

  /** The hash of a key of the batch. */
  long hash(int keyIndex) {
    return hashes[keyIndex];
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
    for (int i = 0; i < count; i++) {
      long slot = HashIndex.candidate(addresses[i], hashes[i]);
      long item = segments.address(HashIndex.location(slot));
      for (int line = 0; line < ITEM_LINES; line++) {
        addresses[line * count + i] = item + (long) line * Lookup.LINE_BYTES;
      }
    }
    touched += NativeMemory.touch(addresses, ITEM_LINES * count);
  }
}
