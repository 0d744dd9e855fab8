package io.speicher.bench.traces;

/**
 * 2Q, for equal items: new items pass a queue, and those that are asked for again after they have
 * left it go to an LRU list.
 */
final class TwoQueues implements CacheUnderTest {

  /*
   * The full version of Johnson and Shasha: "2Q: A Low Overhead High Performance Buffer Management
   * Replacement Algorithm", VLDB 1994, with the sizes that they recommend: a quarter of the capacity
   * for new items (A1in), and half as many remembered keys (A1out) as the capacity.
   */
  private final int capacity;
  private final int maxFresh;
  private final int maxRemembered;
  private final KeyQueue fresh; // A1in
  private final KeyQueue remembered; // A1out
  private final KeyQueue proven; // Am

  TwoQueues(int capacity, int keyCount) {
    this.capacity = capacity;
    maxFresh = Math.max(1, capacity / 4);
    maxRemembered = Math.max(1, capacity / 2);
    fresh = new KeyQueue(keyCount);
    remembered = new KeyQueue(keyCount);
    proven = new KeyQueue(keyCount);
  }

  @Override
  public boolean request(int key, int weight) {
    if (proven.contains(key)) {
      proven.touch(key);
      return true;
    }
    if (fresh.contains(key)) {
      return true;
    }
    boolean known = remembered.contains(key);
    if (known) {
      remembered.remove(key);
    }
    if (fresh.size() + proven.size() >= capacity) {
      evict();
    }
    (known ? proven : fresh).add(key);
    return false;
  }

  private void evict() {
    if (fresh.size() > maxFresh || proven.isEmpty()) {
      remembered.add(fresh.poll());
      if (remembered.size() > maxRemembered) {
        remembered.poll();
      }
    } else {
      proven.poll();
    }
  }
}
