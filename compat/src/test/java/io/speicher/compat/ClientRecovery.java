package io.speicher.compat;

import io.speicher.client.Cache;
import io.speicher.client.Codec;
import io.speicher.client.ConnectMode;
import io.speicher.client.Speicher;
import io.speicher.client.exception.SpeicherException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;

/**
 * How fast a call fails when the server was killed, and how soon one succeeds after another server
 * listens in its place, and after it answers the first peer: a server that has just started takes
 * connections before it can answer.
 *
 * <p>{@code main} is given the launcher, {@code ./speicher}, since it decides how fast a server
 * starts; and prints a table of five rounds.
 */
final class ClientRecovery {
  private static final int ROUNDS = 5;
  private static final int CALLS = 1_000;

  /** A frame: its length, and the command. */
  private static final byte[] PING =
      "\0\0\0\22{\"command\":\"PING\"}".getBytes(StandardCharsets.US_ASCII);

  private ClientRecovery() {}

  public static void main(String[] arguments) throws Exception {
    Path launcher = Path.of(arguments[0]).toAbsolutePath();
    int port;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = socket.getLocalPort();
    }
    System.out.println(
        "| round | failing, median | failing, 99 % | longest | after listening | after the first"
            + " answer |");
    System.out.println("| --- | --- | --- | --- | --- | --- |");
    try (Speicher speicher =
        Speicher.builder().host("127.0.0.1").port(port).connect(ConnectMode.LAZY).build()) {
      Cache<String> cache = speicher.cache("", Codec.string());
      Process server = start(launcher, port);
      var _ = awaitSuccess(cache);
      for (int round = 1; round <= ROUNDS; round++) {
        server.destroyForcibly().waitFor();
        double[] failing = failing(cache);
        server = start(launcher, port);
        FutureTask<Long> listening = begin(() -> awaitPeer(port, false));
        FutureTask<Long> answering = begin(() -> awaitPeer(port, true));
        long success = awaitSuccess(cache);
        System.out.printf(
            "| %d | %.0f µs | %.0f µs | %.0f µs | %.1f ms | %.1f ms |%n",
            round,
            failing[CALLS / 2],
            failing[CALLS * 99 / 100],
            failing[CALLS - 1],
            (success - listening.get()) / 1e6,
            (success - answering.get()) / 1e6);
      }
      server.destroyForcibly().waitFor();
    }
  }

  private static Process start(Path launcher, int port) throws IOException {
    return new ProcessBuilder(
            launcher.toString(), "server", "--port", String.valueOf(port), "--memory", "64mb")
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .redirectError(ProcessBuilder.Redirect.DISCARD)
        .start();
  }

  /** What calls take in microseconds that fail, in order, from the second one on. */
  private static double[] failing(Cache<String> cache) {
    double[] micros = new double[CALLS];
    for (int i = -1; i < CALLS; i++) {
      long startNanos = System.nanoTime();
      try {
        var _ = cache.get("k");
        throw new IllegalStateException("the server was killed");
      } catch (SpeicherException e) {
        micros[Math.max(i, 0)] = (System.nanoTime() - startNanos) / 1e3;
      }
    }
    Arrays.sort(micros);
    return micros;
  }

  private static <T> FutureTask<T> begin(Callable<T> work) {
    FutureTask<T> task = new FutureTask<>(work);
    Thread thread = new Thread(task, "watch");
    thread.setDaemon(true);
    thread.start();
    return task;
  }

  /** Tries once a millisecond to be a peer, and returns when that has succeeded. */
  private static long awaitPeer(int port, boolean isAnswered) throws InterruptedException {
    while (true) {
      try (Socket socket = new Socket()) {
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        if (isAnswered) {
          socket.getOutputStream().write(PING);
          var _ = socket.getInputStream().read();
        }
        return System.nanoTime();
      } catch (IOException e) {
        TimeUnit.MILLISECONDS.sleep(1);
      }
    }
  }

  /** Calls once a millisecond until a call succeeds, and returns when that was. */
  private static long awaitSuccess(Cache<String> cache) throws InterruptedException {
    while (true) {
      try {
        var _ = cache.get("k");
        return System.nanoTime();
      } catch (SpeicherException e) {
        TimeUnit.MILLISECONDS.sleep(1);
      }
    }
  }
}
