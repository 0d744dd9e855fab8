package io.speicher.store.segment;

/**
 * Brings what a batch of keys needs into the processor's cache: all buckets, and then all items, so
 * that it waits for many at a time. One thread uses it, for one batch after the other.
 */
final class ReadAhead {
  /** What so many keys need has room in the cache that is nearest to the processor. */
  static final int MAX_KEYS = 64;

  private final Segments segments;
  private final HashIndex index;
  private final long[] hashes = new long[MAX_KEYS];
  private final long[] addresses = new long[2 * MAX_KEYS];
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
      addresses[i] = segments.address(HashIndex.location(slot));
      // Most items go over into the next line.
      addresses[count + i] = addresses[i] + Lookup.LINE_BYTES;
    }
    touched += NativeMemory.touch(addresses, 2 * count);
  }
}
