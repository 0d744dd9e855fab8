package io.speicher.bench.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What the Linux kernel says of a process. Any thread. */
public record ProcessStatistics(long pid) {
  private static final double TICK_MICROS = 1e6 / 100; // USER_HZ is 100 on every Linux.

  /** Of the fields of /proc/PID/stat behind the program's name; see proc(5). */
  private static final int USER_TICKS = 11;

  private static final int SYSTEM_TICKS = 12;

  private static final Pattern RESIDENT = Pattern.compile("VmRSS:\\s+(\\d+) kB");
  private static final Pattern THREADS = Pattern.compile("Threads:\\s+(\\d+)");

  /** User and system time so far, all threads together. */
  public double cpuMicros() throws IOException {
    String stat = Files.readString(file("stat"));
    // The name stands in parentheses and may hold spaces.
    String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
    long ticks = Long.parseLong(fields[USER_TICKS]) + Long.parseLong(fields[SYSTEM_TICKS]);
    return ticks * TICK_MICROS;
  }

  /** What the process has in memory now. */
  public long residentBytes() throws IOException {
    return status(RESIDENT) << 10;
  }

  public int threadCount() throws IOException {
    return (int) status(THREADS);
  }

  /** The files that the process has open, connections among them. */
  public int openFileCount() throws IOException {
    try (var files = Files.list(file("fd"))) {
      return (int) files.count();
    }
  }

  private long status(Pattern line) throws IOException {
    Matcher matcher = line.matcher(Files.readString(file("status")));
    if (!matcher.find()) {
      throw new IOException("the kernel does not say %s of process %d".formatted(line, pid));
    }
    return Long.parseLong(matcher.group(1));
  }

  private Path file(String name) {
    return Path.of("/proc", Long.toString(pid), name);
  }
}
