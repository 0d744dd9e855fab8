package io.speicher.bench.chaos;

import io.speicher.bench.chaos.FaultyProxy.Mode;
import io.speicher.bench.process.Pause;
import io.speicher.bench.process.ServerProcess;
import io.speicher.client.Cache;
import io.speicher.client.Codec;
import io.speicher.client.Speicher;
import io.speicher.client.exception.QueueFullException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * {@code bench/chaos}: a server and a network that fail in several ways, and a table of what the
 * callers of the Java client saw. Exit status 1 if one of them was given a wrong value.
 */
public final class Chaos {
  private static final Duration TIMEOUT = Duration.ofMillis(300);
  private static final int CALM_MILLIS = 500;
  private static final int FAULT_MILLIS = 1_500;
  private static final int AFTER_MILLIS = 1_500;

  /** What the client holds of commands without a reply, and what each of them has. */
  private static final int MAX_PENDING_BYTES = 1 << 20;

  private static final int LARGE_BYTES = 100_000;

  private final Path launcher;
  private long wrongValues;

  private Chaos(Path launcher) {
    this.launcher = launcher;
  }

  /** A fault, and its end. */
  private interface Fault {
    void begin(ServerProcess server, FaultyProxy network) throws Exception;

    /** Returns the server there is now. */
    ServerProcess end(ServerProcess server, FaultyProxy network) throws Exception;
  }

  /** Plays all faults. */
  public static void main(String[] arguments) throws Exception {
    Chaos chaos = new Chaos(Path.of(System.getProperty("bench.root", "."), "speicher"));
    System.out.println(
        "| fault | calls that went well | the others | longest call | first success | last failure"
            + " | wrong values |");
    System.out.println("| --- | --- | --- | --- | --- | --- | --- |");
    chaos.playAll();
    System.exit(chaos.wrongValues == 0 ? 0 : 1);
  }

  private void playAll() throws Exception {
    play("killed, and started again", true, new Killed());
    play("stopped (SIGSTOP)", false, signals());
    play("half-open: the connection there was carries nothing", false, halfOpen());
    play("all packets dropped", false, mode(Mode.DROP));
    play("replies of random bytes", false, mode(Mode.GARBAGE));
    play("16 bytes every 25 ms", false, mode(Mode.SLOW));
    playFull();
  }

  /** The process is killed by SIGKILL, and another one takes the port when the fault ends. */
  private final class Killed implements Fault {
    @Override
    public void begin(ServerProcess server, FaultyProxy network) throws InterruptedException {
      server.kill();
    }

    @Override
    public ServerProcess end(ServerProcess server, FaultyProxy network) throws IOException {
      return startServer(server.port());
    }
  }

  private static Fault signals() {
    return new Fault() {
      @Override
      public void begin(ServerProcess server, FaultyProxy network) throws Exception {
        signal("STOP", server);
      }

      @Override
      public ServerProcess end(ServerProcess server, FaultyProxy network) throws Exception {
        signal("CONT", server);
        return server;
      }
    };
  }

  private static void signal(String name, ServerProcess server)
      throws IOException, InterruptedException {
    new ProcessBuilder("kill", "-" + name, Long.toString(server.pid())).start().waitFor();
  }

  private static Fault halfOpen() {
    return new Fault() {
      @Override
      public void begin(ServerProcess server, FaultyProxy network) {
        network.halveConnections();
      }

      @Override
      public ServerProcess end(ServerProcess server, FaultyProxy network) {
        return server;
      }
    };
  }

  private static Fault mode(Mode mode) {
    return new Fault() {
      @Override
      public void begin(ServerProcess server, FaultyProxy network) {
        network.mode(mode);
      }

      @Override
      public ServerProcess end(ServerProcess server, FaultyProxy network) {
        network.mode(Mode.PASS);
        return server;
      }
    };
  }

  private ServerProcess startServer(int port) throws IOException {
    return ServerProcess.start(
        "speicher",
        ServerProcess.SPEICHER_LISTENS,
        new ProcessBuilder(
            launcher.toString(), "server", "--port", Integer.toString(port), "--memory", "64mb"),
        line -> {});
  }

  /** After a more patient client, since a server that has just started answers late. */
  private static Speicher connect(int port) {
    try (Speicher first = Speicher.connect("127.0.0.1", port)) {
      first.ping();
    }
    return Speicher.builder()
        .host("127.0.0.1")
        .port(port)
        .timeout(TIMEOUT)
        .connectTimeout(TIMEOUT)
        .maxPendingBytes(MAX_PENDING_BYTES)
        .build();
  }

  private void play(String name, boolean mayForget, Fault fault) throws Exception {
    ServerProcess server = startServer(0);
    try (FaultyProxy network = new FaultyProxy(server.port());
        Speicher speicher = connect(network.port())) {
      Callers callers = new Callers(speicher.cache("chaos", Codec.string()), mayForget);
      callers.start();
      Pause.millis(CALM_MILLIS);
      fault.begin(server, network);
      Pause.millis(FAULT_MILLIS);
      server = fault.end(server, network);
      long healedNanos = System.nanoTime();
      Pause.millis(AFTER_MILLIS);
      callers.stop();
      System.out.println(callers.row(name, healedNanos));
      wrongValues += callers.wrongValues();
    } finally {
      server.kill();
    }
  }

  /** More is written than the client may hold, while the server takes nothing. */
  private void playFull() throws Exception {
    ServerProcess server = startServer(0);
    try (Speicher speicher = connect(server.port())) {
      Cache<byte[]> cache = speicher.cache("chaos", Codec.bytes());
      cache.set("key", new byte[LARGE_BYTES]);
      signal("STOP", server);
      long longestNanos = 0;
      List<CompletableFuture<?>> writes = new ArrayList<>();
      for (int i = 0; i < 1_000; i++) {
        long startNanos = System.nanoTime();
        writes.add(cache.async().set("key", new byte[LARGE_BYTES]));
        longestNanos = Math.max(longestNanos, System.nanoTime() - startNanos);
      }
      long refused =
          writes.stream()
              .filter(CompletableFuture::isCompletedExceptionally)
              .filter(write -> write.exceptionNow() instanceof QueueFullException)
              .count();
      signal("CONT", server);
      System.out.printf(
          "%nFull: of 1,000 writes of 100 kB to a stopped server, %,d were refused at once with"
              + " QueueFullException; the longest call took %d ms.%n",
          refused, longestNanos / 1_000_000);
    } finally {
      server.kill();
    }
  }
}
