package io.speicher.bench.traces;

import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Queue;
import java.util.SequencedMap;

/** S3-FIFO: three queues, none of which is ever reordered. */
final class S3Fifo implements CacheUnderTest {

  /*
   * This follows algorithm 1 of [1]. New items go to a small queue of a tenth of the capacity; what
   * was used more than once in there moves on to the main queue, all else leaves, and only its key
   * stays, in the ghost queue. A key that is found there goes to the main queue at once. The main
   * queue gives what was used another round for each use, of which it counts three at the most.
   *
   * Where the paper leaves it open: the ghost queue has the capacity of the main queue, and a key
   * leaves it when its item is put again; where weights are bytes, so are the capacities of all
   * three; and an item that is larger than the whole capacity is not put.
   *
   * [1] Yang, Zhang, Qiu, Yue, Vigfusson: FIFO queues are all you need for cache eviction. SOSP 2023.
   */
  private static final int SMALL_PERCENT = 10;

  private static final int MAX_USES = 3;

  private final long capacity;
  private final long smallCapacity;
  private final long mainCapacity;
  private final Map<Integer, Item> items = new HashMap<>();
  private final Queue<Item> small = new ArrayDeque<>();
  private final Queue<Item> main = new ArrayDeque<>();
  private final SequencedMap<Integer, Integer> ghost = new LinkedHashMap<>();
  private long smallWeight;
  private long mainWeight;
  private long ghostWeight;

  S3Fifo(long capacity) {
    this.capacity = capacity;
    smallCapacity = Math.max(1, capacity * SMALL_PERCENT / 100);
    mainCapacity = capacity - smallCapacity;
  }

  @Override
  public boolean request(int key, int weight) {
    Item item = items.get(key);
    if (item != null) {
      item.uses = Math.min(item.uses + 1, MAX_USES);
      return true;
    }
    if (weight <= capacity) {
      put(new Item(key, weight));
    }
    return false;
  }

  long usedWeight() {
    return smallWeight + mainWeight;
  }

  private void put(Item item) {
    while (usedWeight() + item.weight > capacity) {
      if (smallWeight >= smallCapacity || main.isEmpty()) {
        evictFromSmall();
      } else {
        evictFromMain();
      }
    }
    items.put(item.key, item);
    Integer known = ghost.remove(item.key);
    if (known == null) {
      small.add(item);
      smallWeight += item.weight;
    } else {
      ghostWeight -= known;
      addToMain(item);
    }
  }

  /** Evicts one item, unless everything has moved on. */
  private void evictFromSmall() {
    for (Item item = small.poll(); item != null; item = small.poll()) {
      smallWeight -= item.weight;
      if (item.uses <= 1) {
        items.remove(item.key);
        remember(item);
        return;
      }
      item.uses = 0;
      addToMain(item);
      if (mainWeight > mainCapacity) {
        evictFromMain();
      }
    }
  }

  private void evictFromMain() {
    Item item = main.remove();
    while (item.uses > 0) {
      item.uses--;
      main.add(item);
      item = main.remove();
    }
    mainWeight -= item.weight;
    items.remove(item.key);
  }

  private void addToMain(Item item) {
    main.add(item);
    mainWeight += item.weight;
  }

  private void remember(Item item) {
    ghost.put(item.key, item.weight);
    ghostWeight += item.weight;
    while (ghostWeight > mainCapacity) {
      ghostWeight -= ghost.pollFirstEntry().getValue();
    }
  }

  private static final class Item {
    final int key;
    final int weight;
    int uses;

    Item(int key, int weight) {
      this.key = key;
      this.weight = weight;
    }
  }
}
