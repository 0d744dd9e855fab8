package io.speicher.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * What an idle connection costs a server in memory, beyond the kernel's part. Every connection has
 * sent one request and has its reply.
 */
public final class IdleConnections {
  private static final PrintStream out = new PrintStream(System.out, true, UTF_8);

  private IdleConnections() {}

  /** Arguments: the launcher of Speicher, the number of connections. */
  public static void main(String[] arguments) throws IOException, InterruptedException {
    int count = Integer.parseInt(arguments[1]);
    try (ServerProcess server =
        ServerProcess.start(
            "Speicher",
            ServerProcess.SPEICHER_LISTENS,
            new ProcessBuilder(
                arguments[0],
                "server",
                "--port",
                "0",
                "--memory",
                "256mb",
                "--max-connections",
                Integer.toString(count + 1_000)))) {
      List<Load> connections = new ArrayList<>();
      open(connections, server, 100); // Warms up: classes, buffers, code.
      long heapBefore = server.liveHeapBytes();
      long residentBefore = server.statistics().residentBytes();
      open(connections, server, count);
      long heap = server.liveHeapBytes() - heapBefore;
      long resident = server.statistics().residentBytes() - residentBefore;
      out.printf("connections          %,10d%n", count);
      out.printf("live heap each       %,10d bytes%n", heap / count);
      out.printf("resident memory each %,10d bytes%n", resident / count);
      out.printf("resident memory now  %,10d kB%n", server.statistics().residentBytes() >> 10);
      for (Load connection : connections) {
        connection.close();
      }
    }
  }

  private static void open(List<Load> connections, ServerProcess server, int count)
      throws IOException {
    for (int i = 0; i < count; i++) {
      Load connection = new Load(Dialect.FRAMED_JSON, server.port(), 1, 1);
      connection.run(_ -> Dialect.FRAMED_JSON.get("key"), new Random(i).nextLong(), 0);
      connections.add(connection);
    }
  }
}
