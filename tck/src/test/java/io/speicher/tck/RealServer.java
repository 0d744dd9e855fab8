package io.speicher.tck;

import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.opentest4j.TestAbortedException;

/**
 * A server of others, as Debian has it, on a free port of the loopback address. Where it is not
 * installed the test is skipped, unless {@code -Dcompat=true} says that it has to be there.
 */
final class RealServer implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private final Process process;
  private final InetSocketAddress address;

  private RealServer(Process process, InetSocketAddress address) {
    this.process = process;
    this.address = address;
  }

  /** Starts the server that a dialect comes from, and waits until it listens. */
  static RealServer start(Dialect dialect, Path folder) throws IOException {
    InetAddress loopback = InetAddress.getLoopbackAddress();
    int port = freePort(loopback);
    Process process =
        new ProcessBuilder(command(dialect, Integer.toString(port)))
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("server.log").toFile())
            .start();
    RealServer server = new RealServer(process, new InetSocketAddress(loopback, port));
    server.awaitListening();
    return server;
  }

  /**
   * A port below those that the system gives to clients: whoever connects to one of these again and
   * again, as long as nobody listens there, may one day be given the same one and be connected with
   * itself, which looks like a server and keeps the real one from listening.
   */
  private static int freePort(InetAddress loopback) throws IOException {
    IOException taken = null;
    for (int i = 0; i < 100; i++) {
      int port = 20_000 + ThreadLocalRandom.current().nextInt(12_000);
      try (ServerSocket free = new ServerSocket(port, 1, loopback)) {
        return free.getLocalPort();
      } catch (IOException e) {
        taken = e;
      }
    }
    throw new IOException("no port is free", taken);
  }

  private static List<String> command(Dialect dialect, String port) {
    if (dialect == Dialect.resp) {
      String program = program("redis-server", "redis-server");
      return List.of(
          program, "--port", port, "--bind", "127.0.0.1", "--save", "", "--appendonly", "no");
    }
    List<String> command = new ArrayList<>();
    command.add(program("memcached", "memcached"));
    command.addAll(List.of("-l", "127.0.0.1", "-p", port, "-U", "0"));
    if ("root".equals(System.getProperty("user.name"))) {
      // It refuses to run as root.
      command.addAll(List.of("-u", "nobody"));
    }
    return command;
  }

  private static String program(String name, String debianPackage) {
    for (String folder : System.getenv("PATH").split(File.pathSeparator, -1)) {
      File program = new File(folder, name);
      if (program.canExecute()) {
        return program.getPath();
      }
    }
    String missing = "%s is not installed (Debian package %s)".formatted(name, debianPackage);
    if (Boolean.getBoolean("compat")) {
      throw new AssertionError(missing);
    }
    throw new TestAbortedException(missing);
  }

  private void awaitListening() throws IOException {
    Deadline deadline = Deadline.in(PATIENCE);
    while (!listens()) {
      if (deadline.passed() || !process.isAlive()) {
        close();
        throw new IOException("the server does not listen: address=" + address);
      }
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
    }
  }

  private boolean listens() {
    try (Socket socket = new Socket()) {
      socket.connect(address, 1_000);
      return true;
    } catch (IOException e) {
      // Not yet: the caller tries again.
      return false;
    }
  }

  InetSocketAddress address() {
    return address;
  }

  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
