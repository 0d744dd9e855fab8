package io.speicher.client;

import io.speicher.client.exception.CallInterruptedException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Values that are being loaded in this process, so that each is loaded once.
 *
 * <p>A flight ends when its loader does. Before that it can be forgotten, when the key is written
 * or has taken too long: those who wait still get what it brings, but it is not stored, and who
 * comes later begins another one.
 */
final class Flights<V> {

  /** One value that is being loaded. */
  static final class Flight<V> {
    private final CompletableFuture<@Nullable V> result = new CompletableFuture<>();

    /** Who loads, or null if that is no thread. */
    private final @Nullable Thread owner;

    private volatile boolean forgotten;

    Flight(@Nullable Thread owner) {
      this.owner = owner;
    }

    /** Whether that is the thread that loads. */
    boolean isOf(Thread thread) {
      return owner == thread;
    }

    /** Gives those who wait a value, or null if there is none; the first one counts. */
    void land(@Nullable V value) {
      result.complete(value);
    }

    /**
     * Waits for the value.
     *
     * @throws ExecutionException if none comes of this flight
     */
    @Nullable V await(long nanos)
        throws InterruptedException, ExecutionException, TimeoutException {
      return result.get(nanos, TimeUnit.NANOSECONDS);
    }

    /** The same without waiting. */
    CompletableFuture<@Nullable V> awaitAsync(long nanos) {
      return result.copy().orTimeout(nanos, TimeUnit.NANOSECONDS);
    }

    /** Whether what is loaded may be stored. */
    boolean isWanted() {
      return !forgotten;
    }
  }

  /** Gets the value of a flight, and stores it if it is still wanted. */
  @FunctionalInterface
  interface Load<V> {
    @Nullable V load(Flight<V> flight);
  }

  /** A power of 2. Keys that share a count cost each other a lookup, not a mistake. */
  private static final int LANDINGS = 256;

  private final ConcurrentHashMap<String, Flight<V>> flights = new ConcurrentHashMap<>();
  private final AtomicIntegerArray landings = new AtomicIntegerArray(LANDINGS);
  private final long leaseNanos;
  private final Negatives negatives;

  /**
   * @param leaseNanos how long others wait before one of them loads as well
   * @param negativeNanos how long it is remembered that there is no value
   */
  Flights(long leaseNanos, long negativeNanos) {
    this.leaseNanos = leaseNanos;
    negatives = new Negatives(negativeNanos);
  }

  /** Whether a loader had no value a short time ago. */
  boolean isNegative(String key) {
    return negatives.has(key);
  }

  /** The loader has run: what it returned counts for a while if it is null. */
  void loaded(String key, @Nullable Object value) {
    if (value == null) {
      negatives.remember(key);
    }
  }

  /**
   * How many flights have ended for the key, or for others it shares the count with. Who takes the
   * number, misses the key and then begins a flight, but finds another number, may have missed what
   * one has stored in between, and must look again before it loads.
   */
  int landings(String key) {
    return landings.get(index(key));
  }

  private static int index(String key) {
    return key.hashCode() & (LANDINGS - 1);
  }

  private void land(String key, Flight<V> flight) {
    landings.incrementAndGet(index(key));
    flights.remove(key, flight);
  }

  /**
   * What {@code loader} returns to this thread, or to one that has begun before. What it throws
   * reaches the thread that loads, and the next one of those who wait tries itself.
   */
  @Nullable V load(String key, Load<V> loader) {
    Flight<V> own = new Flight<>(Thread.currentThread());
    while (true) {
      Flight<V> other = flights.putIfAbsent(key, own);
      if (other == null) {
        return fly(key, own, loader);
      } else if (other.owner == own.owner) {
        return loader.load(own); // A loader that asks for its own key.
      }
      try {
        return other.result.get(leaseNanos, TimeUnit.NANOSECONDS);
      } catch (TimeoutException e) {
        flights.remove(key, other);
      } catch (ExecutionException e) {
        // This thread tries itself, and sees what it throws.
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new CallInterruptedException("interrupted while another thread loads", false, e);
      }
    }
  }

  private @Nullable V fly(String key, Flight<V> own, Load<V> loader) {
    try {
      V loaded = loader.load(own);
      land(key, own);
      own.result.complete(loaded);
      return loaded;
    } catch (RuntimeException | Error e) {
      land(key, own);
      own.result.completeExceptionally(e);
      throw e;
    }
  }

  /** The same for a loader that does not wait. */
  CompletableFuture<@Nullable V> loadAsync(
      String key, Function<Flight<V>, CompletableFuture<@Nullable V>> loader) {
    Flight<V> own = new Flight<>(null);
    Flight<V> other = flights.putIfAbsent(key, own);
    if (other != null) {
      return other.result.exceptionallyCompose(failure -> loadAsync(key, loader));
    }
    CompletableFuture<@Nullable V> loading;
    try {
      loading = loader.apply(own);
    } catch (RuntimeException e) {
      loading = CompletableFuture.failedFuture(e);
    }
    return loading.whenComplete((loaded, failure) -> {
      land(key, own);
      if (failure == null) {
        own.result.complete(loaded);
      } else {
        own.result.completeExceptionally(failure);
      }
    });
  }

  /** The flight of the key that there is already, or {@code own}. */
  Flight<V> join(String key, Flight<V> own) {
    Flight<V> other = flights.putIfAbsent(key, own);
    return other == null ? own : other;
  }

  /**
   * Takes the place of the flight of the key that there is already: {@code own} has the task to
   * load. What it brings is for those, too, who wait for the other one.
   */
  void lead(String key, Flight<V> own) {
    Flight<V> other = flights.put(key, own);
    if (other != null && other != own) {
      CompletableFuture<?> unused = own.result.thenAccept(other::land);
    }
  }

  /** Ends a flight: who still waits for it has to ask again. */
  void leave(String key, Flight<V> own) {
    flights.remove(key, own);
    if (!own.result.isDone()) {
      own.result.completeExceptionally(new TimeoutException("nothing was loaded"));
    }
  }

  /** Somebody has written the key, so that what is being loaded may be older. */
  void forget(String key) {
    negatives.forget(key);
    if (!flights.isEmpty()) {
      Flight<V> flight = flights.remove(key);
      if (flight != null) {
        flight.forgotten = true;
      }
    }
  }

  void forgetAll() {
    negatives.forgetAll();
    flights.keySet().forEach(this::forget);
  }
}
