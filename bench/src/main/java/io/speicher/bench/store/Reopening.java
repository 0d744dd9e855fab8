package io.speicher.bench.store;

import static io.speicher.bench.store.StoreMeasurements.out;

import io.speicher.bench.Arguments;
import io.speicher.store.Opening;
import io.speicher.store.PutOptions;
import io.speicher.store.RecoveryListener;
import io.speicher.store.SyncStats;
import io.speicher.store.segment.Geometry;
import io.speicher.store.segment.SegmentStore;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Locale;

/**
 * How long it takes to open a store that survives its process: a new one, one whose process was
 * killed, and one that is recovered after a power loss. Each is filled and opened by a process of
 * its own, since a server that starts is not compiled either. The pages of the file are in memory:
 * a disk adds the time that it takes to read them.
 */
final class Reopening {
  private static final int VALUE_BYTES = 32;

  /** Every such item is written twice, so that a recovery finds two of its key. */
  private static final int OVERWRITTEN = 4;

  private static final long BYTES_PER_ITEM = 128;
  private static final Duration SYNC = Duration.ofSeconds(1);

  /** Where the boot id is in the file: docs/format.md, "Root page". */
  private static final long BOOT_ID = 104;

  private static final int BOOT_ID_BYTES = 16;
  private static final long POLL_MILLIS = 100;

  private Reopening() {}

  static void measure(Arguments arguments) throws IOException, InterruptedException {
    long items = arguments.number("items", 10_000_000);
    int rounds = (int) arguments.number("rounds", 3);
    arguments.requireNoOthers();
    StoreMeasurements.printMachine();
    out.printf("%-10s %12s %10s %14s%n", "kind", "items", "ms", "items/s");
    for (int round = 0; round < rounds; round++) {
      Path directory = Files.createTempDirectory("speicher-reopen");
      String store = directory.toString();
      String ofItems = "items=" + items;
      try {
        StoreMeasurements.inOwnProcess("reopen-of", store, ofItems, "fills=0");
        StoreMeasurements.inOwnProcess("reopen-of", store, ofItems, "fills=1");
        StoreMeasurements.inOwnProcess("reopen-of", store, ofItems, "fills=0");
        forgetBoot(directory.resolve("store"));
        StoreMeasurements.inOwnProcess("reopen-of", store, ofItems, "fills=0");
      } finally {
        delete(directory);
      }
    }
  }

  /** Opens the store, says how long that took, fills it or not, and ends as if it were killed. */
  static void measureOne(Arguments arguments) throws IOException, InterruptedException {
    Path directory = Path.of(arguments.words().getFirst());
    long items = arguments.number("items", 0);
    boolean fills = arguments.number("fills", 0) != 0;
    arguments.requireNoOthers();
    SegmentStore store =
        SegmentStore.open(
            directory, Geometry.of(items * BYTES_PER_ITEM), false, SYNC, RecoveryListener.NONE);
    if (fills) {
      Filling filling = new Filling(store, 0, VALUE_BYTES, _ -> PutOptions.DEFAULT);
      filling.until(items);
      overwrite(store, items);
      while (store.syncStats().map(SyncStats::dirtyBytes).orElseThrow() > 0) {
        Thread.sleep(POLL_MILLIS);
      }
    } else {
      print(store.opening().orElseThrow());
    }
    Runtime.getRuntime().halt(0);
  }

  private static void overwrite(SegmentStore store, long items) {
    Keys keys = new Keys();
    ByteBuffer value = ByteBuffer.allocateDirect(VALUE_BYTES);
    for (long i = 0; i < items; i += OVERWRITTEN) {
      store.put(keys.key(i), value, PutOptions.DEFAULT);
    }
  }

  private static void print(Opening opening) {
    double millis = opening.nanos() / 1e6;
    out.printf(
        "%-10s %,12d %,10.0f %,14.0f%n",
        opening.kind().name().toLowerCase(Locale.ROOT),
        opening.itemCount(),
        millis,
        opening.itemCount() * 1_000 / millis);
  }

  private static void delete(Path directory) throws IOException {
    try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
      for (Path file : files) {
        Files.delete(file);
      }
    }
    Files.delete(directory);
  }

  /** As if the machine had been started again since. */
  private static void forgetBoot(Path store) throws IOException {
    try (FileChannel file = FileChannel.open(store, StandardOpenOption.WRITE)) {
      file.write(ByteBuffer.allocate(BOOT_ID_BYTES), BOOT_ID);
    }
  }
}
