package io.speicher.client;

import static io.speicher.client.Arguments.nonNull;

import io.speicher.client.backend.Feature;
import io.speicher.client.backend.Operation;
import io.speicher.client.exception.SpeicherException;
import io.speicher.protocol.Command;
import io.speicher.protocol.Command.View;
import io.speicher.protocol.Condition;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A cache whose commands a backend executes, and whose calls do not wait for that. */
final class BackendAsyncCache<V> implements AsyncCache<V> {
  private final Calls<V> calls;
  private final Flights<V> flights;
  private final FleetLoads<V> fleetLoads;

  BackendAsyncCache(Calls<V> calls, Flights<V> flights, FleetLoads<V> fleetLoads) {
    this.calls = calls;
    this.flights = flights;
    this.fleetLoads = fleetLoads;
  }

  // ---- reading ----

  @Override
  public CompletableFuture<@Nullable V> get(String key) {
    return this.<@Nullable V>orElse(
        calls.<@Nullable V>submit(Operation.GET, calls.get(key, View.VALUE), calls::value),
        failure -> {
          calls.counters.misses.increment();
          return null;
        });
  }

  /** The future, whose failure is a result where it is to be hidden. */
  private <T extends @Nullable Object> CompletableFuture<T> orElse(
      CompletableFuture<T> future, Function<Throwable, ? extends T> hidden) {
    if (!calls.hidesFailures()) {
      return future;
    }
    return future.exceptionallyCompose(failure ->
        calls.isHidden(failure)
            ? CompletableFuture.completedFuture(hidden.apply(failure))
            : CompletableFuture.failedFuture(failure));
  }

  @Override
  public CompletableFuture<@Nullable V> get(
      String key, Function<String, ? extends CompletableFuture<? extends @Nullable V>> loader) {
    nonNull("loader", loader);
    if (flights.isNegative(key)) {
      return get(key);
    } else if (calls.backend.knows(Feature.LEASES)) {
      return fleetLoads.getAsync(key, loader);
    }
    int landings = flights.landings(key);
    return getOr(
        key,
        () ->
            calls.backend.knows(Feature.LEASES) // There was no connection before.
                ? fleetLoads.getAsync(key, loader)
                : flights.loadAsync(
                    key,
                    flight ->
                        flights.landings(key) == landings
                            ? loadAndSet(key, flight, loader)
                            : getOr(key, () -> loadAndSet(key, flight, loader))));
  }

  /** The value, or what comes of {@code onMiss}. */
  private CompletableFuture<@Nullable V> getOr(
      String key, Supplier<CompletableFuture<@Nullable V>> onMiss) {
    return get(key)
        .thenCompose(
            found -> found == null ? onMiss.get() : CompletableFuture.completedFuture(found));
  }

  private CompletableFuture<@Nullable V> loadAndSet(
      String key,
      Flights.Flight<V> flight,
      Function<String, ? extends CompletableFuture<? extends @Nullable V>> loader) {
    return calls
        .loadAsync(() -> loader.apply(key))
        .<@Nullable V>thenApply(loaded -> {
          flights.loaded(key, loaded);
          return loaded;
        })
        .thenCompose(loaded ->
            loaded == null || !flight.isWanted()
                ? CompletableFuture.completedFuture(loaded)
                : store(key, loaded, calls.options.ttl).thenApply(stored -> loaded));
  }

  @Override
  public CompletableFuture<Map<String, V>> getAll(Collection<String> keys) {
    List<CompletableFuture<Map<String, V>>> parts = new ArrayList<>();
    for (List<String> keysOfPart : calls.parts(keys)) {
      CompletableFuture<Map<String, V>> part =
          calls.submit(
              Operation.GET_ALL, calls.getAll(keysOfPart), reply -> calls.all(keysOfPart, reply));
      parts.add(
          orElse(
              part,
              failure -> {
                calls.counters.misses.add(keysOfPart.size());
                return Map.of();
              }));
    }
    CompletableFuture<Map<String, V>> all =
        CompletableFuture.completedFuture(new LinkedHashMap<>());
    for (CompletableFuture<Map<String, V>> part : parts) {
      all =
          all.thenCombine(
              part,
              (found, more) -> {
                found.putAll(more);
                return found;
              });
    }
    return all;
  }

  @Override
  public CompletableFuture<@Nullable Versioned<V>> getVersioned(String key) {
    return calls.<@Nullable Versioned<V>>submit(
        Operation.GET, calls.get(key, View.VERSION), calls::versioned);
  }

  // ---- writing ----

  @Override
  public CompletableFuture<@Nullable Void> set(String key, V value) {
    return set(key, value, calls.options.ttl);
  }

  @Override
  public CompletableFuture<@Nullable Void> set(String key, V value, Ttl ttl) {
    flights.forget(key);
    return store(key, value, ttl);
  }

  @Override
  public CompletableFuture<@Nullable Void> set(
      String key, V value, Ttl ttl, Collection<String> tags) {
    List<ByteBuffer> known = calls.tags(tags);
    flights.forget(key);
    if (known.isEmpty()) {
      return store(key, value, ttl);
    }
    CompletableFuture<@Nullable Void> stored =
        calls
            .findsAsync(Feature.TAGS)
            .thenCompose(isFound ->
                isFound
                    ? store(key, () -> calls.set(key, value, ttl, known))
                    : CompletableFuture.failedFuture(calls.knowsNoTags()));
    return leaveOut(stored, List.of(key));
  }

  private CompletableFuture<@Nullable Void> store(String key, V value, Ttl ttl) {
    return store(key, () -> calls.set(key, value, ttl, Condition.ALWAYS));
  }

  private CompletableFuture<@Nullable Void> store(String key, Supplier<Command.Set> set) {
    CompletableFuture<@Nullable Void> stored;
    try {
      Command command = set.get();
      stored =
          calls.<@Nullable Void>submit(
              Operation.SET,
              command,
              reply -> {
                calls.counters.sets.increment();
                return null;
              });
    } catch (SpeicherException e) {
      stored = CompletableFuture.failedFuture(e);
    }
    return leaveOut(stored, List.of(key));
  }

  /** An old value that cannot be replaced is worse than none. */
  private CompletableFuture<@Nullable Void> leaveOut(
      CompletableFuture<@Nullable Void> stored, Collection<String> keys) {
    if (!calls.hidesFailures()) {
      return stored;
    }
    return stored.exceptionallyCompose(failure -> {
      if (!calls.isHidden(failure)) {
        return CompletableFuture.failedFuture(failure);
      } else if (Calls.isAboutTheValue(failure)) {
        return deleteAll(keys).<@Nullable Void>handle((deleted, unreachable) -> null);
      }
      return CompletableFuture.<@Nullable Void>completedFuture(null);
    });
  }

  @Override
  public CompletableFuture<@Nullable Void> setAll(Map<String, ? extends V> values) {
    return setAll(values, calls.options.ttl);
  }

  @Override
  public CompletableFuture<@Nullable Void> setAll(Map<String, ? extends V> values, Ttl ttl) {
    values.keySet().forEach(flights::forget);
    CompletableFuture<@Nullable Void> stored;
    try {
      List<CompletableFuture<?>> parts = new ArrayList<>();
      for (Command.SetAll batch : calls.setAll(values, ttl)) {
        int size = batch.items().size();
        parts.add(
            calls.submit(
                Operation.SET_ALL,
                batch,
                reply -> {
                  calls.counters.sets.add(size);
                  return reply;
                }));
      }
      stored =
          CompletableFuture.allOf(parts.toArray(CompletableFuture<?>[]::new))
              .<@Nullable Void>thenApply(done -> null);
    } catch (SpeicherException e) {
      stored = CompletableFuture.failedFuture(e);
    }
    return leaveOut(stored, values.keySet());
  }

  @Override
  public CompletableFuture<Boolean> setIfAbsent(String key, V value) {
    return setIfAbsent(key, value, calls.options.ttl);
  }

  @Override
  public CompletableFuture<Boolean> setIfAbsent(String key, V value, Ttl ttl) {
    return setIf(Operation.SET_IF_ABSENT, key, value, ttl, Condition.ABSENT);
  }

  @Override
  public CompletableFuture<Boolean> replace(String key, long version, V value) {
    return replace(key, version, value, calls.options.ttl);
  }

  @Override
  public CompletableFuture<Boolean> replace(String key, long version, V value, Ttl ttl) {
    return setIf(Operation.REPLACE, key, value, ttl, Condition.version(version));
  }

  private CompletableFuture<Boolean> setIf(
      Operation operation, String key, V value, Ttl ttl, Condition condition) {
    flights.forget(key);
    Command command;
    try {
      command = calls.set(key, value, ttl, condition);
    } catch (SpeicherException e) {
      return CompletableFuture.failedFuture(e);
    }
    return calls.submit(operation, command, reply -> Calls.counted(reply, calls.counters.sets));
  }

  @Override
  public CompletableFuture<Long> add(String key, long by, long initial, Ttl ttl) {
    flights.forget(key);
    return calls.submit(Operation.ADD, calls.add(key, by, initial, ttl), Calls::sum);
  }

  @Override
  public CompletableFuture<Boolean> touch(String key, Ttl ttl) {
    return calls.submit(Operation.TOUCH, calls.touch(key, ttl), Calls::isDone);
  }

  @Override
  public CompletableFuture<@Nullable Ttl> ttl(String key) {
    return calls.<@Nullable Ttl>submit(Operation.TTL, calls.get(key, View.GLANCE), Calls::ttl);
  }

  @Override
  public CompletableFuture<Boolean> delete(String key) {
    flights.forget(key);
    Command command = new Command.Delete(calls.key(key));
    return calls.submit(
        Operation.DELETE, command, reply -> Calls.counted(reply, calls.counters.deletes));
  }

  @Override
  public CompletableFuture<Boolean> invalidate(String key, Duration staleFor) {
    Command command = calls.invalidate(key, staleFor);
    if (!calls.backend.knows(Feature.LEASES)) {
      return delete(key);
    }
    flights.forget(key);
    return calls.submit(Operation.INVALIDATE, command, Calls::isDone);
  }

  @Override
  public CompletableFuture<Boolean> delete(String key, long version) {
    flights.forget(key);
    Command command = new Command.DeleteIf(calls.key(key), Condition.version(version));
    return calls.submit(
        Operation.DELETE_VERSION, command, reply -> Calls.counted(reply, calls.counters.deletes));
  }

  @Override
  public CompletableFuture<Long> deleteAll(Collection<String> keys) {
    keys.forEach(flights::forget);
    CompletableFuture<Long> deleted = CompletableFuture.completedFuture(0L);
    for (List<String> batch : calls.batches(keys)) {
      CompletableFuture<Long> part =
          calls.submit(
              Operation.DELETE_ALL, new Command.DeleteAll(calls.keys(batch)), calls::deleted);
      deleted = deleted.thenCombine(part, Long::sum);
    }
    return deleted;
  }

  @Override
  public CompletableFuture<@Nullable Void> invalidateTag(String tag) {
    return calls.<@Nullable Void>submit(
        Operation.INVALIDATE_TAG, calls.clearTag(tag), reply -> null);
  }
}
