package io.speicher.store.segment;

import java.util.Arrays;
import java.util.function.LongPredicate;

/**
 * A store of another size in miniature: it is given a sample of the keys, has as small a part of
 * the memory, and remembers hashes instead of items. So its hit ratio is about that of the whole.
 * It follows {@link EvictionPolicy}, item by item instead of segment by segment.
 *
 * <p>One thread at a time.
 */
final class Miniature {

  /*
   * Waldspurger, Saemundsson, Ahmad and Park: "Cache Modeling and Optimization using Miniature
   * Simulations", USENIX ATC 2017. Items are kept in arrays, linked to queues by their indices, and
   * found by a hash table with linear probing.
   */

  /** How many bytes an entry takes, its share of the hash table included. */
  static final int ENTRY_BYTES = 50;

  private static final int NONE = -1;

  // States of an entry, which are also the numbers of their queues.
  private static final byte SMALL = 0;
  private static final byte MAIN = 1;
  private static final byte GHOST = 2;
  private static final int QUEUES = 3;

  private static final double FIRST_SMALL_SHARE = 0.02;
  private static final double MIN_SMALL_SHARE = 0.01;
  private static final double MAX_SMALL_SHARE = 0.9;
  private static final double LARGER_BY = 0.05;
  private static final int STEP_ITEMS = 6;
  private static final int MAX_STEPS = 64;
  private static final double GHOST_CAPACITIES = 3.25;

  private final int[] table;
  private final long[] keys;
  private final int[] previous;
  private final int[] next;
  private final int[] bytes;
  private final byte[] states;
  private final byte[] frequencies;

  /**
   * When an item was stored, or moved within the main queue; by what was stored before, in bytes.
   */
  private final long[] stamps;

  /** For a ghost: how much its queue had evicted before it. */
  private final long[] evictedBefore;

  private final byte[] origins;
  private final int[] heads = new int[QUEUES];
  private final int[] tails = new int[QUEUES];
  private final long[] queueBytes = new long[QUEUES];
  private final long[] evictedBytes = new long[QUEUES];
  private int free;

  private long capacityBytes;
  private double smallTargetBytes;
  private long clock;
  private boolean full;

  /**
   * @param maxEntries items and ghosts together
   */
  Miniature(int maxEntries, long capacityBytes) {
    this.capacityBytes = capacityBytes;
    smallTargetBytes = FIRST_SMALL_SHARE * capacityBytes;
    // Three quarters full at most: with more, linear probing would look at hundreds of places.
    table = new int[Integer.highestOneBit(Math.max(2, maxEntries * 4 / 3)) * 2];
    Arrays.fill(table, NONE);
    keys = new long[maxEntries];
    previous = new int[maxEntries];
    next = new int[maxEntries];
    bytes = new int[maxEntries];
    states = new byte[maxEntries];
    frequencies = new byte[maxEntries];
    stamps = new long[maxEntries];
    evictedBefore = new long[maxEntries];
    origins = new byte[maxEntries];
    Arrays.fill(heads, NONE);
    Arrays.fill(tails, NONE);
    for (int i = 0; i < maxEntries; i++) {
      next[i] = i + 1 == maxEntries ? NONE : i + 1;
    }
  }

  /** Reads an item, and returns whether it was there. */
  boolean read(long key) {
    int entry = find(key);
    if (entry == NONE || states[entry] == GHOST) {
      return false;
    }
    frequencies[entry] = (byte) Math.min(frequencies[entry] + 1, SlotLayout.MAX_FREQUENCY);
    return true;
  }

  /**
   * Stores an item if it is not there.
   *
   * @return false if there are not enough entries: then {@link #shrink} and try again
   */
  boolean store(long key, int itemBytes) {
    int entry = find(key);
    if (entry != NONE && states[entry] != GHOST) {
      return true;
    }
    if (itemBytes > capacityBytes) {
      return true;
    }
    boolean toMain = entry != NONE && returned(entry);
    if (entry == NONE) {
      entry = newEntry(key);
      if (entry == NONE) {
        return false;
      }
    } else {
      unlink(entry);
    }
    clock += itemBytes;
    makeRoom(itemBytes, toMain);
    bytes[entry] = itemBytes;
    frequencies[entry] = 0;
    stamps[entry] = clock;
    append(entry, toMain ? MAIN : SMALL);
    forgetOldGhosts();
    return true;
  }

  /** Keeps the keys that {@code sample} says yes to, and half of the capacity. */
  void shrink(LongPredicate sample) {
    capacityBytes /= 2;
    smallTargetBytes /= 2;
    for (int queue = 0; queue < QUEUES; queue++) {
      for (int entry = heads[queue]; entry != NONE; ) {
        int following = next[entry];
        if (!sample.test(keys[entry])) {
          remove(entry);
        }
        entry = following;
      }
    }
    makeRoom(0, false);
    // What is left was stored among twice as much.
    for (int queue = 0; queue < QUEUES; queue++) {
      for (int entry = heads[queue]; entry != NONE; entry = next[entry]) {
        stamps[entry] = clock - (clock - stamps[entry]) / 2;
        long evicted = evictedBytes[origins[entry]];
        evictedBefore[entry] = evicted - (evicted - evictedBefore[entry]) / 2;
      }
    }
  }

  long capacityBytes() {
    return capacityBytes;
  }

  // ---- the policy ----

  /** Moves the target of the small queue, and returns whether the item goes to the main queue. */
  private boolean returned(int ghost) {
    int origin = origins[ghost];
    boolean close = evictedBytes[origin] - evictedBefore[ghost] <= LARGER_BY * capacityBytes;
    double step = Math.min(STEP_ITEMS * (double) bytes[ghost], (double) capacityBytes / MAX_STEPS);
    if (close) {
      double moved = smallTargetBytes + (origin == SMALL ? step : -step * 3 / 4);
      smallTargetBytes =
          Math.clamp(moved, MIN_SMALL_SHARE * capacityBytes, MAX_SMALL_SHARE * capacityBytes);
    }
    return origin == SMALL
        && (queueBytes[SMALL] > smallTargetBytes + bytes[ghost] || oneIdleSince(stamps[ghost]));
  }

  private boolean oneIdleSince(long stamp) {
    int rotations = 0;
    while (rotations < EvictionPolicy.MAX_ROTATIONS
        && heads[MAIN] != NONE
        && stamps[heads[MAIN]] <= stamp) {
      if (!rotate()) {
        return true;
      }
      rotations++;
    }
    return false;
  }

  private void makeRoom(int itemBytes, boolean toMain) {
    while (queueBytes[SMALL] + queueBytes[MAIN] + itemBytes > capacityBytes) {
      full = true;
      long smallBytes = queueBytes[SMALL] + (toMain ? 0 : itemBytes);
      if (heads[MAIN] == NONE || (heads[SMALL] != NONE && smallBytes > smallTargetBytes)) {
        cleanSmall();
      } else {
        rotate();
      }
    }
    while (!full && heads[SMALL] != NONE && queueBytes[SMALL] > smallTargetBytes) {
      move(heads[SMALL], MAIN); // As long as there is room, nothing has to prove its worth.
    }
  }

  private void cleanSmall() {
    int entry = heads[SMALL];
    if (frequencies[entry] > 0) {
      frequencies[entry] = 0;
      stamps[entry] = clock;
      move(entry, MAIN);
    } else {
      evict(entry, SMALL);
    }
  }

  /** Gives the oldest item of the main queue another round, or else evicts it. */
  private boolean rotate() {
    int entry = heads[MAIN];
    if (frequencies[entry] == 0) {
      evict(entry, MAIN);
      return false;
    }
    frequencies[entry]--;
    stamps[entry] = clock;
    move(entry, MAIN);
    return true;
  }

  private void evict(int entry, byte origin) {
    evictedBytes[origin] += bytes[entry];
    evictedBefore[entry] = evictedBytes[origin];
    origins[entry] = origin;
    if (origin == MAIN) {
      stamps[entry] = clock;
    }
    move(entry, GHOST);
  }

  private void forgetOldGhosts() {
    while (heads[GHOST] != NONE
        && clock - stamps[heads[GHOST]] > GHOST_CAPACITIES * capacityBytes) {
      remove(heads[GHOST]);
    }
  }

  // ---- queues ----

  private void move(int entry, byte queue) {
    unlink(entry);
    append(entry, queue);
  }

  private void append(int entry, byte queue) {
    states[entry] = queue;
    previous[entry] = tails[queue];
    next[entry] = NONE;
    if (tails[queue] == NONE) {
      heads[queue] = entry;
    } else {
      next[tails[queue]] = entry;
    }
    tails[queue] = entry;
    queueBytes[queue] += bytes[entry];
  }

  private void unlink(int entry) {
    byte queue = states[entry];
    if (previous[entry] == NONE) {
      heads[queue] = next[entry];
    } else {
      next[previous[entry]] = next[entry];
    }
    if (next[entry] == NONE) {
      tails[queue] = previous[entry];
    } else {
      previous[next[entry]] = previous[entry];
    }
    queueBytes[queue] -= bytes[entry];
  }

  // ---- entries ----

  private int newEntry(long key) {
    if (free == NONE && queueBytes[GHOST] > queueBytes[SMALL] + queueBytes[MAIN]) {
      remove(heads[GHOST]); // Rather a shorter history than a smaller sample.
    }
    int entry = free;
    if (entry == NONE) {
      return NONE;
    }
    free = next[entry];
    keys[entry] = key;
    int at = home(key);
    while (table[at] != NONE) {
      at = at + 1 & table.length - 1;
    }
    table[at] = entry;
    return entry;
  }

  private int find(long key) {
    int at = home(key);
    while (table[at] != NONE && keys[table[at]] != key) {
      at = at + 1 & table.length - 1;
    }
    return table[at];
  }

  /** Takes an entry out of its queue and out of the table, whose row is closed up. */
  private void remove(int entry) {
    unlink(entry);
    int hole = home(keys[entry]);
    while (table[hole] != entry) {
      hole = hole + 1 & table.length - 1;
    }
    int at = hole;
    while (true) {
      at = at + 1 & table.length - 1;
      if (table[at] == NONE) {
        break;
      }
      int home = home(keys[table[at]]);
      boolean stays = hole < at ? home > hole && home <= at : home > hole || home <= at;
      if (!stays) {
        table[hole] = table[at];
        hole = at;
      }
    }
    table[hole] = NONE;
    next[entry] = free;
    free = entry;
  }

  private int home(long key) {
    return (int) key & table.length - 1;
  }
}
