package io.speicher.bench.compare;

import io.speicher.bench.process.IdleConnections;
import java.util.ArrayList;
import java.util.List;

/** A server program, and the command line that suits it best on this machine. */
enum Server {
  /** The program is its launcher. */
  SPEICHER("Speicher", "#D55E00", "#E69F00"),
  VALKEY("Valkey", "#0072B2", "#0072B2"),
  REDIS("Redis", "#009E73", "#009E73"),
  MEMCACHED("memcached", "#CC79A7", "#56B4E9");

  /** Enough for the largest data set that there is, so that nobody has to evict. */
  private static final String MEMORY_MEGABYTES = "4096";

  final String title;

  private final String colour;
  private final String colourOfMoreThreads;

  Server(String title, String colour, String colourOfMoreThreads) {
    this.title = title;
    this.colour = colour;
    this.colourOfMoreThreads = colourOfMoreThreads;
  }

  /** Of Okabe and Ito, whose colours people tell apart however they see them. */
  String colour(int threads) {
    return threads == 1 ? colour : colourOfMoreThreads;
  }

  /** Whether one more thread serves one more core. */
  boolean hasThreads() {
    return this == SPEICHER || this == MEMCACHED;
  }

  /** What a new connection can ask for. */
  IdleConnections.Greeting greeting() {
    return this == MEMCACHED
        ? new IdleConnections.Greeting("mn\r\n", "MN\r\n")
        : new IdleConnections.Greeting("PING\r\n", "+PONG\r\n");
  }

  /** The command that starts {@code program} as it is compared. */
  List<String> command(String program, int threads, String port) {
    List<String> command = new ArrayList<>();
    command.add(program);
    command.addAll(
        switch (this) {
          case SPEICHER ->
              List.of("server", "--port", port, "--threads", "" + threads, "--memory", "4gb");
          case VALKEY, REDIS -> singleThreaded(port);
          case MEMCACHED -> memcached(threads, port);
        });
    return command;
  }

  private static List<String> singleThreaded(String port) {
    List<String> options = new ArrayList<>(List.of("--port", port, "--bind", "127.0.0.1"));
    options.addAll(List.of("--save", "", "--appendonly", "no", "--io-threads", "1"));
    return options;
  }

  private static List<String> memcached(int threads, String port) {
    List<String> options = new ArrayList<>(List.of("-p", port, "-l", "127.0.0.1", "-U", "0"));
    options.addAll(List.of("-t", "" + threads, "-m", MEMORY_MEGABYTES, "-c", "4096"));
    // Otherwise it turns to another connection after 20 requests, in the middle of a long pipeline.
    options.addAll(List.of("-R", "200"));
    if ("root".equals(System.getProperty("user.name"))) {
      options.addAll(List.of("-u", "root")); // Else it refuses to start.
    }
    return options;
  }

  /** What to add to the command where so many connections are open. */
  List<String> connectionLimit(int connections) {
    return switch (this) {
      case SPEICHER -> List.of("--max-connections", "" + connections);
      case VALKEY, REDIS -> List.of("--maxclients", "" + connections);
      case MEMCACHED -> List.of("-c", "" + connections);
    };
  }
}
