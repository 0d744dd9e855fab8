package io.speicher.bench.traces;

/**
 * ARC, for equal items: what was asked for once and what was asked for more often share the
 * capacity, and the keys that each of them has lost lately say which one should have more.
 */
final class Arc implements CacheUnderTest {

  /*
   * Figure 4 of Megiddo and Modha: "ARC: A Self-Tuning, Low Overhead Replacement Cache", USENIX
   * FAST 2003; t1, t2, b1, b2 and p are its names.
   */
  private final int capacity;
  private final KeyQueue once; // t1
  private final KeyQueue often; // t2
  private final KeyQueue lostOnce; // b1
  private final KeyQueue lostOften; // b2

  /** How much of the capacity is meant for {@link #once}; p in the paper. */
  private int onceTarget;

  Arc(int capacity, int keyCount) {
    this.capacity = capacity;
    once = new KeyQueue(keyCount);
    often = new KeyQueue(keyCount);
    lostOnce = new KeyQueue(keyCount);
    lostOften = new KeyQueue(keyCount);
  }

  @Override
  public boolean request(int key, int weight) {
    if (once.contains(key)) {
      once.remove(key);
      often.add(key);
      return true;
    }
    if (often.contains(key)) {
      often.touch(key);
      return true;
    }
    if (lostOnce.contains(key)) {
      int step = Math.max(lostOften.size() / lostOnce.size(), 1);
      onceTarget = Math.min(capacity, onceTarget + step);
      replace(false);
      lostOnce.remove(key);
      often.add(key);
    } else if (lostOften.contains(key)) {
      int step = Math.max(lostOnce.size() / lostOften.size(), 1);
      onceTarget = Math.max(0, onceTarget - step);
      replace(true);
      lostOften.remove(key);
      often.add(key);
    } else {
      makeRoom();
      once.add(key);
    }
    return false;
  }

  /** For a key that nothing is known of. */
  private void makeRoom() {
    int remembered = lostOnce.size() + lostOften.size();
    int all = once.size() + often.size() + remembered;
    if (once.size() + lostOnce.size() == capacity) {
      if (once.size() < capacity) {
        lostOnce.poll();
        replace(false);
      } else {
        once.poll();
      }
    } else if (all >= capacity) {
      if (all == 2 * capacity) {
        lostOften.poll();
      }
      replace(false);
    }
  }

  private void replace(boolean wasOften) {
    boolean fromOnce =
        !once.isEmpty() && (once.size() > onceTarget || (wasOften && once.size() == onceTarget));
    if (fromOnce || often.isEmpty()) {
      lostOnce.add(once.poll());
    } else {
      lostOften.add(often.poll());
    }
  }
}
