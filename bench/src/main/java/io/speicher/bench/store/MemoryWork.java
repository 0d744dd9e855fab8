package io.speicher.bench.store;

import java.nio.ByteBuffer;

/**
 * About what a store has to do with memory for an item of 16 and 32 bytes, and nothing else: one
 * access to a random place for the index, and 48 bytes to or from another random place.
 */
final class MemoryWork {
  private static final int ITEM_BYTES = 48;

  private final ByteBuffer area;
  private final ByteBuffer item = ByteBuffer.allocateDirect(ITEM_BYTES);

  /** Touches all of its memory at once, so that the kernel has no part in what follows. */
  MemoryWork(int areaBytes) {
    this(ByteBuffer.allocateDirect(areaBytes));
  }

  private MemoryWork(ByteBuffer area) {
    this.area = area;
  }

  /** The same memory, for another thread: what each copies to or from is its own. */
  MemoryWork forAnotherThread() {
    return new MemoryWork(area);
  }

  long get(XorShift random) {
    long slot = area.getLong(offset(random));
    item.put(0, area, (int) ((offset(random) + (slot & 1)) & -8), ITEM_BYTES);
    return slot;
  }

  /**
   * As {@link #get}, but each access waits for the last one: give {@code last} what it returned.
   */
  long getInTurn(XorShift random, long last) {
    long slot = area.getLong((int) (offset(random) + (last & 1)) & -8);
    int at = (int) (offset(random) + (slot & 1)) & -8;
    item.put(0, area, at, ITEM_BYTES);
    return area.getLong(at);
  }

  void put(XorShift random) {
    int slot = offset(random);
    area.putLong(slot, area.getLong(slot) + 1);
    area.put(offset(random), item, 0, ITEM_BYTES);
  }

  private int offset(XorShift random) {
    return (int) random.below(area.capacity() - 2 * ITEM_BYTES) & -8;
  }
}
