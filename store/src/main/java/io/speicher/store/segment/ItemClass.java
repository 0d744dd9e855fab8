package io.speicher.store.segment;

import static io.speicher.store.segment.EvictionPolicy.QUEUES;

/**
 * The class of a segment that holds items: those of one queue of the eviction policy that expire in
 * one window. A class is a number from 0 on.
 */
final class ItemClass {
  static final int COUNT = QUEUES * TtlWindows.COUNT;

  private ItemClass() {}

  static int of(int queue, int window) {
    return queue * TtlWindows.COUNT + window;
  }

  static int queue(int itemClass) {
    return itemClass / TtlWindows.COUNT;
  }

  static int window(int itemClass) {
    return itemClass % TtlWindows.COUNT;
  }
}
