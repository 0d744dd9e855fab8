package io.speicher.testing;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * {@code redis-server} or {@code memcached}, as Debian has it, on a port of the loopback address.
 * Where it is not installed the test is skipped, or fails; see {@link Program}.
 *
 * <p>memcached gets its port from the kernel and writes it to a file. Redis cannot: it is given a
 * port that the kernel has just called free, and if somebody else has taken it by then, another
 * one. Nobody connects to a server that has not said that it listens: whoever does so again and
 * again may be connected with themselves.
 */
public final class OriginalServer implements AutoCloseable {
  private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(20);
  private static final int ATTEMPTS = 10;
  private static final String LOG = "log";
  private static final String PORT = "port";

  private final Process process;
  private final Path folder;
  private int port;

  private OriginalServer(Process process, Path folder) {
    this.process = process;
    this.folder = folder;
  }

  /** Starts Redis with these options beside its own, in a new folder below {@code parent}. */
  public static OriginalServer redis(Path parent, String... options) throws IOException {
    for (int attempt = 1; ; attempt++) {
      int port = freePort();
      List<String> command = new ArrayList<>();
      command.add(Program.find("redis-server", "redis-server").path());
      command.addAll(List.of("--port", "" + port, "--bind", "127.0.0.1"));
      command.addAll(List.of("--save", "", "--appendonly", "no"));
      command.addAll(List.of(options));
      OriginalServer server = start(command, Files.createTempDirectory(parent, "redis"));
      if (server.awaitPort(
          () ->
              server.readLog().contains("Ready to accept connections")
                  ? OptionalInt.of(port)
                  : OptionalInt.empty())) {
        return server;
      }
      server.close();
      if (attempt == ATTEMPTS || !server.readLog().contains("Address already in use")) {
        throw server.failure();
      }
    }
  }

  /** Starts memcached with these options beside its own, in a new folder below {@code parent}. */
  public static OriginalServer memcached(Path parent, String... options) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Program.find("memcached", "memcached").path());
    command.addAll(List.of("-l", "127.0.0.1", "-p", "-1", "-U", "0"));
    if ("root".equals(System.getProperty("user.name"))) {
      command.addAll(List.of("-u", "root")); // Else it refuses to start.
    }
    command.addAll(List.of(options));
    OriginalServer server = start(command, Files.createTempDirectory(parent, "memcached"));
    if (!server.awaitPort(server::readPort)) {
      server.close();
      throw server.failure();
    }
    return server;
  }

  private static OriginalServer start(List<String> command, Path folder) throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve(LOG).toFile());
    builder.environment().put("MEMCACHED_PORT_FILENAME", folder.resolve(PORT).toString());
    return new OriginalServer(builder.start(), folder);
  }

  private static int freePort() throws IOException {
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return free.getLocalPort();
    }
  }

  public InetSocketAddress address() {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
  }

  /** The address as command lines have it. */
  public String hostAndPort() {
    return "127.0.0.1:" + port;
  }

  /** Where a server told its port, or nothing as long as it has not. */
  private interface PortSource {
    OptionalInt port() throws IOException;
  }

  /** Whether the server listens in time. */
  private boolean awaitPort(PortSource source) throws IOException {
    long deadline = System.nanoTime() + PATIENCE_NANOS;
    OptionalInt told = source.port();
    while (told.isEmpty() && process.isAlive() && System.nanoTime() - deadline < 0) {
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
      told = source.port();
    }
    port = told.orElse(0);
    return told.isPresent();
  }

  /** memcached renames the file when it is complete, with a line {@code TCP INET: 36591}. */
  private OptionalInt readPort() throws IOException {
    Path file = folder.resolve(PORT);
    return Files.exists(file)
        ? Files.readAllLines(file, UTF_8).stream()
            .filter(line -> line.startsWith("TCP INET: "))
            .mapToInt(line -> Integer.parseInt(line.substring("TCP INET: ".length())))
            .findFirst()
        : OptionalInt.empty();
  }

  private String readLog() throws IOException {
    return Files.readString(folder.resolve(LOG), UTF_8);
  }

  private IOException failure() throws IOException {
    return new IOException("the server does not listen; its log:\n" + readLog());
  }

  /** Stops the server and waits until it has ended. */
  @Override
  public void close() {
    process.destroy();
    boolean ended = false;
    try {
      ended = process.waitFor(PATIENCE_NANOS, TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    if (!ended) {
      process.destroyForcibly();
    }
  }
}
