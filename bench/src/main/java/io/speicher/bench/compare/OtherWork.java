package io.speicher.bench.compare;

import io.speicher.bench.process.Pause;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/**
 * What the machine does while this program does nothing: with much of it, figures are worth little.
 */
final class OtherWork {
  private static final int LOOK_MILLIS = 2_000;

  /** A quiet machine is below it. */
  private static final double MUCH = 0.05;

  private static final int IDLE = 3;
  private static final int WAITING_FOR_DISKS = 4;

  /** Guests come after it, and are in the first two already. */
  private static final int STOLEN = 7;

  private OtherWork() {}

  /** Looks for two seconds, and returns a sentence for the reader if there is much. */
  static List<String> warnings() throws IOException {
    String before = firstLine();
    Pause.millis(LOOK_MILLIS);
    double busy = busyShare(before, firstLine());
    if (busy < MUCH) {
      return List.of();
    }
    return List.of(
        "The machine had other work: %.0f %% of its cores before this began. Such figures are worth little; measure again when it is quiet."
            .formatted(100 * busy));
  }

  private static String firstLine() throws IOException {
    try (Stream<String> lines = Files.lines(Path.of("/proc/stat"))) {
      return lines.findFirst().orElseThrow();
    }
  }

  /** The share of all cores that was taken between two first lines of /proc/stat. */
  static double busyShare(String before, String after) {
    long[] from = ticks(before);
    long[] to = ticks(after);
    long all = LongStream.of(to).sum() - LongStream.of(from).sum();
    long idle = to[IDLE] + to[WAITING_FOR_DISKS] - from[IDLE] - from[WAITING_FOR_DISKS];
    return all == 0 ? 0 : (double) (all - idle) / all;
  }

  private static long[] ticks(String line) {
    return Stream.of(line.split("\\s+", -1))
        .skip(1)
        .limit(STOLEN + 1)
        .mapToLong(Long::parseLong)
        .toArray();
  }
}
