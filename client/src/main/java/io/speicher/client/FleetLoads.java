package io.speicher.client;

import io.speicher.client.Flights.Flight;
import io.speicher.client.backend.Operation;
import io.speicher.client.exception.CallInterruptedException;
import io.speicher.client.exception.SpeicherException;
import io.speicher.protocol.Command;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Loads values once in the fleet: whoever gets the lease of a key loads, and the others take the
 * old value or wait for the new one.
 *
 * <p>Any thread may call any method.
 */
final class FleetLoads<V> {

  /*
   * Of those in this process who wait for another one's load, the first asks the server again and
   * again, and the others wait for it, or for the one here who gets the lease. The server could hold
   * its reply back instead (the member "wait"), but it would hold back all replies behind it on the
   * same connection, which all threads share. The pauses between two questions grow with the time
   * that has passed, so that a wait takes a quarter longer at the most, and a long one costs few
   * questions.
   *
   * A loader that fails, or has no value, gives the task back by deleting the key that has no item:
   * the others would wait until the lease ends. It does so only while the lease lasts, since later
   * the key may have an item of somebody else. An old value is kept when its loader fails: the
   * others live on it, and one of them tries again when the lease is over.
   */

  private static final System.Logger logger = System.getLogger(FleetLoads.class.getName());

  private static final long MIN_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(1);
  private static final long MAX_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

  /** A pause is the part of what has passed since it was asked first. */
  private static final int PAUSE_PART = 4;

  private final Calls<V> calls;
  private final Flights<V> flights;
  private final long leaseNanos;

  FleetLoads(Calls<V> calls, Flights<V> flights) {
    this.calls = calls;
    this.flights = flights;
    leaseNanos = calls.options.lease.toNanos();
  }

  // ---- waiting ----

  /** See {@link Cache#get(String, Loader)}. */
  @Nullable V get(String key, Loader<? extends V> loader) {
    Asked<V> asked = ask(key);
    calls.count(asked);
    if (asked.isEnough()) {
      return taken(key, asked, () -> refresh(key, asked, loader));
    }
    Flight<V> own = new Flight<>(Thread.currentThread());
    try {
      return getOrWait(key, loader, asked, own);
    } finally {
      flights.leave(key, own);
    }
  }

  private @Nullable V getOrWait(
      String key, Loader<? extends V> loader, Asked<V> first, Flight<V> own) {
    long startNanos = System.nanoTime();
    Asked<V> next = first;
    while (true) {
      Asked<V> asked = next;
      if (asked.isEnough()) {
        own.land(asked.value());
        return taken(key, asked, () -> refresh(key, asked, loader));
      } else if (asked.hasLease()) {
        flights.lead(key, own);
        return load(key, asked, own, loader);
      } else if (asked.isUnknown()) {
        return flights.load(key, flight -> loaded(key, loader));
      }
      Flight<V> flight = flights.join(key, own);
      long passedNanos = System.nanoTime() - startNanos;
      boolean isOwnTask = flight != own && flight.isOf(Thread.currentThread());
      if (isOwnTask || passedNanos > leaseNanos) {
        // A loader that asks for its own key, or all who had the lease were too slow.
        return loaded(key, loader);
      }
      if (asked.isInTheWay()) {
        giveBack(key, System.nanoTime());
      } else {
        try {
          return flight.await(flight == own ? pauseNanos(passedNanos) : leaseNanos - passedNanos);
        } catch (TimeoutException | ExecutionException e) {
          // Nothing has come of it, or not yet.
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
          throw new CallInterruptedException("interrupted while another one loads", false, e);
        }
      }
      next = ask(key);
    }
  }

  private @Nullable V loaded(String key, Loader<? extends V> loader) {
    V loaded = calls.<@Nullable V>load(() -> loader.load(key));
    flights.loaded(key, loaded);
    return loaded;
  }

  private static long pauseNanos(long passedNanos) {
    return Math.max(MIN_PAUSE_NANOS, Math.min(MAX_PAUSE_NANOS, passedNanos / PAUSE_PART));
  }

  private Asked<V> ask(String key) {
    try {
      return calls.call(Operation.GET_OR_LEASE, calls.askLease(key), calls::asked);
    } catch (SpeicherException e) {
      if (!calls.hidesFailures()) {
        throw e;
      }
      return Asked.unknown();
    }
  }

  private @Nullable V taken(String key, Asked<V> asked, Runnable refresh) {
    if (asked.isToBeRefreshed()) {
      inBackground(key, refresh);
    }
    return asked.value();
  }

  private void refresh(String key, Asked<V> asked, Loader<? extends V> loader) {
    load(key, asked, new Flight<>(Thread.currentThread()), loader);
  }

  private void inBackground(String key, Runnable refresh) {
    Executor executor = calls.backend.executor();
    try {
      executor.execute(() -> {
        try {
          refresh.run();
        } catch (RuntimeException e) {
          logger.log(System.Logger.Level.DEBUG, () -> "not refreshed early: key=" + key, e);
        }
      });
    } catch (RejectedExecutionException e) {
      // The value is still good, and somebody else tries when the lease is over.
    }
  }

  private @Nullable V load(String key, Asked<V> asked, Flight<V> own, Loader<? extends V> loader) {
    long startNanos = System.nanoTime();
    V loaded;
    try {
      loaded = loaded(key, loader);
    } catch (RuntimeException | Error e) {
      if (!asked.hasItem()) {
        giveBack(key, startNanos);
      }
      throw e;
    }
    if (loaded == null) {
      giveBack(key, startNanos);
      own.land(null);
    } else if (own.isWanted() && store(key, loaded, asked.lease())) {
      own.land(loaded);
    }
    return loaded;
  }

  private boolean isOver(long leasedNanos) {
    return System.nanoTime() - leasedNanos > leaseNanos;
  }

  private void giveBack(String key, long leasedNanos) {
    if (!isOver(leasedNanos)) {
      try {
        calls.delete(key);
      } catch (SpeicherException e) {
        // The lease ends by itself.
      }
    }
  }

  /**
   * Stores what was loaded, unless the key was written meanwhile.
   *
   * @return whether others may have the value
   */
  private boolean store(String key, V value, long lease) {
    try {
      Command command = calls.setWithLease(key, value, lease);
      return calls.call(
          Operation.SET_WITH_LEASE, command, reply -> Calls.counted(reply, calls.counters.sets));
    } catch (SpeicherException e) {
      if (!calls.hidesFailures()) {
        throw e;
      }
      if (Calls.isAboutTheValue(e)) {
        giveBack(key, System.nanoTime());
      }
      return true;
    }
  }

  // ---- not waiting ----

  /** See {@link AsyncCache#get(String, Function)}. */
  CompletableFuture<@Nullable V> getAsync(
      String key, Function<String, ? extends CompletableFuture<? extends @Nullable V>> loader) {
    return askAsync(key)
        .thenCompose(asked -> {
          calls.count(asked);
          Flight<V> own = new Flight<>(null);
          return getOrWaitAsync(key, loader, asked, own, System.nanoTime())
              .whenComplete((value, failure) -> flights.leave(key, own));
        });
  }

  private CompletableFuture<Asked<V>> askAsync(String key) {
    CompletableFuture<Asked<V>> asking =
        calls.submit(Operation.GET_OR_LEASE, calls.askLease(key), calls::asked);
    return asking.exceptionallyCompose(failure ->
        calls.isHidden(failure)
            ? CompletableFuture.completedFuture(Asked.unknown())
            : CompletableFuture.failedFuture(failure));
  }

  private CompletableFuture<@Nullable V> getOrWaitAsync(
      String key,
      Function<String, ? extends CompletableFuture<? extends @Nullable V>> loader,
      Asked<V> asked,
      Flight<V> own,
      long startNanos) {
    if (asked.isEnough()) {
      own.land(asked.value());
      Runnable refresh = () -> loadAsync(key, asked, new Flight<>(null), loader);
      return CompletableFuture.<@Nullable V>completedFuture(taken(key, asked, refresh));
    } else if (asked.hasLease()) {
      flights.lead(key, own);
      return loadAsync(key, asked, own, loader);
    } else if (asked.isUnknown()) {
      flights.leave(key, own);
      return flights.loadAsync(key, flight -> loadedAsync(key, loader));
    }
    Flight<V> flight = flights.join(key, own);
    long passedNanos = System.nanoTime() - startNanos;
    if (passedNanos > leaseNanos) {
      return loadedAsync(key, loader);
    }
    Supplier<CompletableFuture<@Nullable V>> again =
        () -> askAsync(key).thenCompose(next -> getOrWaitAsync(key, loader, next, own, startNanos));
    if (asked.isInTheWay()) {
      return calls.deleteAsync(key).thenCompose(deleted -> again.get());
    }
    long waitNanos = flight == own ? pauseNanos(passedNanos) : leaseNanos - passedNanos;
    return flight.awaitAsync(waitNanos).exceptionallyCompose(nothing -> again.get());
  }

  private CompletableFuture<@Nullable V> loadAsync(
      String key,
      Asked<V> asked,
      Flight<V> own,
      Function<String, ? extends CompletableFuture<? extends @Nullable V>> loader) {
    long startNanos = System.nanoTime();
    return loadedAsync(key, loader)
        .whenComplete((loaded, failure) -> {
          if (failure == null ? loaded == null : !asked.hasItem()) {
            giveBackAsync(key, startNanos);
          }
        })
        .thenCompose(loaded -> {
          if (loaded == null) {
            own.land(null);
            return CompletableFuture.<@Nullable V>completedFuture(null);
          } else if (!own.isWanted()) {
            return CompletableFuture.<@Nullable V>completedFuture(loaded);
          }
          return storeAsync(key, loaded, asked.lease())
              .<@Nullable V>thenApply(isStored -> {
                if (isStored) {
                  own.land(loaded);
                }
                return loaded;
              });
        });
  }

  private CompletableFuture<@Nullable V> loadedAsync(
      String key, Function<String, ? extends CompletableFuture<? extends @Nullable V>> loader) {
    return calls
        .loadAsync(() -> loader.apply(key))
        .<@Nullable V>thenApply(loaded -> {
          flights.loaded(key, loaded);
          return loaded;
        });
  }

  private void giveBackAsync(String key, long leasedNanos) {
    if (!isOver(leasedNanos)) {
      CompletableFuture<Boolean> unused = calls.deleteAsync(key);
    }
  }

  private CompletableFuture<Boolean> storeAsync(String key, V value, long lease) {
    CompletableFuture<Boolean> stored;
    try {
      Command command = calls.setWithLease(key, value, lease);
      stored =
          calls.submit(
              Operation.SET_WITH_LEASE,
              command,
              reply -> Calls.counted(reply, calls.counters.sets));
    } catch (SpeicherException e) {
      stored = CompletableFuture.failedFuture(e);
    }
    return stored.exceptionallyCompose(failure -> {
      if (!calls.isHidden(failure)) {
        return CompletableFuture.failedFuture(failure);
      }
      if (Calls.isAboutTheValue(failure)) {
        giveBackAsync(key, System.nanoTime());
      }
      return CompletableFuture.completedFuture(true);
    });
  }
}
