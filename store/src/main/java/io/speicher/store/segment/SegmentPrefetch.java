package io.speicher.store.segment;

import static io.speicher.store.segment.HashIndex.NOT_FOUND;

import io.speicher.store.Prefetch;
import java.nio.ByteBuffer;

/**
 * Brings what a batch of keys needs into the processor's cache: all buckets, and then all items, so
 * that it waits for many at a time, and remembers where it saw each.
 */
final class SegmentPrefetch implements Prefetch {
  /**
   * How much of an item that is read is fetched. Items are not aligned, so most of 120 bytes lie in
   * three lines: a GET at 64 took 0.95 of what it takes with two, in eleven rounds.
   */
  private static final int READ_BYTES = 2 * NativeMemory.LINE_BYTES + 1;

  /** What lies before the key of most items. */
  private static final int HEADER_BYTES = 8;

  private static final int MAX_LINES = 3;

  private final Segments segments;
  private final HashIndex index;
  private final KeyHash keyHash;
  private final long[] hashes = new long[MAX_KEYS];
  private final int[] databases = new int[MAX_KEYS];

  /** How many bytes of its item are needed. */
  private final int[] needed = new int[MAX_KEYS];

  private final long[] slotAddresses = new long[MAX_KEYS];

  private final long[] addresses = new long[MAX_LINES * MAX_KEYS];
  private int count;

  @SuppressWarnings("UnusedVariable") // It need not be read, see NativeMemory.touch.
  private long touched;

  SegmentPrefetch(Segments segments, HashIndex index, KeyHash keyHash) {
    this.segments = segments;
    this.index = index;
    this.keyHash = keyHash;
  }

  @Override
  public void clear() {
    count = 0;
  }

  /** Of an item that will be written no more is needed than its own key. */
  @Override
  public int add(int database, ByteBuffer buffer, int start, int keyBytes, boolean read) {
    if (isFull()) {
      throw new IllegalStateException("batch is full: keys=" + count);
    }
    ItemLayout.requireKey(keyBytes);
    databases[count] = database;
    hashes[count] = keyHash.of(database, buffer, start, keyBytes);
    needed[count] = read ? READ_BYTES : Math.min(READ_BYTES, HEADER_BYTES + keyBytes);
    slotAddresses[count] = NOT_FOUND;
    return count++;
  }

  @Override
  public boolean isFull() {
    return count == MAX_KEYS;
  }

  /** Whether a key with this hash was added at that place. */
  boolean isAt(int place, long hash) {
    return place >= 0 && place < count && hashes[place] == hash;
  }

  /** The database that the key at a place was added for. */
  int database(int place) {
    return databases[place];
  }

  /** The hash of the key at a place. */
  long hash(int place) {
    return hashes[place];
  }

  /**
   * The address of the slot of the index where that key is most likely to be found, or {@link
   * HashIndex#NOT_FOUND} if it was not looked for.
   */
  long slotAddress(int place) {
    return slotAddresses[place];
  }

  /**
   * Reads the first lines of all. The less a loop does beside reading, the more of its rounds are
   * under way at once; so there are several.
   */
  @Override
  public void fetch() {
    if (count <= 1) {
      return; // One alone is waited for as long as without it.
    }
    for (int i = 0; i < count; i++) {
      addresses[i] = index.homeBucket(hashes[i]);
    }
    touched = NativeMemory.touch(addresses, count);
    int lines = count; // The bucket of a key is read before its place is needed for a line.
    for (int i = 0; i < count; i++) {
      slotAddresses[i] = HashIndex.candidate(addresses[i], hashes[i]);
      long item =
          segments.address(SlotLayout.locationOrZero(NativeMemory.getLong(slotAddresses[i])));
      addresses[i] = item;
      int last = needed[i] - 1;
      for (int at = NativeMemory.LINE_BYTES; at < last; at += NativeMemory.LINE_BYTES) {
        addresses[lines++] = item + at;
      }
      addresses[lines++] = item + last;
    }
    touched += NativeMemory.touch(addresses, lines);
  }
}
