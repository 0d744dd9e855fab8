package io.speicher.server.command;

import io.speicher.protocol.Command;
import io.speicher.protocol.Glob;
import io.speicher.protocol.Reply;
import io.speicher.store.Store;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;

/** Finds keys without being told which: for SCAN, KEYS and RANDOMKEY. */
public final class KeySearch {
  /** How many keys are looked at before others have their turn at the index. */
  private static final int SCAN_KEYS = 1_000;

  private static final int MAX_SCAN_STEPS = 10;
  private static final int RANDOM_KEY_TRIES = 100;

  /** So many fit into the heap of a server, which is small, along with everything else. */
  public static final int MAX_FOUND = 100_000;

  private final Store store;

  KeySearch(Store store) {
    this.store = store;
  }

  /** A store that is mostly empty is looked through in larger steps, but not endlessly. */
  Reply scan(Command.Scan scan) {
    if (store.stats().itemCount() == 0) {
      return new Reply.Keys(0, List.of()); // Without walking through an empty index.
    }
    List<ByteBuffer> keys = new ArrayList<>();
    Glob pattern = scan.pattern();
    int count = Math.min(scan.count(), MAX_FOUND);
    int[] seen = new int[1];
    long cursor = scan.cursor();
    int steps = 0;
    do {
      cursor =
          store.scan(
              cursor,
              count,
              key -> {
                seen[0]++;
                if (pattern == null || pattern.matches(key)) {
                  keys.add(key);
                }
              });
      steps++;
    } while (cursor != 0 && seen[0] < count && steps < MAX_SCAN_STEPS);
    return new Reply.Keys(cursor, keys);
  }

  /** All keys, up to {@link #MAX_FOUND}. */
  Reply findAll(Glob pattern) {
    Set<ByteBuffer> keys = new LinkedHashSet<>();
    long cursor = 0;
    do {
      cursor =
          store.scan(
              cursor,
              SCAN_KEYS,
              key -> {
                if (pattern.matches(key)) {
                  keys.add(key);
                }
              });
    } while (cursor != 0 && keys.size() <= MAX_FOUND);
    return keys.size() <= MAX_FOUND
        ? new Reply.Keys(0, List.copyOf(keys))
        : new Reply.Failed(
            Reply.UNAVAILABLE,
            "more than " + MAX_FOUND + " keys match; use SCAN, which finds some at a time");
  }

  /** One of the first keys from a random place on, so that none is left out for ever. */
  Reply any() {
    List<ByteBuffer> keys = new ArrayList<>();
    long cursor = ThreadLocalRandom.current().nextLong();
    for (int i = 0; keys.isEmpty() && i < RANDOM_KEY_TRIES; i++) {
      cursor = store.scan(cursor, 1, keys::add);
    }
    cursor = 0;
    do {
      cursor = keys.isEmpty() ? store.scan(cursor, 1, keys::add) : 0;
    } while (cursor != 0);
    if (keys.isEmpty()) {
      return Reply.Miss.MISS;
    }
    int any = ThreadLocalRandom.current().nextInt(keys.size());
    return new Reply.Keys(0, List.of(keys.get(any)));
  }
}
