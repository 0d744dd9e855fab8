package io.speicher.compat;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.speicher.client.Cache;
import io.speicher.client.Codec;
import io.speicher.client.Speicher;
import io.speicher.client.exception.SpeicherException;
import io.speicher.near.Near;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Readers with a near cache, and writers without one. Each key has one writer, and its values grow.
 * A reader notes what of a key has been answered, asks the server for anything, and must then not
 * find an older value. Meanwhile all connections are cut again and again.
 */
final class NearTorture {
  private static final int KEYS = 64;
  private static final int WRITERS = 2;
  private static final int READERS = 3;
  private static final int READS_PER_ROUND = 8;
  private static final int ROUNDS_PER_CUT = 500;
  private static final byte[] KILL_ALL =
      "*4\r\n$6\r\nCLIENT\r\n$4\r\nKILL\r\n$4\r\nTYPE\r\n$6\r\nnormal\r\n".getBytes(US_ASCII);

  /**
   * What has happened.
   *
   * @param lost calls that lost their connection
   * @param cuts how often all connections were cut
   */
  record Report(long writes, long reads, long nearHits, long lost, long cuts) {}

  private final int port;
  private final long endNanos;
  private final AtomicLongArray answered = new AtomicLongArray(KEYS);
  private final AtomicLong writes = new AtomicLong();
  private final AtomicLong reads = new AtomicLong();
  private final AtomicLong rounds = new AtomicLong();
  private final AtomicLong lost = new AtomicLong();
  private final AtomicLong cuts = new AtomicLong();

  NearTorture(int port, Duration time) {
    this.port = port;
    endNanos = System.nanoTime() + time.toNanos();
  }

  /** Runs it to its end; an assertion fails if a reader has found something old. */
  Report run() throws InterruptedException, ExecutionException {
    try (Speicher writing = FleetCaller.connect(port);
        Speicher reading = FleetCaller.connect(port);
        ExecutorService threads = Executors.newCachedThreadPool()) {
      Cache<Long> far = writing.cache("values", Codec.longs());
      Cache<Long> near =
          reading.cache(
              "values", Codec.longs(), o -> o.near(Near.entries(KEYS).maxAge(Duration.ofHours(1))));
      List<Future<?>> tasks = new ArrayList<>();
      for (int i = 0; i < WRITERS; i++) {
        int writer = i;
        tasks.add(threads.submit(until(() -> write(far, writer))));
      }
      for (int i = 0; i < READERS; i++) {
        SplittableRandom random = new SplittableRandom(i);
        tasks.add(threads.submit(until(() -> read(near, random))));
      }
      for (Future<?> task : tasks) {
        task.get();
      }
      return new Report(writes.get(), reads.get(), near.stats().nearHits(), lost.get(), cuts.get());
    }
  }

  /** One round of a thread. */
  @FunctionalInterface
  private interface Round {
    void run() throws Exception;
  }

  private Callable<Boolean> until(Round round) {
    return () -> {
      while (System.nanoTime() - endNanos < 0) {
        try {
          round.run();
        } catch (SpeicherException e) {
          lost.incrementAndGet();
        }
      }
      return true;
    };
  }

  private void write(Cache<Long> far, int writer) {
    for (int key = writer; key < KEYS; key += WRITERS) {
      long next = answered.get(key) + 1;
      far.set("k" + key, next);
      answered.set(key, next);
      writes.incrementAndGet();
    }
  }

  private void read(Cache<Long> near, SplittableRandom random) throws IOException {
    int[] keys = new int[READS_PER_ROUND];
    long[] least = new long[READS_PER_ROUND];
    for (int i = 0; i < READS_PER_ROUND; i++) {
      keys[i] = random.nextInt(KEYS);
      least[i] = answered.get(keys[i]);
    }
    if (rounds.incrementAndGet() % ROUNDS_PER_CUT == 0) {
      cutAll();
    }
    near.getVersioned("any"); // Always of the server: the pushes come before its reply.
    for (int i = 0; i < READS_PER_ROUND; i++) {
      Long value = near.get("k" + keys[i]);
      reads.incrementAndGet();
      if (least[i] > 0 && (value == null || value < least[i])) {
        throw new AssertionError(
            "stale: key=k"
                + keys[i]
                + " value="
                + value
                + " (expected: at least "
                + least[i]
                + ")");
      }
    }
  }

  /** By the server, at a moment that nobody chooses. */
  private void cutAll() throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.getOutputStream().write(KILL_ALL);
      socket.getInputStream().read();
      cuts.incrementAndGet();
    }
  }
}
