package io.speicher.bench.traces;

import java.util.Arrays;

/**
 * Keys of a trace in an order, each at most once: a doubly linked list in two arrays, which finds,
 * adds and removes a key in constant time and allocates nothing. New keys join at the young end.
 */
final class KeyQueue {
  /** Stands for no key. */
  static final int NONE = -1;

  private final int[] older;
  private final int[] younger;

  /** The place between the youngest and the oldest. */
  private final int end;

  private int size;

  /**
   * @param keyCount how many keys the trace has
   */
  KeyQueue(int keyCount) {
    end = keyCount;
    older = new int[keyCount + 1];
    younger = new int[keyCount + 1];
    Arrays.fill(younger, NONE);
    older[end] = end;
    younger[end] = end;
  }

  int size() {
    return size;
  }

  boolean isEmpty() {
    return size == 0;
  }

  boolean contains(int key) {
    return younger[key] != NONE;
  }

  /** The key that joined first, or {@link #NONE}. */
  int oldest() {
    return isEmpty() ? NONE : younger[end];
  }

  /** Adds a key that is not there, as the youngest. */
  void add(int key) {
    int last = older[end];
    younger[last] = key;
    older[key] = last;
    younger[key] = end;
    older[end] = key;
    size++;
  }

  /** Removes a key that is there. */
  void remove(int key) {
    younger[older[key]] = younger[key];
    older[younger[key]] = older[key];
    younger[key] = NONE;
    size--;
  }

  /** Makes a key that is there the youngest. */
  void touch(int key) {
    remove(key);
    add(key);
  }

  /** Removes and returns the oldest key; there is one. */
  int poll() {
    int key = oldest();
    remove(key);
    return key;
  }
}
