package io.speicher.compat.differential;

import static org.awaitility.Awaitility.await;

import io.speicher.compat.Program;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.awaitility.core.ConditionTimeoutException;

/** One of Debian's servers, on a free port of the loopback address. See {@link Program}. */
final class ServerProcess implements AutoCloseable {
  private static final Duration START = Duration.ofSeconds(10);

  private final Process process;
  private final int port;

  private ServerProcess(Process process, int port) {
    this.process = process;
    this.port = port;
  }

  static ServerProcess redis(Path directory) throws IOException, InterruptedException {
    int port = freePort();
    return start(
        port,
        "redis-server",
        List.of(
            "--port",
            "" + port,
            "--bind",
            "127.0.0.1",
            "--save",
            "",
            "--appendonly",
            "no",
            "--maxmemory",
            "256mb",
            "--maxmemory-policy",
            "allkeys-lfu", // As Speicher says; OBJECT IDLETIME is refused then.
            "--dir",
            directory.toString()));
  }

  static ServerProcess memcached() throws IOException, InterruptedException {
    int port = freePort();
    List<String> options = new ArrayList<>(List.of("-p", "" + port));
    options.addAll(List.of("-l", "127.0.0.1", "-U", "0", "-m", "64"));
    if ("root".equals(System.getProperty("user.name"))) {
      options.addAll(List.of("-u", "root")); // Else it refuses to start.
    }
    return start(port, "memcached", options);
  }

  String address() {
    return "127.0.0.1:" + port;
  }

  private static ServerProcess start(int port, String program, List<String> options)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of(Program.find(program, program).path()));
    command.addAll(options);
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    ServerProcess server = new ServerProcess(process, port);
    try {
      server.awaitPort();
      return server;
    } catch (IOException | ConditionTimeoutException e) {
      server.close();
      throw e;
    }
  }

  private void awaitPort() throws IOException {
    await().atMost(START).until(() -> listens() || !process.isAlive());
    if (!process.isAlive()) {
      throw new IOException("did not start: port=" + port);
    }
  }

  private boolean listens() {
    try (Socket _ = new Socket(InetAddress.getLoopbackAddress(), port)) {
      return true;
    } catch (IOException e) {
      return false; // Not yet.
    }
  }

  /**
   * A port below those that the system gives to clients: one of these may be connected with itself
   * while nobody listens there yet, which looks like a server and keeps the real one away.
   */
  private static int freePort() throws IOException {
    IOException taken = null;
    for (int i = 0; i < 100; i++) {
      int port = 20_000 + ThreadLocalRandom.current().nextInt(12_000);
      try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
        return socket.getLocalPort();
      } catch (IOException e) {
        taken = e;
      }
    }
    throw new IOException("no port is free", taken);
  }

  @Override
  public void close() {
    process.destroy();
    process.onExit().join();
  }
}
