package io.speicher.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.speicher.bench.process.IdleConnections;
import io.speicher.bench.process.ServerProcess;
import java.io.IOException;
import java.io.PrintStream;

/**
 * What an idle connection costs a server in memory, beyond the kernel's part. Every connection has
 * sent one request and has its reply.
 */
public final class IdleMemory {
  /** A {@code PING} in framed JSON. */
  private static final IdleConnections.Greeting PING =
      new IdleConnections.Greeting(
          "\0\0\0\u0012{\"command\":\"PING\"}", "\0\0\0\u0013{\"status_code\":200}");

  /** Enough for the server to have loaded its classes and made its buffers. */
  private static final int WARM_UP_CONNECTIONS = 100;

  private static final PrintStream out = new PrintStream(System.out, true, UTF_8);

  private IdleMemory() {}

  /** Arguments: the launcher of Speicher, the number of connections. */
  public static void main(String[] arguments) throws IOException, InterruptedException {
    int count = Integer.parseInt(arguments[1]);
    ProcessBuilder command =
        new ProcessBuilder(
            arguments[0],
            "server",
            "--port",
            "0",
            "--memory",
            "256mb",
            "--max-connections",
            Integer.toString(count + 1_000));
    try (ServerProcess server =
            ServerProcess.start("Speicher", ServerProcess.SPEICHER_LISTENS, command);
        IdleConnections _ = open(server, WARM_UP_CONNECTIONS)) {
      long heapBefore = server.liveHeapBytes();
      long residentBefore = server.statistics().residentBytes();
      try (IdleConnections _ = open(server, count)) {
        long heap = server.liveHeapBytes() - heapBefore;
        long resident = server.statistics().residentBytes() - residentBefore;
        out.printf("connections          %,10d%n", count);
        out.printf("live heap each       %,10d bytes%n", heap / count);
        out.printf("resident memory each %,10d bytes%n", resident / count);
        out.printf("resident memory now  %,10d kB%n", server.statistics().residentBytes() >> 10);
      }
    }
  }

  private static IdleConnections open(ServerProcess server, int count) throws IOException {
    return IdleConnections.open(server.statistics(), server.port(), PING, count);
  }
}
