package io.speicher.load;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Some connections and the thread that serves them, one phase after another. */
final class Worker {
  /** Silence of a server that has requests to answer, after which it is given up. */
  private static final long PATIENCE_NANOS = 30_000_000_000L;

  /** How often a thread that has nothing to do looks whether the run ends. */
  private static final int IDLE_MILLIS = 100;

  private static final int READ_BYTES = 256 << 10;
  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

  private final Settings settings;
  private final Requests requests;
  private final int index;
  private final Control control;
  private final ServerErrors serverErrors;
  private final Meter meter = new Meter();
  private final Selector selector = Selector.open();
  private final List<Connection> connections = new ArrayList<>();
  private final ByteBuffer in = ByteBuffer.allocateDirect(READ_BYTES);
  private final RandomNumbers random;
  private long counter;

  private @Nullable Exception failure;

  // What the phase sets.

  private Phase phase;
  private Source source;
  private long remaining;
  private long deadlineNanos;
  private long lastSignNanos;

  Worker(
      Settings settings, Requests requests, int index, Control control, ServerErrors serverErrors)
      throws IOException {
    this.settings = settings;
    this.requests = requests;
    this.index = index;
    this.control = control;
    this.serverErrors = serverErrors;
    random = new RandomNumbers(settings.seed() + index);
    counter = index;
    phase = Phase.measurement(settings);
    source = source(phase);
  }

  /** Takes over a connection, before the first phase. */
  void add(SocketChannel channel) throws IOException {
    connections.add(
        new Connection(
            connections.size(), channel, selector, settings, requests, meter, serverErrors));
  }

  Meter meter() {
    return meter;
  }

  void close() throws IOException {
    for (Connection connection : connections) {
      connection.close();
    }
    selector.close();
  }

  /** Runs a phase that begins at {@code startNanos}, and returns when its replies are there. */
  WorkerUsage run(Phase newPhase, long startNanos) throws LoadException {
    long processorNanos = THREADS.getCurrentThreadCpuTime();
    phase = newPhase;
    source = source(phase);
    remaining = phase.requests(index, settings.threads());
    deadlineNanos =
        phase.duration().isZero() ? Long.MAX_VALUE : startNanos + phase.duration().toNanos();
    lastSignNanos = startNanos;
    PacedLoop paced = phase.rate() > 0 ? new PacedLoop(startNanos) : null;
    try {
      if (paced == null) {
        runClosedLoop();
      } else {
        paced.run();
      }
    } catch (IOException e) {
      throw lost(String.valueOf(e.getMessage()), e);
    }
    counter = source.counter();
    return new WorkerUsage(
        System.nanoTime(),
        THREADS.getCurrentThreadCpuTime() - processorNanos,
        paced == null ? 0 : paced.waitingNanos,
        paced == null ? 0 : paced.unsent());
  }

  private Source source(Phase of) {
    KeyChooser keys = of.distribution().chooser(settings.keys(), index, settings.threads());
    return new Source(of.mix(), keys, random, counter, settings.threads());
  }

  private boolean areQuiet() {
    for (Connection connection : connections) {
      if (!connection.isQuiet()) {
        return false;
      }
    }
    return true;
  }

  // Closed loop: a connection sends its next requests when all replies are there.

  private void runClosedLoop() throws IOException, LoadException {
    for (Connection connection : connections) {
      connection.begin(Schedule.NONE);
      sendBatch(connection, System.nanoTime());
    }
    while (!control.isStopping() && !(isOver(System.nanoTime()) && areQuiet())) {
      selector.select(this::serveClosed, IDLE_MILLIS);
      checkFailure();
    }
  }

  private boolean isOver(long nowNanos) {
    return remaining <= 0 || nowNanos >= deadlineNanos;
  }

  private void sendBatch(Connection connection, long nowNanos) throws IOException {
    if (isOver(nowNanos) || control.isStopping()) {
      return;
    }
    int count = (int) Math.min(phase.pipeline(), remaining);
    remaining -= count;
    connection.send(count, source);
  }

  private void serveClosed(SelectionKey selected) {
    Connection connection = (Connection) selected.attachment();
    if (serve(connection, selected) && connection.isQuiet()) {
      try {
        sendBatch(connection, lastSignNanos);
      } catch (IOException e) {
        failure = e;
      }
    }
  }

  // Both.

  /** Writes and reads what can be, and tells whether there were replies. */
  private boolean serve(Connection connection, SelectionKey selected) {
    if (failure != null) {
      return false;
    }
    try {
      if (selected.isWritable()) {
        connection.write(source);
      }
      if (!selected.isReadable()) {
        return false;
      }
      long answers = connection.read(in);
      if (answers < 0) {
        failure = lost("the server closed it", null);
      }
      lastSignNanos = connection.nowNanos();
      return answers > 0;
    } catch (IOException | MalformedReplyException | WrongValueException e) {
      failure = e;
      return false;
    }
  }

  private void checkFailure() throws IOException, LoadException {
    switch (failure) {
      case null -> checkPatience(System.nanoTime());
      case IOException e -> throw e;
      case LoadException e -> throw e;
      case MalformedReplyException e ->
          throw new LoadException(
              1,
              "malformed reply from %s: %s; does it speak the dialect of %s://?"
                  .formatted(address(), e.getMessage(), settings.target().protocol().scheme()),
              e);
      default -> throw new LoadException(1, String.valueOf(failure.getMessage()), failure);
    }
  }

  private void checkPatience(long nowNanos) throws LoadException {
    if (nowNanos - lastSignNanos > PATIENCE_NANOS && !areQuiet()) {
      throw new LoadException(
          "no reply from %s for %d s: is it overloaded, or something else than a server of %s://?"
              .formatted(
                  address(),
                  PATIENCE_NANOS / 1_000_000_000,
                  settings.target().protocol().scheme()));
    }
  }

  private LoadException lost(String why, @Nullable Exception cause) {
    long answered = 0;
    for (Connection connection : connections) {
      answered += connection.answered();
    }
    String message =
        "lost the connection to %s after %,d replies: %s; its log may say more"
            .formatted(address(), answered, why);
    return cause == null ? new LoadException(message) : new LoadException(1, message, cause);
  }

  private String address() {
    return settings.target().address();
  }

  /**
   * Open loop: a connection sends requests when they are due, as long as it has not too many
   * without a reply. What has to wait is late, and its time counts.
   */
  private final class PacedLoop {
    /** A select waits for whole milliseconds, so for less than two the thread keeps looking. */
    private static final long SHORT_WAIT_NANOS = 2_000_000;

    private final double gapNanos;
    private final double firstNanos;
    private final long limit;
    private final int[] waiting = new int[connections.size()];
    private long due;
    private long waitingNanos;

    PacedLoop(long startNanos) {
      double gapOfAll = 1e9 / phase.rate();
      gapNanos = gapOfAll * settings.threads();
      firstNanos = startNanos + gapOfAll * index;
      limit = Math.min(remaining, countBefore(deadlineNanos));
      for (int i = 0; i < waiting.length; i++) {
        connections
            .get(i)
            .begin(new Schedule(firstNanos + i * gapNanos, gapNanos * waiting.length));
      }
    }

    void run() throws IOException, LoadException {
      while (!control.isStopping() && !isDone()) {
        long nowNanos = System.nanoTime();
        boolean wasDue = release(Math.min(limit, countBefore(nowNanos)));
        long waitNanos = due == limit ? Long.MAX_VALUE : dueNanos(due) - nowNanos;
        if (waitNanos >= SHORT_WAIT_NANOS) {
          long millis = waitNanos / 1_000_000 - 1;
          selector.select(this::servePaced, Math.min(IDLE_MILLIS, millis));
        } else if (selector.selectNow(this::servePaced) == 0 && !wasDue) {
          Thread.onSpinWait();
          waitingNanos += System.nanoTime() - nowNanos;
        }
        checkFailure();
      }
    }

    /** How many requests were due and could not be sent before the phase was over. */
    long unsent() {
      long unsent = 0;
      for (int count : waiting) {
        unsent += count;
      }
      return unsent;
    }

    private boolean isDone() {
      return due == limit && areQuiet() && (isTimeOver() || unsent() == 0);
    }

    private boolean isTimeOver() {
      return System.nanoTime() >= deadlineNanos;
    }

    /** How many requests of this thread are due before a moment. */
    private long countBefore(long nanos) {
      return nanos == Long.MAX_VALUE
          ? Long.MAX_VALUE
          : Math.max(0, (long) Math.ceil((nanos - firstNanos) / gapNanos));
    }

    private long dueNanos(long number) {
      return (long) (firstNanos + number * gapNanos);
    }

    /** Gives what is due by now to the connections, which send it if they can. */
    private boolean release(long upTo) throws IOException {
      if (upTo <= due) {
        return false;
      }
      int first = (int) (due % waiting.length);
      int touched = (int) Math.min(upTo - due, waiting.length);
      for (; due < upTo; due++) {
        waiting[(int) (due % waiting.length)]++;
      }
      for (int i = 0; i < touched; i++) {
        sendDue((first + i) % waiting.length);
      }
      return true;
    }

    private void sendDue(int connectionIndex) throws IOException {
      Connection connection = connections.get(connectionIndex);
      int free = settings.maxOutstanding() - connection.outstanding();
      int count = Math.min(waiting[connectionIndex], free);
      if (count > 0 && !isTimeOver()) {
        waiting[connectionIndex] -= count;
        connection.send(count, source);
      }
    }

    private void servePaced(SelectionKey selected) {
      Connection connection = (Connection) selected.attachment();
      if (serve(connection, selected)) {
        try {
          sendDue(connection.index());
        } catch (IOException e) {
          failure = e;
        }
      }
    }
  }
}
