package io.speicher.bench;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import io.speicher.bench.process.LoadGenerator;
import io.speicher.bench.process.ServerProcess;
import io.speicher.load.Protocol;
import java.io.IOException;
import java.io.PrintStream;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Server CPU time for an operation under the load of {@code redis-benchmark}: Speicher over RESP
 * beside redis-server.
 *
 * <p>Both servers run on core 0, one event loop each, redis-benchmark on core 1
 * (bench/redis-benchmark sees to that). Each round measures all cells, and within a cell the
 * servers take turns.
 */
public final class RedisBenchmark {
  private static final List<String> ON_CORE_0 = List.of("taskset", "-c", "0");
  private static final String CONNECTIONS = "50";
  private static final int KEYS = 1_000_000;
  private static final int VALUE_BYTES = 100;
  private static final int FILL_DEPTH = 64;
  private static final int[] DEPTHS = {1, 16, 64};
  private static final List<String> OPERATIONS = List.of("GET", "SET");

  /** Enough for a second or more of a server's time. */
  private static final int REQUESTS = 200_000;

  private static final int PIPELINED_REQUESTS = 1_000_000;

  private static final PrintStream out = new PrintStream(System.out, true, UTF_8);

  private RedisBenchmark() {}

  /** Arguments: the launcher of Speicher, the number of rounds. */
  public static void main(String[] arguments) throws IOException, InterruptedException {
    int rounds = Integer.parseInt(arguments[1]);
    try (ServerProcess speicher = startSpeicher(arguments[0]);
        ServerProcess redis = startRedis()) {
      List<ServerProcess> servers = List.of(speicher, redis);
      for (ServerProcess server : servers) {
        System.err.println("filling " + server.name());
        fill(arguments[0], server);
      }
      Map<String, Rounds> cells = new LinkedHashMap<>();
      for (int round = 0; round <= rounds; round++) {
        // Round 0 is for the compilers and the caches.
        System.err.println(round == 0 ? "warming up" : "round " + round + " of " + rounds);
        for (String operation : OPERATIONS) {
          for (int depth : DEPTHS) {
            for (ServerProcess server : servers) {
              double micros = measure(server, operation, depth);
              if (round > 0) {
                cells
                    .computeIfAbsent(cell(server, operation, depth), _ -> new Rounds())
                    .add(micros);
              }
            }
          }
        }
      }
      print(servers, cells);
    }
  }

  private static ServerProcess startSpeicher(String launcher) throws IOException {
    return ServerProcess.start(
        "Speicher, RESP",
        ServerProcess.SPEICHER_LISTENS,
        onCore0(launcher, "server", "--port", "0", "--memory", "1gb", "--threads", "1"));
  }

  private static ServerProcess startRedis() throws IOException {
    return ServerProcess.start(
        "redis-server, RESP",
        Pattern.compile("Running mode=standalone, port=(\\d+)"),
        onCore0(
            "redis-server",
            "--port",
            "16379",
            "--bind",
            "127.0.0.1",
            "--save",
            "",
            "--appendonly",
            "no"));
  }

  private static ProcessBuilder onCore0(String... command) {
    return new ProcessBuilder(Stream.concat(ON_CORE_0.stream(), Stream.of(command)).toList());
  }

  /** Stores every key that redis-benchmark asks for: their names are the same. */
  private static void fill(String launcher, ServerProcess server) throws IOException {
    new LoadGenerator(
            List.of(launcher), Protocol.RESP, server.port(), 1, FILL_DEPTH, KEYS, VALUE_BYTES)
        .preload();
  }

  private static double measure(ServerProcess server, String operation, int depth)
      throws IOException, InterruptedException {
    int requests = depth == 1 ? REQUESTS : PIPELINED_REQUESTS;
    double before = server.statistics().cpuMicros();
    Process load =
        new ProcessBuilder(
                List.of(
                    "redis-benchmark",
                    "-p",
                    Integer.toString(server.port()),
                    "-t",
                    operation,
                    "-P",
                    Integer.toString(depth),
                    "-c",
                    CONNECTIONS,
                    "-d",
                    Integer.toString(VALUE_BYTES),
                    "-r",
                    Integer.toString(KEYS),
                    "-n",
                    Integer.toString(requests),
                    "-q"))
            .redirectErrorStream(true)
            .start();
    String said = load.inputReader().readAllAsString();
    if (load.waitFor() != 0 || said.toLowerCase(Locale.ROOT).contains("error")) {
      throw new IOException("redis-benchmark failed: " + said);
    }
    return (server.statistics().cpuMicros() - before) / requests;
  }

  private static String cell(ServerProcess server, String operation, int depth) {
    return server.name() + " " + operation + " " + depth;
  }

  private static void print(List<ServerProcess> servers, Map<String, Rounds> cells) {
    out.println("server CPU time for an operation in µs: median (lowest to highest) of the rounds");
    out.printf("%-10s %5s", "operation", "depth");
    servers.forEach(server -> out.printf("  %-24s", server.name()));
    out.println("  ratio");
    for (String operation : OPERATIONS) {
      for (int depth : DEPTHS) {
        out.printf("%-10s %5d", operation, depth);
        Rounds ours = requireNonNull(cells.get(cell(servers.get(0), operation, depth)));
        Rounds theirs = requireNonNull(cells.get(cell(servers.get(1), operation, depth)));
        out.printf("  %-24s  %-24s", ours.show(2), theirs.show(2));
        out.printf("  %.2f%n", ours.median() / theirs.median());
      }
    }
  }
}
