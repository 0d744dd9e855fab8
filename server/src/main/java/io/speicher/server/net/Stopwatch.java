package io.speicher.server.net;

import io.speicher.dialect.CommandName;
import io.speicher.protocol.Command;
import io.speicher.server.command.CommandExecutor;
import io.speicher.server.command.CommandStats;
import io.speicher.server.command.LatencyEvents;
import io.speicher.server.command.SlowLog;
import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Takes the time of a connection's commands, for the statistics and the slow log. On its event
 * loop.
 */
final class Stopwatch {

  /** What has been measured of a command that is executed in slices. */
  private static final class Slices {
    private final CommandName name;
    private final List<String> words;
    private final long receivedNanos;
    private final boolean isDrawn;
    private long nanos;

    /** The key to count at the end, if there is one, and what was transferred for it so far. */
    private @Nullable ByteBuffer key;

    private long transferred;

    Slices(CommandName name, List<String> words, long receivedNanos, boolean isDrawn, long nanos) {
      this.name = name;
      this.words = words;
      this.receivedNanos = receivedNanos;
      this.isDrawn = isDrawn;
      this.nanos = nanos;
    }
  }

  private final Connection connection;
  private @Nullable Slices slices;

  Stopwatch(Connection connection) {
    this.connection = connection;
  }

  private CommandExecutor executor() {
    return connection.turn().executor();
  }

  /**
   * Counts how long the last command took, and those before it since the clock was read.
   *
   * @param isDrawn whether the command is one of the sample whose latency is measured
   * @param goesOn whether more slices of it follow
   * @param receivedNanos when its bytes came
   */
  void measure(Command command, boolean isDrawn, boolean goesOn, long receivedNanos, long now) {
    CommandStats stats = executor().commandStats();
    int executed = stats.batch();
    CommandName name = connection.session().executed();
    if (goesOn && isDrawn) {
      stats.drawnGoesOn();
    }
    long taken = stats.measure(receivedNanos, now);
    if (goesOn) {
      slices = new Slices(name, SlowLog.words(name, command, 1), receivedNanos, isDrawn, taken);
    } else if (executor().slowLog().isSlow(taken)) {
      noteSlow(taken, SlowLog.words(name, command, executed));
    }
  }

  /** The command whose first slice was measured will be counted as a use of this key. */
  void willCount(ByteBuffer key, long transferred) {
    Slices all = slices;
    if (all != null) {
      all.key = ByteBuffer.allocate(key.remaining()).put(key.duplicate()).flip();
      all.transferred = transferred;
    }
  }

  /**
   * Counts a slice of a command, and the command as a whole if this was the last one.
   *
   * @param transferred how many bytes of the reply it has brought
   */
  void measureSlice(boolean isLast, long transferred) {
    long now = System.nanoTime();
    CommandStats stats = executor().commandStats();
    Slices all = slices;
    if (all == null) {
      return; // It had no memory for its first slice.
    }
    all.nanos += stats.measureSlice(all.name, now);
    all.transferred += transferred;
    if (isLast) {
      if (all.isDrawn) {
        stats.measureLatency(all.name, now - all.receivedNanos);
      }
      if (all.key != null) {
        stats.countKey(all.key, all.transferred);
      }
      if (executor().slowLog().isSlow(all.nanos)) {
        noteSlow(all.nanos, all.words);
      }
      slices = null;
    }
  }

  /** The command whose slices are measured will not come to its end. */
  void forget() {
    slices = null;
  }

  private void noteSlow(long nanos, List<String> words) {
    executor().slowLog().add(nanos, words, connection.peer(), connection.session().names().name());
    executor().latencyEvents().add(LatencyEvents.COMMAND, nanos);
  }
}
