package io.speicher.server.command;

import io.speicher.store.ChangeListener;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/**
 * Who waits for the value of a key that somebody else computes. Any thread may call any method.
 *
 * <p>Few wait at a time, and for different keys: a list for each key is copied as it changes.
 */
public final class LeaseWaits implements ChangeListener {
  /**
   * A key of a database.
   *
   * @param database {@link io.speicher.store.Store#number}
   */
  record Place(int database, ByteBuffer key) {}

  private final Map<Place, List<Runnable>> waiting = new ConcurrentHashMap<>();

  /** Has {@code wake} run whenever the key changes, until it is removed. */
  void add(Place place, Runnable wake) {
    waiting.merge(
        place,
        List.of(wake),
        (present, added) -> Stream.concat(present.stream(), added.stream()).toList());
  }

  void remove(Place place, Runnable wake) {
    waiting.computeIfPresent(
        place,
        (key, present) -> {
          List<Runnable> left = present.stream().filter(one -> !one.equals(wake)).toList();
          return left.isEmpty() ? null : left;
        });
  }

  /** How many wait now. */
  public int count() {
    return waiting.values().stream().mapToInt(List::size).sum();
  }

  @Override
  public void changed(int database, ByteBuffer key) {
    if (!waiting.isEmpty()) {
      waiting.getOrDefault(new Place(database, key), List.of()).forEach(Runnable::run);
    }
  }

  @Override
  public void cleared() {
    waiting.values().forEach(all -> all.forEach(Runnable::run));
  }
}
