package io.speicher.bench.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/**
 * Follows how full the heap of a Java process is, once a second. It reads the counters that the
 * process writes to a file anyway, by {@code jstat}, so the process is neither stopped nor asked.
 */
public final class HeapWatch implements AutoCloseable {
  private static final double KILOBYTE = 1 << 10;

  /** The columns of {@code jstat -gc} that are in use: survivor spaces, eden, old generation. */
  private static final List<String> USED = List.of("S0U", "S1U", "EU", "OU");

  private final Process jstat;
  private volatile long usedBytes;

  private HeapWatch(Process jstat) {
    this.jstat = jstat;
  }

  /** Begins to follow the process {@code pid}, which must belong to the same user. */
  public static HeapWatch of(long pid) throws IOException {
    String program = Path.of(System.getProperty("java.home"), "bin", "jstat").toString();
    HeapWatch watch =
        new HeapWatch(
            new ProcessBuilder(program, "-gc", Long.toString(pid), "1000")
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start());
    Thread.ofPlatform().daemon().name("heap-watch").start(watch::follow);
    return watch;
  }

  private void follow() {
    try (var reader = jstat.inputReader()) {
      List<String> columns = List.of();
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        List<String> words = Arrays.asList(line.strip().split(" +", -1));
        if (columns.isEmpty()) {
          columns = words;
        } else {
          usedBytes = used(columns, words);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static long used(List<String> columns, List<String> figures) {
    return (long)
        USED.stream()
            .mapToDouble(column -> Double.parseDouble(figures.get(columns.indexOf(column))))
            .map(kilobytes -> kilobytes * KILOBYTE)
            .sum();
  }

  /** What was in use a second ago or less, garbage included; 0 if that is not known yet. */
  public long usedBytes() {
    return usedBytes;
  }

  @Override
  public void close() {
    jstat.destroy();
  }
}
