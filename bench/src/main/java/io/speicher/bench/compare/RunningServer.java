package io.speicher.bench.compare;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.speicher.bench.process.IdleConnections;
import io.speicher.bench.process.Output;
import io.speicher.bench.process.Pause;
import io.speicher.bench.process.ProcessStatistics;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A server that answers. */
final class RunningServer implements AutoCloseable {
  private static final long START_NANOS = TimeUnit.SECONDS.toNanos(30);
  private static final int REPLY_MILLIS = 5_000;

  final int port;

  /** From before the process was there to its first reply. */
  final long startNanos;

  private final Process process;

  private RunningServer(int port, long startNanos, Process process) {
    this.port = port;
    this.startNanos = startNanos;
    this.process = process;
  }

  /**
   * Starts a server and returns when it has answered.
   *
   * @param log where everything goes that it says
   */
  static RunningServer start(Server server, List<String> command, int port, Path log)
      throws IOException {
    long begin = System.nanoTime();
    Process process =
        new ProcessBuilder(command)
            .directory(log.resolveSibling(".").toFile())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    try {
      awaitReply(server, process, port, log, begin);
      return new RunningServer(port, System.nanoTime() - begin, process);
    } catch (IOException e) {
      process.destroyForcibly();
      throw e;
    }
  }

  private static void awaitReply(Server server, Process process, int port, Path log, long begin)
      throws IOException {
    while (!answers(server, port)) {
      if (!process.isAlive()) {
        throw new IOException(
            "%s did not start: %s; all it said is in %s"
                .formatted(server.title, Output.lastLine(log), log));
      }
      if (System.nanoTime() - begin > START_NANOS) {
        throw new IOException(
            "%s did not answer within 30 s; all it said is in %s".formatted(server.title, log));
      }
      Pause.millis(1);
    }
  }

  private static boolean answers(Server server, int port) {
    IdleConnections.Greeting greeting = server.greeting();
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), REPLY_MILLIS);
      socket.setSoTimeout(REPLY_MILLIS);
      socket.getOutputStream().write(greeting.request().getBytes(US_ASCII));
      byte[] reply = socket.getInputStream().readNBytes(greeting.reply().length());
      return new String(reply, US_ASCII).equals(greeting.reply());
    } catch (IOException _) {
      return false; // Not yet.
    }
  }

  long pid() {
    return process.pid();
  }

  ProcessStatistics statistics() {
    return new ProcessStatistics(pid());
  }

  @Override
  public void close() {
    process.destroy();
    process.onExit().join();
  }
}
