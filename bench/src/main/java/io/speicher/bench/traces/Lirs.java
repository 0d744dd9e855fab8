package io.speicher.bench.traces;

import java.util.Arrays;

/**
 * LIRS, for equal items: keeps those whose last two requests lie closest together, and compares
 * that distance with how long ago others were asked for.
 */
final class Lirs implements CacheUnderTest {

  /*
   * Jiang and Zhang: "LIRS: An Efficient Low Inter-reference Recency Set Replacement Policy to
   * Improve Buffer Cache Performance", SIGMETRICS 2002; LIR, HIR, S and Q are its names. A hundredth
   * of the capacity is for HIR items. The stack remembers the keys of twice the capacity that are
   * gone, which the paper leaves open.
   */
  private static final double HOT_SHARE = 0.99;

  private static final int REMEMBERED_CAPACITIES = 2;

  private enum State {
    /** Nothing is known of it. */
    UNKNOWN,
    /** LIR: stays, and is in the stack. */
    HOT,
    /** HIR, resident: is in the queue, and may be in the stack. */
    COLD,
    /** HIR, not resident: only its place in the stack is remembered. */
    GONE,
  }

  private final int capacity;
  private final int maxHot;
  private final int maxGone;
  private final KeyQueue stack; // S
  private final KeyQueue cold; // Q
  private final KeyQueue gone;

  /** By key. */
  private final State[] states;

  private int hotCount;

  Lirs(int capacity, int keyCount) {
    this.capacity = capacity;
    maxHot = Math.min(capacity - 1, Math.max(1, (int) (capacity * HOT_SHARE)));
    maxGone = REMEMBERED_CAPACITIES * capacity;
    stack = new KeyQueue(keyCount);
    cold = new KeyQueue(keyCount);
    gone = new KeyQueue(keyCount);
    states = new State[keyCount];
    Arrays.fill(states, State.UNKNOWN);
  }

  @Override
  public boolean request(int key, int weight) {
    if (states[key] == State.HOT) {
      boolean wasBottom = stack.oldest() == key;
      stack.touch(key);
      if (wasBottom) {
        prune();
      }
      return true;
    }
    if (states[key] == State.COLD) {
      if (stack.contains(key)) {
        stack.touch(key);
        cold.remove(key);
        becomeHot(key);
      } else {
        stack.add(key);
        cold.touch(key);
      }
      return true;
    }
    miss(key);
    return false;
  }

  private void miss(int key) {
    if (states[key] == State.GONE) {
      gone.remove(key); // Or evicting another one could forget it.
    }
    if (hotCount + cold.size() >= capacity) {
      evict();
    }
    if (stack.contains(key)) {
      stack.touch(key);
      becomeHot(key);
    } else if (hotCount < maxHot) {
      stack.add(key);
      becomeHot(key);
    } else {
      stack.add(key);
      cold.add(key);
      states[key] = State.COLD;
    }
  }

  private void becomeHot(int key) {
    states[key] = State.HOT;
    hotCount++;
    if (hotCount > maxHot) {
      prune();
      int bottom = stack.poll();
      states[bottom] = State.COLD;
      cold.add(bottom);
      hotCount--;
      prune();
    }
  }

  private void evict() {
    int key = cold.poll();
    if (!stack.contains(key)) {
      states[key] = State.UNKNOWN;
      return;
    }
    states[key] = State.GONE;
    gone.add(key);
    if (gone.size() > maxGone) {
      forget(gone.poll());
    }
  }

  private void forget(int key) {
    stack.remove(key);
    states[key] = State.UNKNOWN;
  }

  /** The bottom of the stack is a hot item. */
  private void prune() {
    while (!stack.isEmpty() && states[stack.oldest()] != State.HOT) {
      int key = stack.poll();
      if (states[key] == State.GONE) {
        gone.remove(key);
        states[key] = State.UNKNOWN;
      }
    }
  }
}
