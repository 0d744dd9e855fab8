package io.speicher.server.admin;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * What the process takes of the machine, as Linux tells it; elsewhere it is 0. Reading it takes as
 * long as hundreds of commands, so that it is read ten times a second at most. Any thread.
 */
final class ProcessUsage {
  private static final long MAX_AGE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

  private static final Path STATUS = Path.of("/proc/self/stat");

  /** Where they stand behind the name of the program; see proc(5). */
  private static final int USER_TICKS = 11;

  private static final int SYSTEM_TICKS = 12;

  /** On every Linux there are a hundred in a second. */
  private static final long TICK_MICROS = 10_000;

  private static final Path MEMORY = Path.of("/proc/self/statm");
  private static final long PAGE_BYTES = 4_096;

  /** What was read together, and when. */
  record Sample(long nanos, long residentBytes, long userCpuMicros, long systemCpuMicros) {}

  private final LongSupplier nanoTime;
  private volatile Sample last;

  ProcessUsage() {
    this(System::nanoTime);
  }

  ProcessUsage(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
    last = read(nanoTime.getAsLong());
  }

  /** What it was at most 100 ms ago. */
  Sample now() {
    Sample known = last;
    long nanos = nanoTime.getAsLong();
    if (nanos - known.nanos < MAX_AGE_NANOS) {
      return known;
    }
    Sample read = read(nanos);
    last = read;
    return read;
  }

  private static Sample read(long nanos) {
    try {
      String status = Files.readString(STATUS);
      String[] fields = status.substring(status.lastIndexOf(')') + 2).split(" ", SYSTEM_TICKS + 2);
      String[] pages = Files.readString(MEMORY).split(" ", 3);
      return new Sample(
          nanos,
          Long.parseLong(pages[1]) * PAGE_BYTES,
          Long.parseLong(fields[USER_TICKS]) * TICK_MICROS,
          Long.parseLong(fields[SYSTEM_TICKS]) * TICK_MICROS);
    } catch (IOException e) {
      return new Sample(nanos, 0, 0, 0);
    }
  }
}
