package io.speicher.bench.store;

import static io.speicher.bench.store.StoreMeasurements.out;

import io.speicher.bench.Arguments;
import io.speicher.bench.Progress;
import io.speicher.store.PutOptions;
import io.speicher.store.Ticker;
import io.speicher.store.segment.BudgetWalk;
import io.speicher.store.segment.ItemCensus;
import io.speicher.store.segment.SegmentStore;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Whether the memory of a store can be read with nothing else at hand: fills a store, overwrites
 * and deletes at random, copies its memory to a file, and lets another process walk through it.
 * What that counts, alive and dead, must be what the store counts by its index.
 */
final class Walk {
  private static final int MAX_VALUE_BYTES = 400;
  private static final long CHUNK_BYTES = 1 << 30;

  private Walk() {}

  static void measure(Arguments arguments) throws IOException, InterruptedException {
    long budgetBytes = arguments.bytes("budget", "64mb");
    long operations = arguments.number("operations", 2_000_000);
    long seed = arguments.number("seed", 1);
    arguments.requireNoOthers();
    StoreMeasurements.printMachine();
    Path file = Files.createTempFile("speicher-walk", null);
    try (SegmentStore store = new SegmentStore(budgetBytes, Ticker.system())) {
      anything(store, budgetBytes, operations, seed);
      ItemCensus census = store.verify();
      print("verify", census);
      write(store.memory(), file);
      StoreMeasurements.inOwnProcess(
          "walk-of",
          file.toString(),
          "live=" + census.liveItems(),
          "livebytes=" + census.liveBytes(),
          "dead=" + census.deadItems(),
          "deadbytes=" + census.deadBytes());
    } finally {
      Files.delete(file);
    }
  }

  /** Three quarters are puts, of keys that would take half as much again as the budget. */
  private static void anything(SegmentStore store, long budgetBytes, long operations, long seed) {
    XorShift random = new XorShift(seed);
    Keys keys = new Keys();
    ByteBuffer value = ByteBuffer.allocateDirect(MAX_VALUE_BYTES);
    long keyCount = 3 * budgetBytes / MAX_VALUE_BYTES;
    Progress progress = new Progress("operations", operations);
    for (long i = 0; i < operations; i++) {
      ByteBuffer key = keys.key(random.below(keyCount));
      long ttlMillis = 1 + random.below(60_000);
      value.clear().limit((int) random.below(MAX_VALUE_BYTES));
      switch ((int) random.below(16)) {
        case 0, 1 -> store.delete(key);
        case 2, 3 ->
            store.put(
                key, value, PutOptions.DEFAULT.withExpiresAtMillis(store.nowMillis() + ttlMillis));
        default -> store.put(key, value, PutOptions.DEFAULT);
      }
      if ((i & 0xFFFF) == 0) {
        store.maintain();
        progress.show(i);
      }
    }
    progress.end();
  }

  private static void write(MemorySegment memory, Path file) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      for (long at = 0; at < memory.byteSize(); at += CHUNK_BYTES) {
        ByteBuffer chunk =
            memory.asSlice(at, Math.min(CHUNK_BYTES, memory.byteSize() - at)).asByteBuffer();
        while (chunk.hasRemaining()) {
          channel.write(chunk);
        }
      }
    }
  }

  /** Walks a file, and fails if it holds something else than expected. */
  static void measureOne(Arguments arguments) throws IOException {
    Path file = Path.of(arguments.words().getFirst());
    ItemCensus expected =
        new ItemCensus(
            arguments.number("live", 0),
            arguments.number("livebytes", 0),
            arguments.number("dead", 0),
            arguments.number("deadbytes", 0));
    arguments.requireNoOthers();
    try (FileChannel channel = FileChannel.open(file);
        Arena arena = Arena.ofConfined()) {
      MemorySegment memory = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena);
      long began = System.nanoTime();
      ItemCensus census = BudgetWalk.count(memory);
      double nanos = System.nanoTime() - began;
      print("walk", census);
      out.printf("%-8s %.1f ns an item%n", "", nanos / (census.liveItems() + census.deadItems()));
      if (!census.equals(expected)) {
        throw new IllegalStateException("the walk and the store disagree: expected=" + expected);
      }
    }
  }

  private static void print(String who, ItemCensus census) {
    out.printf(
        "%-8s %,12d items alive, %,14d bytes; %,12d dead, %,14d bytes%n",
        who, census.liveItems(), census.liveBytes(), census.deadItems(), census.deadBytes());
  }
}
