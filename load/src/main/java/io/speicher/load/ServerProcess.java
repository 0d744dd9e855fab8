package io.speicher.load;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/** What a process on this machine has used of the processors, as Linux tells in {@code /proc}. */
final class ServerProcess {
  private static final Path PROC = Path.of("/proc");

  /** What Linux counts the time of processes in, on every machine. */
  private static final long TICK_NANOS = 10_000_000;

  /** Where user and system time stand, counted from the field after the name. */
  private static final int USER_TIME = 11;

  private static final int SYSTEM_TIME = 12;

  private final Path directory;
  private final long pid;

  private ServerProcess(Path directory, long pid) {
    this.directory = directory;
    this.pid = pid;
  }

  /**
   * Finds a process.
   *
   * @throws IllegalArgumentException if there is none, or nothing that tells; the message is for
   *     the user
   */
  static ServerProcess find(long pid) {
    if (!Files.isReadable(PROC.resolve("self/stat"))) {
      throw new IllegalArgumentException(
          "--server-pid needs /proc, which is not there: leave the option out on this system");
    }
    Path directory = PROC.resolve(Long.toString(pid));
    if (!Files.isReadable(directory.resolve("stat"))) {
      throw new IllegalArgumentException(
          "there is no process with this number: --server-pid=%d (expected: the number of the"
                  .formatted(pid)
              + " server's process on this machine)");
    }
    return new ServerProcess(directory, pid);
  }

  /** Looks at it now. */
  Usage usage() throws LoadException {
    try {
      Map<String, Long> threads = new HashMap<>();
      try (DirectoryStream<Path> tasks = Files.newDirectoryStream(directory.resolve("task"))) {
        for (Path task : tasks) {
          threads.put(task.getFileName().toString(), nanos(task.resolve("stat")));
        }
      }
      return new Usage(nanos(directory.resolve("stat")), threads);
    } catch (IOException e) {
      throw new LoadException(
          1,
          "cannot tell what the server's process used: pid=%d (%s); has it ended?"
              .formatted(pid, e.getMessage()),
          e);
    }
  }

  private static long nanos(Path stat) throws IOException {
    try {
      return nanos(Files.readString(stat));
    } catch (IOException e) {
      if (stat.toString().contains("task")) {
        return 0; // A thread may end while it is looked at.
      }
      throw e;
    }
  }

  /** Reads the content of a {@code stat} file. The name in it may hold spaces and brackets. */
  static long nanos(String stat) {
    String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
    return (Long.parseLong(fields[USER_TIME]) + Long.parseLong(fields[SYSTEM_TIME])) * TICK_NANOS;
  }

  /**
   * What it has used up to a moment.
   *
   * @param nanos all of it
   * @param threadNanos each thread of it
   */
  record Usage(long nanos, Map<String, Long> threadNanos) {

    /** What the thread has used since {@code earlier} that has used most. */
    long busiestThreadNanos(Usage earlier) {
      return threadNanos.entrySet().stream()
          .mapToLong(
              thread -> thread.getValue() - earlier.threadNanos.getOrDefault(thread.getKey(), 0L))
          .max()
          .orElse(0);
    }
  }
}
