package io.speicher.load;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.net.StandardSocketOptions;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/** One run against a server: the connections, and the phases one after another. */
final class LoadRun implements AutoCloseable {
  private static final int NO_CONNECTION = 3;
  private static final int CONNECT_MILLIS = 5_000;
  private static final long SECOND_NANOS = 1_000_000_000;

  private final Settings settings;
  private final Control control;
  private final List<RunListener> listeners;
  private final ServerErrors serverErrors = new ServerErrors();
  private final List<Worker> workers = new ArrayList<>();
  private final Recording recording;
  private final ExecutorService threads;

  /** Connects to the server. */
  LoadRun(Settings settings, Control control, List<RunListener> listeners) throws LoadException {
    this.settings = settings;
    this.control = control;
    this.listeners = listeners;
    threads =
        Executors.newFixedThreadPool(
            settings.threads(), Thread.ofPlatform().name("bench-", 1).daemon().factory());
    try {
      Requests requests = settings.target().protocol().requests(settings);
      for (int i = 0; i < settings.threads(); i++) {
        workers.add(new Worker(settings, requests, i, control, serverErrors));
      }
      connect();
    } catch (IOException e) {
      close();
      throw new LoadException(
          1,
          "cannot open %d connections: %s; are so many files allowed (ulimit -n)?"
              .formatted(settings.connections(), e.getMessage()),
          e);
    } catch (LoadException e) {
      close();
      throw e;
    }
    recording = new Recording(workers.stream().map(Worker::meter).toList());
  }

  private void connect() throws IOException, LoadException {
    Target target = settings.target();
    InetSocketAddress address = new InetSocketAddress(target.host(), target.port());
    if (address.isUnresolved()) {
      throw new LoadException(
          NO_CONNECTION,
          "cannot find the host of " + target.address() + ": check --target",
          new IOException("unresolved"));
    }
    for (int i = 0; i < settings.connections(); i++) {
      workers.get(i % settings.threads()).add(connect(address));
    }
  }

  private SocketChannel connect(InetSocketAddress address) throws IOException, LoadException {
    SocketChannel channel = SocketChannel.open();
    try {
      channel.socket().connect(address, CONNECT_MILLIS);
    } catch (ConnectException | SocketTimeoutException e) {
      channel.close();
      throw noConnection(e);
    }
    channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
    channel.configureBlocking(false);
    return channel;
  }

  private LoadException noConnection(IOException e) {
    String address = settings.target().address();
    return new LoadException(
        NO_CONNECTION,
        e.getClass() == ConnectException.class
            ? "nothing listens on %s (%s): start the server, or name another with --target"
                .formatted(address, String.valueOf(e.getMessage()))
            : "cannot connect to %s: no answer within %d ms; check the address, or what stands in"
                    .formatted(address, CONNECT_MILLIS)
                + " the way",
        e);
  }

  /**
   * Runs all phases.
   *
   * @param server the process to measure beside them, or null
   * @return what the last one has measured, or null if only the preload was wanted
   */
  @Nullable Result run(@Nullable ServerProcess server) throws LoadException {
    if (settings.preload()) {
      runPhase(Phase.preload(settings));
      if (settings.preloadOnly()) {
        return null;
      }
    }
    if (!settings.warmUp().isZero() && !control.isStopping()) {
      runPhase(Phase.warmUp(settings));
    }
    return measure(server);
  }

  private @Nullable Result measure(@Nullable ServerProcess server) throws LoadException {
    if (control.isStopping()) {
      return null;
    }
    ServerProcess.Usage usageBefore = server == null ? null : server.usage();
    long processorNanos = ProcessorTime.nanosOfThisProcess();
    PhaseTimes times = runPhase(Phase.measurement(settings));
    processorNanos = ProcessorTime.nanosOfThisProcess() - processorNanos;
    Result.ServerUse serverUse = null;
    if (server != null && usageBefore != null) {
      ServerProcess.Usage usage = server.usage();
      double nanos = (double) times.nanos();
      serverUse =
          new Result.ServerUse(
              usage.nanos() - usageBefore.nanos(),
              (usage.nanos() - usageBefore.nanos()) / nanos,
              usage.busiestThreadNanos(usageBefore) / nanos);
    }
    return new Result(
        settings,
        times.nanos() / 1e9,
        recording.allLatencies(),
        recording.latencies(),
        recording.counted(),
        serverErrors.lines(),
        times.unsent(),
        Math.max(0, processorNanos - times.waitingNanos()),
        times.busy(settings.threads()),
        serverUse,
        recording.seconds());
  }

  /** What the threads say of a phase, taken together. */
  private record PhaseTimes(long nanos, long processorNanos, long waitingNanos, long unsent) {
    double busy(int threads) {
      return Math.clamp((processorNanos - waitingNanos) / (double) (nanos * threads), 0, 1);
    }
  }

  private PhaseTimes runPhase(Phase phase) throws LoadException {
    recording.restart();
    serverErrors.clear();
    listeners.forEach(listener -> listener.phaseBegins(phase));
    long startNanos = System.nanoTime();
    List<Future<WorkerUsage>> running = new ArrayList<>();
    for (Worker worker : workers) {
      running.add(threads.submit(() -> worker.run(phase, startNanos)));
    }
    watch(startNanos, running);
    PhaseTimes times = new PhaseTimes(0, 0, 0, 0);
    for (Future<WorkerUsage> one : running) {
      WorkerUsage usage = result(one);
      times =
          new PhaseTimes(
              Math.max(times.nanos, usage.endNanos() - startNanos),
              times.processorNanos + usage.processorNanos(),
              times.waitingNanos + usage.waitingNanos(),
              times.unsent + usage.unsent());
    }
    endRecording(times.nanos);
    return times;
  }

  /** Records second by second as long as a thread is running. */
  private void watch(long startNanos, List<Future<WorkerUsage>> running) throws LoadException {
    int second = 1;
    for (Future<WorkerUsage> one : running) {
      while (!endsBefore(one, startNanos + second * SECOND_NANOS)) {
        Histogram latencies = recording.endSecond();
        secondEnds(second, 1, latencies);
        second++;
      }
    }
  }

  private boolean endsBefore(Future<WorkerUsage> running, long nanos) throws LoadException {
    try {
      running.get(nanos - System.nanoTime(), TimeUnit.NANOSECONDS);
      return true;
    } catch (TimeoutException e) {
      return false;
    } catch (ExecutionException e) {
      control.stop();
      return true;
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
  }

  private void endRecording(long nanos) {
    double rest = nanos / 1e9 - recording.seconds().size();
    Histogram latencies = recording.endRest(rest < 0.5);
    if (latencies.getTotalCount() > 0) {
      secondEnds(nanos / 1e9, rest, latencies);
    }
    listeners.forEach(RunListener::phaseEnds);
  }

  private void secondEnds(double elapsedSeconds, double width, Histogram latencies) {
    listeners.forEach(listener -> listener.secondEnds(elapsedSeconds, width, latencies, recording));
  }

  private static WorkerUsage result(Future<WorkerUsage> worker) throws LoadException {
    try {
      return worker.get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof LoadException cause) {
        throw cause;
      }
      throw new IllegalStateException("a thread failed", e.getCause());
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
  }

  private static LoadException interrupted(InterruptedException e) {
    Thread.currentThread().interrupt();
    return new LoadException(1, "the run was interrupted", e);
  }

  @Override
  public void close() {
    control.stop();
    threads.close();
    for (Worker worker : workers) {
      try {
        worker.close();
      } catch (IOException e) {
        // The run is over, and the process ends soon: nothing depends on it.
      }
    }
  }
}
