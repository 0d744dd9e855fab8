package io.speicher.cli.copy;

import java.io.IOException;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Reads a source on a thread of its own, ahead of who takes the batches. What is ahead has a bound
 * in bytes; a batch that is longer than that goes alone.
 */
final class Reading implements AutoCloseable {
  private static final int AHEAD_KIB = 32 << 10;

  /** A batch without any items takes something as well. */
  private static final int LEAST_KIB = 64;

  private final Source source;
  private final Thread thread = new Thread(this::read, "speicher-copy-source");
  private final BlockingQueue<Delivery> deliveries = new LinkedBlockingQueue<>();
  private final Semaphore freeKib = new Semaphore(AHEAD_KIB);

  /** A batch, or why there is none; neither at the end. */
  private record Delivery(@Nullable Batch batch, @Nullable Exception failure) {}

  Reading(Source source) {
    this.source = source;
    thread.setDaemon(true);
    thread.start();
  }

  private void read() {
    try {
      Batch batch;
      do {
        batch = source.next();
        freeKib.acquire(batch == null ? 0 : kib(batch));
        deliveries.put(new Delivery(batch, null));
      } while (batch != null);
    } catch (InterruptedException e) {
      // Nobody wants more.
    } catch (IOException | RuntimeException e) {
      deliveries.add(new Delivery(null, e));
    }
  }

  private static int kib(Batch batch) {
    return (int) Math.min(AHEAD_KIB, Math.max(LEAST_KIB, batch.bytes() >> 10));
  }

  /**
   * The next batch, or null at the end.
   *
   * @param whileWaiting is called now and then
   */
  @Nullable Batch take(Runnable whileWaiting) throws IOException, InterruptedException {
    Delivery delivery = deliveries.poll(100, TimeUnit.MILLISECONDS);
    while (delivery == null) {
      whileWaiting.run();
      delivery = deliveries.poll(100, TimeUnit.MILLISECONDS);
    }
    if (delivery.failure() instanceof RuntimeException e) {
      throw e;
    } else if (delivery.failure() instanceof IOException e) {
      throw e;
    }
    return delivery.batch();
  }

  /** A batch that was taken is needed no more. */
  void release(Batch batch) {
    freeKib.release(kib(batch));
  }

  /** Ends the thread, and with it the use of the source. */
  @Override
  public void close() {
    thread.interrupt();
    boolean isInterrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        isInterrupted = true; // The other thread ends soon: it has been interrupted as well.
      }
    }
    if (isInterrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
