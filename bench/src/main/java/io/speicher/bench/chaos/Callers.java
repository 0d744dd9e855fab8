package io.speicher.bench.chaos;

import io.speicher.client.Cache;
import io.speicher.client.exception.SpeicherException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The threads of a program that use a cache, each a key of its own: they write a number, read it
 * again, and note how each call ended. A value that was never written, or was replaced by one that
 * is known to be there, is wrong.
 */
final class Callers {
  private static final int THREADS = 4;
  private static final long BETWEEN_MICROS = 500;

  /** A call that has ended. */
  private record Ended(long atNanos, long tookNanos, @Nullable SpeicherException failure) {}

  private final Cache<String> cache;
  private final boolean mayForget;
  private final List<Thread> threads = new ArrayList<>();
  private final List<Ended> calls = Collections.synchronizedList(new ArrayList<>());
  private final AtomicLong wrongValues = new AtomicLong();
  private volatile boolean stopped;

  /**
   * @param mayForget whether a value may vanish, since the server does
   */
  Callers(Cache<String> cache, boolean mayForget) {
    this.cache = cache;
    this.mayForget = mayForget;
  }

  void start() {
    for (int i = 0; i < THREADS; i++) {
      String key = "key" + i;
      threads.add(Thread.ofPlatform().daemon().start(() -> work(key)));
    }
  }

  void stop() throws InterruptedException {
    stopped = true;
    for (Thread thread : threads) {
      thread.join();
    }
  }

  private void work(String key) {
    Set<String> possible = new HashSet<>();
    Set<String> unsure = new HashSet<>(); // They may be executed late, after others.
    for (long number = 1; !stopped; number++) {
      String written = Long.toString(number);
      SpeicherException failure = call(() -> cache.set(key, written));
      if (failure == null) {
        possible = new HashSet<>(unsure);
        possible.add(written);
      } else if (failure.maybeExecuted()) {
        unsure.add(written);
        possible.add(written);
      }
      Set<String> allowed = possible;
      call(() -> check(cache.get(key), allowed));
      pause();
    }
  }

  private static void pause() {
    try {
      TimeUnit.MICROSECONDS.sleep(BETWEEN_MICROS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void check(@Nullable String value, Set<String> allowed) {
    if (value == null ? !mayForget && !allowed.isEmpty() : !allowed.contains(value)) {
      wrongValues.incrementAndGet();
    }
  }

  private @Nullable SpeicherException call(Runnable call) {
    long startNanos = System.nanoTime();
    SpeicherException failure = null;
    try {
      call.run();
    } catch (SpeicherException e) {
      failure = e;
    }
    long endNanos = System.nanoTime();
    calls.add(new Ended(endNanos, endNanos - startNanos, failure));
    return failure;
  }

  /** What has been seen since {@code healedNanos} went before, as a row of the table. */
  String row(String fault, long healedNanos) {
    List<Ended> all = List.copyOf(calls);
    Map<String, Integer> failures = new TreeMap<>();
    long longestNanos = 0;
    long firstNanos = Long.MAX_VALUE;
    long lastFailureNanos = healedNanos;
    int well = 0;
    for (Ended call : all) {
      longestNanos = Math.max(longestNanos, call.tookNanos);
      SpeicherException failure = call.failure;
      if (failure == null) {
        well++;
        long afterNanos = call.atNanos - healedNanos;
        firstNanos = afterNanos >= 0 ? Math.min(firstNanos, afterNanos) : firstNanos;
      } else {
        String executed = failure.maybeExecuted() ? " (perhaps executed)" : "";
        failures.merge(failure.getClass().getSimpleName() + executed, 1, Integer::sum);
        lastFailureNanos = Math.max(lastFailureNanos, call.atNanos);
      }
    }
    StringBuilder errors = new StringBuilder();
    failures.forEach((name, count) ->
        errors.append(errors.isEmpty() ? "" : ", ").append(String.format("%,d %s", count, name)));
    return String.format(
        "| %s | %,d | %s | %d ms | %d ms | %d ms | %d |",
        fault,
        well,
        errors.isEmpty() ? "none" : errors,
        TimeUnit.NANOSECONDS.toMillis(longestNanos),
        TimeUnit.NANOSECONDS.toMillis(firstNanos),
        TimeUnit.NANOSECONDS.toMillis(lastFailureNanos - healedNanos),
        wrongValues.get());
  }

  long wrongValues() {
    return wrongValues.get();
  }
}
