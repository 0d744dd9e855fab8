package io.speicher.testing;

import io.netty.buffer.ByteBufAllocator;
import io.netty.util.ResourceLeakDetector;
import io.netty.util.ResourceLeakDetectorFactory;
import java.lang.ref.Reference;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.util.function.Consumer;

/**
 * Makes Netty's leak detectors report to us at once, instead of to a log some time. Only where
 * Netty is: no other class mentions it.
 */
final class LeakSearch {
  private static final long PATIENCE_MILLIS = 1_000;

  private LeakSearch() {}

  /**
   * Returns a search for buffers that nobody released and nobody can any more. It must be started
   * before the first buffer is allocated.
   */
  static Runnable start(Consumer<String> leaks) {
    ResourceLeakDetectorFactory.setResourceLeakDetectorFactory(
        new ResourceLeakDetectorFactory() {
          @Override
          @SuppressWarnings("deprecation") // It is the only method that has to be there.
          public <T> ResourceLeakDetector<T> newResourceLeakDetector(
              Class<T> resource, int samplingInterval, long maxActive) {
            return new Detector<>(resource, samplingInterval, leaks);
          }
        });
    return LeakSearch::search;
  }

  private static void search() {
    ReferenceQueue<Object> collected = new ReferenceQueue<>();
    Reference<Object> witness = new WeakReference<>(new Object(), collected);
    System.gc();
    try {
      // Leaks are queued by the thread that queues the witness.
      if (collected.remove(PATIENCE_MILLIS) == null) {
        throw new IllegalStateException("the garbage collector does not run");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      Reference.reachabilityFence(witness);
    }
    // A detector looks into its queue when it tracks another buffer.
    ByteBufAllocator.DEFAULT.buffer(1).release();
  }

  private static final class Detector<T> extends ResourceLeakDetector<T> {
    private final Consumer<String> leaks;

    Detector(Class<?> resource, int samplingInterval, Consumer<String> leaks) {
      super(resource, samplingInterval);
      this.leaks = leaks;
    }

    @Override
    protected boolean needReport() {
      return true;
    }

    @Override
    protected void reportTracedLeak(String resource, String records) {
      leaks.accept(resource + " was not released" + records);
    }

    @Override
    protected void reportUntracedLeak(String resource) {
      leaks.accept(resource + " was not released");
    }
  }
}
