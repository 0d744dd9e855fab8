package io.speicher.bench.traces;

/**
 * W-TinyLFU with a fixed window, for equal items: an item that leaves the window may stay if it is
 * asked for more often than the one that would have to go. Caffeine, which is compared too, adapts
 * the window.
 */
final class WTinyLfu implements CacheUnderTest {

  /*
   * Einziger, Friedman and Manes: "TinyLFU: A Highly Efficient Cache Admission Policy", ACM
   * Transactions on Storage 2017: a window of a hundredth, a segmented LRU list of which four fifths
   * are protected, and a count-min sketch of four rows that is halved after ten requests for each
   * item of the capacity.
   */
  private static final double WINDOW_SHARE = 0.01;

  private static final double PROTECTED_SHARE = 0.8;

  private final int capacity;
  private final int maxWindow;
  private final int maxProtected;
  private final KeyQueue window;
  private final KeyQueue probation;
  private final KeyQueue protectedItems;
  private final Sketch sketch;

  WTinyLfu(int capacity, int keyCount) {
    this.capacity = capacity;
    maxWindow = Math.max(1, (int) (capacity * WINDOW_SHARE));
    maxProtected = (int) ((capacity - maxWindow) * PROTECTED_SHARE);
    window = new KeyQueue(keyCount);
    probation = new KeyQueue(keyCount);
    protectedItems = new KeyQueue(keyCount);
    sketch = new Sketch(capacity);
  }

  @Override
  public boolean request(int key, int weight) {
    sketch.add(key);
    if (window.contains(key)) {
      window.touch(key);
      return true;
    }
    if (protectedItems.contains(key)) {
      protectedItems.touch(key);
      return true;
    }
    if (probation.contains(key)) {
      probation.remove(key);
      protectedItems.add(key);
      if (protectedItems.size() > maxProtected) {
        probation.add(protectedItems.poll());
      }
      return true;
    }
    window.add(key);
    if (window.size() > maxWindow) {
      admit(window.poll());
    }
    return false;
  }

  private void admit(int candidate) {
    if (window.size() + probation.size() + protectedItems.size() < capacity) {
      probation.add(candidate);
      return;
    }
    KeyQueue victims = probation.isEmpty() ? protectedItems : probation;
    if (!victims.isEmpty() && sketch.frequency(candidate) > sketch.frequency(victims.oldest())) {
      victims.poll();
      probation.add(candidate);
    }
  }

  /** Counts requests by key, up to 15, in so many counters that they are seldom shared. */
  private static final class Sketch {
    private static final int ROWS = 4;
    private static final int MAX_COUNT = 15;
    private static final int COUNTERS_PER_ITEM = 16;
    private static final int REQUESTS_PER_ITEM = 10;

    private final byte[] counters;
    private final int maxRequests;
    private int requests;

    Sketch(int capacity) {
      int wanted = Math.max(16, COUNTERS_PER_ITEM * capacity);
      counters = new byte[Integer.highestOneBit(wanted - 1) * 2];
      maxRequests = REQUESTS_PER_ITEM * capacity;
    }

    int frequency(int key) {
      int least = MAX_COUNT;
      for (int row = 0; row < ROWS; row++) {
        least = Math.min(least, counters[index(key, row)]);
      }
      return least;
    }

    void add(int key) {
      boolean added = false;
      for (int row = 0; row < ROWS; row++) {
        int index = index(key, row);
        if (counters[index] < MAX_COUNT) {
          counters[index]++;
          added = true;
        }
      }
      requests += added ? 1 : 0;
      if (requests >= maxRequests) {
        for (int i = 0; i < counters.length; i++) {
          counters[i] >>= 1;
        }
        requests /= 2;
      }
    }

    private int index(int key, int row) {
      long hash = (key + 1L) * 0x9E37_79B9_7F4A_7C15L + row * 0xC2B2_AE3D_27D4_EB4FL;
      hash ^= hash >>> 32;
      hash *= 0xD6E8_FEB8_6659_FD93L;
      hash ^= hash >>> 29;
      return (int) hash & counters.length - 1;
    }
  }
}
