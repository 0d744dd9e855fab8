package io.speicher.store.segment;

/** Decides which items are worth their room. */
final class EvictionPolicy {
  static final int SMALL = 0;
  static final int MAIN = 1;
  static final int QUEUES = 2;

  /** Stands for no queue: the item is evicted. */
  static final int NOWHERE = -1;

  /** Which queue a new item belongs to. */
  int queueOfNew(long hash) {
    return SMALL;
  }

  /** Which queue gives a segment up next. */
  int queueToShrink(int smallSegments, int mainSegments) {
    return smallSegments * 10 >= smallSegments + mainSegments || mainSegments == 0 ? SMALL : MAIN;
  }

  /** Which queue an item goes to when its segment is given up. */
  int verdict(int queue, long hash, int frequency) {
    return frequency > 0 ? MAIN : NOWHERE;
  }

  int frequencyAfter(int queue, int frequency) {
    return queue == SMALL ? 0 : frequency - 1;
  }

  void evicted(int queue, long hash) {}
}
