package io.speicher.bench;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/**
 * Server CPU time for an operation: Speicher over framed JSON beside redis-server over RESP.
 *
 * <p>Both servers run on core 0, one event loop each, this program on core 1 (bench/against-redis
 * sees to that). Each round measures all cells, and within a cell the servers take turns; a cell
 * shows the median of the rounds. Throughput is not shown: on a shared machine it says little.
 */
public final class CpuPerOperation {
  private static final int CONNECTIONS = 50;
  static final int KEYS = 1_000_000;
  static final int VALUE_BYTES = 100;
  private static final int[] DEPTHS = {1, 16, 64};
  private static final List<String> OPERATIONS = List.of("GET", "SET");
  private static final List<String> ON_CORE_0 = List.of("taskset", "-c", "0");

  private static final PrintStream out = new PrintStream(System.out, true, UTF_8);

  private CpuPerOperation() {}

  /** Arguments: the launcher of Speicher, the number of rounds, seconds for each measurement. */
  public static void main(String[] arguments) throws IOException {
    String launcher = arguments[0];
    int rounds = Integer.parseInt(arguments[1]);
    long nanos = TimeUnit.SECONDS.toNanos(Long.parseLong(arguments[2]));
    try (ServerProcess speicher =
            startSpeicher(launcher, "Speicher, framed JSON", Dialect.FRAMED_JSON);
        ServerProcess redis = startRedis()) {
      List<ServerProcess> servers = List.of(speicher, redis);
      for (ServerProcess server : servers) {
        System.err.println("filling " + server.name);
        fill(server);
      }
      Map<String, double[]> cells = new LinkedHashMap<>();
      for (int round = 0; round <= rounds; round++) {
        // Round 0 is for the compilers and the caches.
        System.err.println(round == 0 ? "warming up" : "round " + round + " of " + rounds);
        for (String operation : OPERATIONS) {
          for (int depth : DEPTHS) {
            for (ServerProcess server : servers) {
              double micros = measure(server, operation, depth, round, nanos);
              if (round > 0) {
                cells
                        .computeIfAbsent(cell(server, operation, depth), _ -> new double[rounds])[
                        round - 1] =
                    micros;
              }
            }
          }
        }
      }
      print(servers, cells);
    }
  }

  static ServerProcess startSpeicher(String launcher, String name, Dialect dialect)
      throws IOException {
    return ServerProcess.start(
        name,
        dialect,
        Pattern.compile("listening on [^ ]*:(\\d+)"),
        onCore0(launcher, "server", "--port", "0", "--memory", "1gb", "--threads", "1"));
  }

  static ServerProcess startRedis() throws IOException {
    return ServerProcess.start(
        "redis-server, RESP",
        Dialect.RESP,
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

  private static List<String> onCore0(String... command) {
    List<String> pinned = new ArrayList<>(ON_CORE_0);
    pinned.addAll(Arrays.asList(command));
    return pinned;
  }

  static void fill(ServerProcess server) throws IOException {
    int[] next = {0};
    try (Load load = new Load(server.dialect, server.port, 1, 100)) {
      while (next[0] < KEYS) {
        load.run(_ -> set(server.dialect, next[0]++ % KEYS), 0, 0);
      }
    }
  }

  private static double measure(
      ServerProcess server, String operation, int depth, int round, long nanos) throws IOException {
    Load.Requests requests =
        operation.equals("GET")
            ? random -> server.dialect.get(key(random.nextInt(KEYS)))
            : random -> set(server.dialect, random.nextInt(KEYS));
    try (Load load = new Load(server.dialect, server.port, CONNECTIONS, depth)) {
      double before = server.cpuMicros();
      long answered = load.run(requests, new Random(round).nextLong(), nanos);
      return (server.cpuMicros() - before) / answered;
    }
  }

  private static byte[] set(Dialect dialect, int index) {
    return dialect.set(key(index), "v".repeat(VALUE_BYTES));
  }

  /** Sixteen bytes. */
  private static String key(int index) {
    String digits = Integer.toString(index);
    return "key:" + "0".repeat(12 - digits.length()) + digits;
  }

  private static String cell(ServerProcess server, String operation, int depth) {
    return server.name + " " + operation + " " + depth;
  }

  private static void print(List<ServerProcess> servers, Map<String, double[]> cells) {
    out.println("server CPU time for an operation in µs: median (lowest to highest) of the rounds");
    out.printf("%-10s %5s", "operation", "depth");
    servers.forEach(server -> out.printf("  %-24s", server.name));
    out.println("  ratio");
    for (String operation : OPERATIONS) {
      for (int depth : DEPTHS) {
        out.printf("%-10s %5d", operation, depth);
        double[] medians = new double[servers.size()];
        for (int i = 0; i < servers.size(); i++) {
          double[] rounds = requireNonNull(cells.get(cell(servers.get(i), operation, depth)));
          Arrays.sort(rounds);
          medians[i] = rounds[rounds.length / 2];
          out.printf(
              "  %-24s",
              "%.2f (%.2f to %.2f)".formatted(medians[i], rounds[0], rounds[rounds.length - 1]));
        }
        out.printf("  %.2f%n", medians[0] / medians[1]);
      }
    }
  }
}
