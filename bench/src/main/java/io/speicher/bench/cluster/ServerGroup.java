package io.speicher.bench.cluster;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.speicher.bench.process.LoadGenerator;
import io.speicher.bench.process.Measurement;
import io.speicher.bench.process.ServerProcess;
import io.speicher.load.Protocol;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;

/** The nodes of a cluster, or a server that is none, on this machine. */
final class ServerGroup implements AutoCloseable {
  /** The node that decides writes of the keys that are measured. */
  static final int PRIMARY = 0;

  static final int OTHER = 1;

  private static final int NODES = 3;
  private static final int KEYS = 10_000;
  private static final int VALUE_BYTES = 100;

  /** Failure detection takes the port that far above the one for nodes. */
  private static final int PORT_OFFSET = 100;

  private final Path speicher;
  private final List<ServerProcess> servers;

  private ServerGroup(Path speicher, List<ServerProcess> servers) {
    this.speicher = speicher;
    this.servers = servers;
  }

  static ServerGroup single(Path speicher) throws IOException {
    return new ServerGroup(speicher, List.of(start(speicher, List.of("--port", "0"))));
  }

  static ServerGroup cluster(Path speicher) throws IOException {
    List<Integer> ports = freePorts(2 * NODES);
    List<Integer> buses = ports.subList(NODES, 2 * NODES);
    String peers = buses.stream().map(bus -> "127.0.0.1:" + bus).collect(Collectors.joining(","));
    List<Future<ServerProcess>> starting = new ArrayList<>();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < NODES; i++) {
        List<String> options =
            List.of(
                "--port",
                "" + ports.get(i),
                "--cluster",
                "cost",
                "--cluster-bind",
                "127.0.0.1:" + buses.get(i),
                "--cluster-peers",
                peers);
        starting.add(threads.submit(() -> start(speicher, options)));
      }
    }
    List<ServerProcess> nodes = new ArrayList<>();
    for (Future<ServerProcess> one : starting) {
      try {
        nodes.add(one.resultNow());
      } catch (IllegalStateException e) {
        nodes.forEach(ServerProcess::close);
        throw new IOException("the cluster did not start", one.exceptionNow());
      }
    }
    return new ServerGroup(speicher, nodes);
  }

  private static ServerProcess start(Path speicher, List<String> options) throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(speicher.toString(), "server", "--memory", "256mb", "--threads", "1"));
    command.addAll(options);
    return ServerProcess.start(
        "Speicher", ServerProcess.SPEICHER_LISTENS, new ProcessBuilder(command), line -> {});
  }

  /** Ports that are free, as are those {@link #PORT_OFFSET} above, as far as one can know. */
  private static List<Integer> freePorts(int count) throws IOException {
    List<ServerSocket> held = new ArrayList<>();
    List<Integer> ports = new ArrayList<>();
    try {
      while (ports.size() < count) {
        ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        held.add(socket);
        if (socket.getLocalPort() + PORT_OFFSET < 1 << 16) {
          ports.add(socket.getLocalPort());
        }
      }
    } finally {
      for (ServerSocket socket : held) {
        socket.close();
      }
    }
    return ports;
  }

  /** What keys may begin with so that the first node is their primary owner. */
  String tagOfPrimary() throws IOException {
    for (int i = 0; ; i++) {
      String tag = "{" + i + "}";
      long before = remoteCommands();
      ask(PRIMARY, "SET " + tag + " 1");
      if (remoteCommands() == before) {
        return tag;
      }
    }
  }

  private long remoteCommands() throws IOException {
    String field = "cluster_remote_commands:";
    return ask(PRIMARY, "INFO cluster")
        .lines()
        .filter(line -> line.startsWith(field))
        .mapToLong(line -> Long.parseLong(line.substring(field.length())))
        .findFirst()
        .orElseThrow(() -> new IOException("INFO cluster does not tell of remote commands"));
  }

  /** What a node answers to a command, which it takes for the last one. */
  private String ask(int node, String command) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), servers.get(node).port())) {
      socket.getOutputStream().write((command + "\r\nQUIT\r\n").getBytes(ISO_8859_1));
      return new BufferedReader(new InputStreamReader(socket.getInputStream(), ISO_8859_1))
          .lines()
          .collect(Collectors.joining("\n"));
    }
  }

  /** Stores all keys that begin so. */
  void store(String keyPrefix) throws IOException {
    generator(PRIMARY, 16, 16)
        .measure(
            servers.get(PRIMARY).pid(),
            "get=1",
            0,
            1,
            List.of("--key-prefix", keyPrefix, "--preload"));
  }

  private LoadGenerator generator(int node, int connections, int pipeline) {
    return new LoadGenerator(
        List.of(speicher.toString()),
        Protocol.RESP,
        servers.get(node).port(),
        connections,
        pipeline,
        KEYS,
        VALUE_BYTES);
  }

  /** Loads a node, and returns what an operation takes of the CPU time of all nodes. */
  double cpuMicros(CostCommand.Load load, String keyPrefix, int node, int seconds)
      throws IOException {
    double before = cpuMicros();
    Measurement measured =
        generator(node, load.connections(), load.pipeline())
            .measure(
                servers.get(node).pid(),
                load.operation() + "=1",
                0,
                seconds,
                List.of("--key-prefix", keyPrefix))
            .requireClean(load.toString());
    return (cpuMicros() - before) / measured.operations();
  }

  private double cpuMicros() throws IOException {
    double sum = 0;
    for (ServerProcess server : servers) {
      sum += server.statistics().cpuMicros();
    }
    return sum;
  }

  @Override
  public void close() {
    servers.forEach(ServerProcess::close);
  }
}
