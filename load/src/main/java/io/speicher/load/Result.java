package io.speicher.load;

import java.util.List;
import java.util.Map;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/**
 * What was measured.
 *
 * @param seconds how long it took, until the last reply
 * @param errorLines a line for each kind of error
 * @param unsent requests that were due and could not be sent in time
 * @param clientProcessorNanos what this process used, without the time it only waited
 * @param generatorBusy how much of the time the threads worked
 * @param server what the server used, if its process is known
 */
record Result(
    Settings settings,
    double seconds,
    Histogram all,
    Map<Operation, Histogram> latencies,
    Recording.Counters counters,
    List<String> errorLines,
    long unsent,
    long clientProcessorNanos,
    double generatorBusy,
    @Nullable ServerUse server,
    List<Second> series) {

  private static final double BUSY = 0.95;

  /** What kept the run from being faster, as far as can be told. */
  enum Bottleneck {
    GENERATOR,
    SERVER,
    NONE
  }

  /**
   * What the server used.
   *
   * @param nanos processor time
   * @param busy how many processors it kept busy
   * @param busiestThread how much of the time the thread was running that ran most
   */
  record ServerUse(long nanos, double busy, double busiestThread) {}

  long operations() {
    return all.getTotalCount();
  }

  double operationsPerSecond() {
    return seconds == 0 ? 0 : operations() / seconds;
  }

  double clientMicrosPerOperation() {
    return perOperation(clientProcessorNanos);
  }

  @Nullable Double serverMicrosPerOperation() {
    return server == null ? null : perOperation(server.nanos());
  }

  private double perOperation(long nanos) {
    return operations() == 0 ? 0 : Recording.micros((double) nanos) / operations();
  }

  /**
   * The server, if one of its threads never rests; else the generator, if its threads never do. A
   * server may have threads to spare and still be bound by one.
   */
  Bottleneck bottleneck() {
    if (server != null && server.busiestThread() >= BUSY) {
      return Bottleneck.SERVER;
    }
    return generatorBusy >= BUSY ? Bottleneck.GENERATOR : Bottleneck.NONE;
  }
}
