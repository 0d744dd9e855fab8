package io.speicher.store.segment;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.speicher.store.FakeTicker;
import io.speicher.store.Opening;
import io.speicher.store.PutOptions;
import io.speicher.store.RecoveryListener;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLongArray;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Syncs while threads write; what one thread's changes leave is drawn in {@link PowerLossTest}. */
final class StoreSyncTest {
  private static final Geometry GEOMETRY = new Geometry(8 << 20, 64 << 10, 0);
  private static final int THREADS = 3;
  private static final int KEYS = 60;
  private static final int LOSSES = 6;

  /** So many changes may be made while the file is written, and between two looks at it later. */
  private static final int CHANGES = 1_500;

  /** Every such key is deleted by every other change. */
  private static final int DELETED = 10;

  @TempDir(factory = MemoryDirectory.class)
  Path directory;

  private final Random random = new Random();

  /** How often each key was changed, as far as that was acknowledged. */
  private final AtomicLongArray changes = new AtomicLongArray(THREADS * KEYS);

  /** For changes: as many as the store has room for until the next sync. */
  private final Semaphore permits = new Semaphore(0);

  private final AtomicBoolean isOver = new AtomicBoolean();

  /**
   * The file is read while others write to it, so its pages are of different instants, as those on
   * a disk are.
   */
  @Test
  void changesBeforeASync_surviveWhileOthersAreMade() throws Exception {
    Path live = directory.resolve("live");
    SegmentStore store = open(live);
    try (ExecutorService threads = Executors.newFixedThreadPool(THREADS)) {
      List<Future<?>> writers = new ArrayList<>();
      for (int thread = 0; thread < THREADS; thread++) {
        int first = thread * KEYS;
        writers.add(threads.submit(() -> write(store, first)));
      }
      try {
        for (int loss = 0; loss < LOSSES; loss++) {
          long[] before = changes();
          List<byte[]> images = sync(store, live.resolve("store"));
          byte[] left = PowerLoss.draw(images, random);
          compare(left, directory.resolve("" + loss), before, changes());
        }
      } finally {
        isOver.set(true);
        permits.release(THREADS);
      }
      for (Future<?> writer : writers) {
        writer.get();
      }
      assertThat(store.stats().evictedItemCount()).isZero();
      assertThat(store.syncStats().orElseThrow().earlySegments()).isZero();
    } finally {
      store.abandon();
    }
  }

  /** What a file was when a sync ended, and later. */
  private List<byte[]> sync(SegmentStore store, Path file) throws IOException {
    List<byte[]> images = new ArrayList<>();
    KillPoint.observe(point -> {
      if (point == KillPoint.SYNCED) {
        images.add(read(file));
      }
    });
    try {
      permits.release(CHANGES);
      store.sync();
    } finally {
      KillPoint.observe(null);
    }
    images.set(0, PowerLoss.noted(images.getFirst(), read(file)));
    for (int later = 0; later < 3; later++) {
      permits.release(CHANGES);
      while (permits.availablePermits() > CHANGES / 2) {
        Thread.onSpinWait();
      }
      images.add(read(file));
    }
    return images;
  }

  private static byte[] read(Path file) {
    try {
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private SegmentStore open(Path path) throws IOException {
    return SegmentStore.open(
        path,
        GEOMETRY,
        _ -> new FakeTicker(),
        new Random(1),
        false,
        StoreSync.BY_HAND,
        RecoveryListener.NONE);
  }

  private void write(SegmentStore store, int first) {
    Random values = new Random(first);
    while (true) {
      permits.acquireUninterruptibly();
      if (isOver.get()) {
        return;
      }
      int key = first + values.nextInt(KEYS);
      long change = changes.get(key) + 1;
      if (isDeletion(key, change)) {
        store.delete(bytes("key-" + key));
      } else {
        String value = change + " " + "v".repeat(values.nextInt(200));
        store.put(bytes("key-" + key), bytes(value), PutOptions.DEFAULT);
      }
      changes.set(key, change);
    }
  }

  private long[] changes() {
    long[] copy = new long[changes.length()];
    for (int key = 0; key < copy.length; key++) {
      copy[key] = changes.get(key);
    }
    return copy;
  }

  private void compare(byte[] left, Path path, long[] before, long[] after) throws IOException {
    PowerLoss.write(path, left);
    SegmentStore recovered = open(path);
    try {
      assertThat(recovered.opening().orElseThrow().kind()).isEqualTo(Opening.Kind.RECOVERED);
      recovered.verify();
      for (int key = 0; key < before.length; key++) {
        long[] found = {0};
        recovered.look(
            bytes("key-" + key),
            item -> found[0] = changeOf(UTF_8.decode(item.value()).toString()));
        long last = after[key] + 1; // It may be on its way.
        long lastDeletion = isDeletion(key, last) ? last : isDeletion(key, last - 1) ? last - 1 : 0;
        assertThat(found[0] == 0 ? lastDeletion : found[0])
            .as("key-%d: found=%d, of %d to %d", key, found[0], before[key], last)
            .isBetween(before[key], last);
      }
    } finally {
      recovered.abandon();
    }
  }

  private static boolean isDeletion(int key, long change) {
    return key % DELETED == 0 && change % 2 == 0;
  }

  private static long changeOf(String value) {
    return Long.parseLong(value.substring(0, value.indexOf(" ")));
  }

  private static ByteBuffer bytes(String text) {
    return UTF_8.encode(text);
  }
}
