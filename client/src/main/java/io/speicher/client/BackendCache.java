package io.speicher.client;

import static io.speicher.client.Arguments.nonNull;

import io.speicher.client.backend.Feature;
import io.speicher.client.backend.Operation;
import io.speicher.client.exception.ContendedException;
import io.speicher.client.exception.RefusedException;
import io.speicher.client.exception.ServerFailedException;
import io.speicher.client.exception.SpeicherException;
import io.speicher.protocol.Command;
import io.speicher.protocol.Command.View;
import io.speicher.protocol.Condition;
import io.speicher.protocol.Namespace;
import io.speicher.protocol.NamespaceRequest;
import io.speicher.protocol.Reply;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/** A cache whose commands a backend executes, and whose calls wait for that. */
final class BackendCache<V> implements Cache<V> {
  /** So often an update is tried. */
  private static final int MAX_UPDATES = 64;

  /** An update that was beaten waits for up to so long, times the number of attempts. */
  private static final long BEATEN_NANOS = 50_000;

  private final Calls<V> calls;
  private final Flights<V> flights;
  private final FleetLoads<V> fleetLoads;
  private final AsyncCache<V> async;

  BackendCache(Calls<V> calls) {
    this.calls = calls;
    flights = new Flights<>(calls.options.lease.toNanos(), Calls.nanos(calls.options.negativeFor));
    fleetLoads = new FleetLoads<>(calls, flights);
    async = new BackendAsyncCache<>(calls, flights, fleetLoads);
  }

  @Override
  public String name() {
    return calls.name;
  }

  // ---- reading ----

  @Override
  public @Nullable V get(String key) {
    Command command = calls.get(key, View.VALUE);
    try {
      return calls.<@Nullable V>call(Operation.GET, command, calls::value);
    } catch (SpeicherException e) {
      missUnlessThrown(e, 1);
      return null;
    }
  }

  private void missUnlessThrown(SpeicherException failure, int keys) {
    if (!calls.hidesFailures()) {
      throw failure;
    }
    calls.counters.misses.add(keys);
  }

  @Override
  public @Nullable V get(String key, Loader<? extends V> loader) {
    nonNull("loader", loader);
    if (flights.isNegative(key)) {
      return get(key);
    } else if (calls.backend.knows(Feature.LEASES)) {
      return fleetLoads.get(key, loader);
    }
    int landings = flights.landings(key);
    V found = get(key);
    if (found != null) {
      return found;
    } else if (calls.backend.knows(Feature.LEASES)) { // There was no connection before.
      return fleetLoads.get(key, loader);
    }
    return flights.load(
        key,
        flight -> {
          V meanwhile = flights.landings(key) == landings ? null : get(key);
          return meanwhile == null ? loadAndSet(key, flight, loader) : meanwhile;
        });
  }

  private @Nullable V loadAndSet(String key, Flights.Flight<V> flight, Loader<? extends V> loader) {
    V loaded = calls.<@Nullable V>load(() -> loader.load(key));
    flights.loaded(key, loaded);
    if (loaded != null && flight.isWanted()) {
      store(key, loaded, calls.options.ttl);
    }
    return loaded;
  }

  @Override
  public Map<String, V> getAll(Collection<String> keys) {
    List<List<String>> parts = calls.parts(keys);
    if (parts.size() == 1) {
      return getPart(parts.get(0));
    }
    Map<String, V> found = new LinkedHashMap<>();
    parts.forEach(part -> found.putAll(getPart(part)));
    return found;
  }

  private Map<String, V> getPart(List<String> part) {
    Command command = calls.getAll(part);
    try {
      return calls.call(Operation.GET_ALL, command, reply -> calls.all(part, reply));
    } catch (SpeicherException e) {
      missUnlessThrown(e, part.size());
      return new LinkedHashMap<>();
    }
  }

  @Override
  public Map<String, V> getAll(Collection<String> keys, BulkLoader<V> loader) {
    nonNull("loader", loader);
    Map<String, V> found = getAll(keys);
    Set<String> missing = new LinkedHashSet<>(keys);
    missing.removeAll(found.keySet());
    missing.removeIf(flights::isNegative);
    if (!missing.isEmpty()) {
      Map<String, V> loaded = calls.load(() -> loader.loadAll(missing));
      setAll(loaded);
      missing.forEach(key -> flights.loaded(key, loaded.get(key)));
      found.putAll(loaded);
    }
    return found;
  }

  @Override
  public @Nullable Versioned<V> getVersioned(String key) {
    return calls.<@Nullable Versioned<V>>call(
        Operation.GET, calls.get(key, View.VERSION), calls::versioned);
  }

  // ---- writing ----

  @Override
  public void set(String key, V value) {
    set(key, value, calls.options.ttl);
  }

  @Override
  public void set(String key, V value, Ttl ttl) {
    flights.forget(key);
    store(key, value, ttl);
  }

  @Override
  public void set(String key, V value, Ttl ttl, Collection<String> tags) {
    List<ByteBuffer> known = calls.tags(tags);
    flights.forget(key);
    store(
        key,
        () -> {
          if (!known.isEmpty() && !calls.finds(Feature.TAGS)) {
            throw calls.knowsNoTags();
          }
          return calls.set(key, value, ttl, known);
        });
  }

  private void store(String key, V value, Ttl ttl) {
    store(key, () -> calls.set(key, value, ttl, Condition.ALWAYS));
  }

  private void store(String key, Supplier<Command.Set> set) {
    try {
      Command command = set.get();
      calls.call(Operation.SET, command, reply -> reply);
      calls.counters.sets.increment();
    } catch (SpeicherException e) {
      leaveOutUnlessThrown(e, List.of(key));
    }
  }

  /** An old value that cannot be replaced is worse than none. */
  private void leaveOutUnlessThrown(SpeicherException failure, Collection<String> keys) {
    if (!calls.hidesFailures()) {
      throw failure;
    }
    if (Calls.isAboutTheValue(failure)) {
      try {
        deleteAll(keys);
      } catch (SpeicherException e) {
        // The server is away as well, and will be asked again.
      }
    }
  }

  @Override
  public void setAll(Map<String, ? extends V> values) {
    setAll(values, calls.options.ttl);
  }

  @Override
  public void setAll(Map<String, ? extends V> values, Ttl ttl) {
    values.keySet().forEach(flights::forget);
    try {
      for (Command.SetAll batch : calls.setAll(values, ttl)) {
        calls.call(Operation.SET_ALL, batch, reply -> reply);
        calls.counters.sets.add(batch.items().size());
      }
    } catch (SpeicherException e) {
      leaveOutUnlessThrown(e, values.keySet());
    }
  }

  @Override
  public boolean setIfAbsent(String key, V value) {
    return setIfAbsent(key, value, calls.options.ttl);
  }

  @Override
  public boolean setIfAbsent(String key, V value, Ttl ttl) {
    return setIf(Operation.SET_IF_ABSENT, key, value, ttl, Condition.ABSENT);
  }

  @Override
  public boolean replace(String key, long version, V value) {
    return replace(key, version, value, calls.options.ttl);
  }

  @Override
  public boolean replace(String key, long version, V value, Ttl ttl) {
    return setIf(Operation.REPLACE, key, value, ttl, Condition.version(version));
  }

  private boolean setIf(Operation operation, String key, V value, Ttl ttl, Condition condition) {
    flights.forget(key);
    Command command = calls.set(key, value, ttl, condition);
    return calls.call(operation, command, reply -> Calls.counted(reply, calls.counters.sets));
  }

  @Override
  public @Nullable V update(String key, UnaryOperator<@Nullable V> change) {
    nonNull("change", change);
    for (int attempt = 1; attempt <= MAX_UPDATES; attempt++) {
      Reply present = calls.call(Operation.GET, calls.get(key, View.VERSION), reply -> reply);
      long version = Calls.version(present);
      V next = change.apply(calls.value(present));
      if (isUpdated(key, version, next)) {
        return next;
      }
      LockSupport.parkNanos(ThreadLocalRandom.current().nextLong(attempt * BEATEN_NANOS));
    }
    throw new ContendedException(
        "update given up: cache="
            + calls.name
            + " server="
            + calls.backend.server()
            + " (expected: within "
            + MAX_UPDATES
            + " attempts)");
  }

  /**
   * @param version 0 if there is no item
   */
  private boolean isUpdated(String key, long version, @Nullable V next) {
    if (next == null) {
      return version == 0 || isDeletedOrGone(key, version);
    }
    return version == 0 ? setIfAbsent(key, next) : replace(key, version, next);
  }

  private boolean isDeletedOrGone(String key, long version) {
    flights.forget(key);
    Command command = new Command.DeleteIf(calls.key(key), Condition.version(version));
    return calls.call(Operation.DELETE_VERSION, command, reply -> !(reply instanceof Reply.Exists));
  }

  @Override
  public long add(String key, long by, long initial, Ttl ttl) {
    flights.forget(key);
    return calls.call(Operation.ADD, calls.add(key, by, initial, ttl), Calls::sum);
  }

  @Override
  public boolean touch(String key, Ttl ttl) {
    return calls.call(Operation.TOUCH, calls.touch(key, ttl), Calls::isDone);
  }

  @Override
  public @Nullable Ttl ttl(String key) {
    return calls.<@Nullable Ttl>call(Operation.TTL, calls.get(key, View.GLANCE), Calls::ttl);
  }

  @Override
  public boolean delete(String key) {
    flights.forget(key);
    return delete(Operation.DELETE, new Command.Delete(calls.key(key)));
  }

  @Override
  public boolean invalidate(String key, Duration staleFor) {
    Command command = calls.invalidate(key, staleFor);
    if (!calls.backend.knows(Feature.LEASES)) {
      return delete(key);
    }
    flights.forget(key);
    return calls.call(Operation.INVALIDATE, command, Calls::isDone);
  }

  @Override
  public boolean delete(String key, long version) {
    flights.forget(key);
    Command command = new Command.DeleteIf(calls.key(key), Condition.version(version));
    return delete(Operation.DELETE_VERSION, command);
  }

  private boolean delete(Operation operation, Command command) {
    return calls.call(operation, command, reply -> Calls.counted(reply, calls.counters.deletes));
  }

  @Override
  public long deleteAll(Collection<String> keys) {
    keys.forEach(flights::forget);
    long deleted = 0;
    for (List<String> batch : calls.batches(keys)) {
      deleted += deleteBatch(calls.keys(batch));
    }
    return deleted;
  }

  private long deleteBatch(List<ByteBuffer> keys) {
    return calls.call(Operation.DELETE_ALL, new Command.DeleteAll(keys), calls::deleted);
  }

  // ---- all of it ----

  @Override
  public Stream<String> keys(String prefix) {
    ByteBuffer keyPrefix = calls.keyPrefix(prefix);
    return StreamSupport.stream(new Scan(keyPrefix), false);
  }

  @Override
  public void clear() {
    flights.forgetAll();
    if (calls.isWhole()) {
      calls.call(Operation.CLEAR, new Command.Clear(), reply -> reply);
    } else if (!isNamespaceCleared()) {
      clearInSteps();
    }
  }

  /** Clears the cache as a namespace, which it may have to become before, if that is possible. */
  private boolean isNamespaceCleared() {
    Namespace namespace = calls.namespace();
    if (namespace == null || !calls.finds(Feature.NAMESPACES)) {
      return false;
    }
    try {
      if (isCleared()) {
        return true;
      }
      Command declare = new Command.ManageNamespaces(new NamespaceRequest.Create(namespace));
      calls.call(Operation.DECLARE_NAMESPACE, declare, reply -> reply);
      return isCleared();
    } catch (RefusedException | ServerFailedException e) {
      return false; // It may not declare one, or there are too many.
    }
  }

  private boolean isCleared() {
    Command clear = new Command.ClearNamespace(calls.keyPrefix(""));
    return calls.call(Operation.CLEAR_NAMESPACE, clear, Calls::isDone);
  }

  @Override
  public void invalidateTag(String tag) {
    calls.call(Operation.INVALIDATE_TAG, calls.clearTag(tag), reply -> reply);
  }

  private void clearInSteps() {
    ByteBuffer keyPrefix = calls.keyPrefix("");
    long cursor = 0;
    do {
      Reply.Keys step = scan(cursor, keyPrefix);
      List<ByteBuffer> own =
          step.keys().stream().filter(key -> Calls.begins(key, keyPrefix)).toList();
      if (!own.isEmpty()) {
        deleteBatch(own);
      }
      cursor = step.cursor();
    } while (cursor != 0);
  }

  private Reply.Keys scan(long cursor, ByteBuffer keyPrefix) {
    return calls.call(Operation.KEYS, calls.scan(cursor, keyPrefix), reply -> (Reply.Keys) reply);
  }

  @Override
  public AsyncCache<V> async() {
    return async;
  }

  @Override
  public CacheStats stats() {
    return calls.counters.stats();
  }

  /** The keys of the cache, of which it asks for more when the last ones have been taken. */
  private final class Scan extends Spliterators.AbstractSpliterator<String> {
    private final ByteBuffer keyPrefix;
    private final Queue<String> found = new ArrayDeque<>();
    private long cursor;
    private boolean isOver;

    Scan(ByteBuffer keyPrefix) {
      super(Long.MAX_VALUE, Spliterator.NONNULL);
      this.keyPrefix = keyPrefix;
    }

    @Override
    public boolean tryAdvance(Consumer<? super String> action) {
      while (found.isEmpty() && !isOver) {
        step();
      }
      String key = found.poll();
      if (key == null) {
        return false;
      }
      action.accept(key);
      return true;
    }

    private void step() {
      Reply.Keys step = scan(cursor, keyPrefix);
      for (ByteBuffer key : step.keys()) {
        String callersKey = calls.callersKey(key, keyPrefix);
        if (callersKey != null) {
          found.add(callersKey);
        }
      }
      cursor = step.cursor();
      isOver = cursor == 0;
    }
  }
}
