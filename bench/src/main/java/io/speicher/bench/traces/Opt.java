package io.speicher.bench.traces;

import java.util.Arrays;

/**
 * Belady's optimum, which knows the future: it evicts what is asked for again last of all. No cache
 * of equal items hits more often. It has no meaning for items of different sizes.
 */
final class Opt implements CacheUnderTest {
  private static final int NEVER = Integer.MAX_VALUE;

  private final Trace trace;
  private final int capacity;

  /** For each request, the index of the next one for the same key. */
  private final int[] nextRequest;

  private final boolean[] cached;
  private int cachedCount;
  private int now = -1;

  /** The next requests for cached keys; those that have come by are never on top again. */
  private final IntMaxHeap future = new IntMaxHeap();

  Opt(Trace trace, int capacity) {
    this.trace = trace;
    this.capacity = capacity;
    nextRequest = new int[trace.requestCount()];
    cached = new boolean[trace.keyCount()];
    int[] nextOfKey = new int[trace.keyCount()];
    Arrays.fill(nextOfKey, NEVER);
    for (int i = nextRequest.length - 1; i >= 0; i--) {
      nextRequest[i] = nextOfKey[trace.request(i)];
      nextOfKey[trace.request(i)] = i;
    }
  }

  /** Requests have to come in the order of the trace. */
  @Override
  public boolean request(int key, int weight) {
    int next = nextRequest[++now];
    boolean hit = cached[key];
    if (next == NEVER) {
      forget(key);
    } else {
      if (!hit) {
        cached[key] = true;
        cachedCount++;
      }
      future.add(next);
      if (cachedCount > capacity) {
        forget(trace.request(future.removeMax()));
      }
    }
    return hit;
  }

  private void forget(int key) {
    if (cached[key]) {
      cached[key] = false;
      cachedCount--;
    }
  }

  /** A binary heap. */
  private static final class IntMaxHeap {
    private int[] values = new int[1 << 10];
    private int count;

    void add(int value) {
      if (count == values.length) {
        values = Arrays.copyOf(values, count * 2);
      }
      int index = count++;
      while (index > 0 && values[(index - 1) / 2] < value) {
        values[index] = values[(index - 1) / 2];
        index = (index - 1) / 2;
      }
      values[index] = value;
    }

    int removeMax() {
      int max = values[0];
      int value = values[--count];
      int index = 0;
      while (true) {
        int child = 2 * index + 1;
        if (child + 1 < count && values[child + 1] > values[child]) {
          child++;
        }
        if (child >= count || values[child] <= value) {
          break;
        }
        values[index] = values[child];
        index = child;
      }
      values[index] = value;
      return max;
    }
  }
}
