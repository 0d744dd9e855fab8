package io.speicher.cluster;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A node in a process of its own, on the loopback address. */
final class TestNode implements AutoCloseable {
  private static final int OFFSET = 100;
  private static final int PATIENCE_MILLIS = 30_000;
  private static final int MOST_REPETITIONS = 50;

  final int port;
  final int busPort;
  private final Path log;
  private final Process process;

  /** The ports of a node: for clients, and for nodes. */
  record Ports(int client, int bus) {}

  /** So many pairs of ports that are free, as far as one can know. */
  static List<Ports> freePorts(int nodes) throws IOException {
    List<ServerSocket> held = new ArrayList<>();
    List<Ports> ports = new ArrayList<>();
    try {
      while (ports.size() < nodes) {
        ServerSocket bus = hold(0, held);
        if (bus.getLocalPort() + OFFSET < 65_536 && isFree(bus.getLocalPort() + OFFSET, held)) {
          ports.add(new Ports(hold(0, held).getLocalPort(), bus.getLocalPort()));
        }
      }
    } finally {
      for (ServerSocket socket : held) {
        socket.close();
      }
    }
    return ports;
  }

  private static ServerSocket hold(int port, List<ServerSocket> held) throws IOException {
    ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress());
    held.add(socket);
    return socket;
  }

  private static boolean isFree(int port, List<ServerSocket> held) {
    try {
      hold(port, held);
      return true;
    } catch (IOException e) {
      return false; // Somebody has it: another pair is tried.
    }
  }

  /** Starts the process, and does not wait for it to listen. */
  TestNode(String cluster, Ports ports, List<Ports> peers, Path folder, String... more)
      throws IOException {
    this(cluster, "127.0.0.1", ports, addresses(peers), folder, List.of(), more);
  }

  static String addresses(List<Ports> peers) {
    return String.join(",", peers.stream().map(peer -> "127.0.0.1:" + peer.bus()).toList());
  }

  /**
   * Likewise.
   *
   * @param host where it talks with other nodes
   * @param peers as an option has them
   * @param javaOptions for the virtual machine
   */
  TestNode(
      String cluster,
      String host,
      Ports ports,
      String peers,
      Path folder,
      List<String> javaOptions,
      String... more)
      throws IOException {
    port = ports.client();
    busPort = ports.bus();
    log = Files.createTempFile(folder, "node", ".log");
    List<String> command = new ArrayList<>();
    Collections.addAll(command, System.getProperty("java.home") + "/bin/java", "-ea");
    Collections.addAll(command, "-XX:+UseSerialGC", "-Xmx96m", "-XX:TieredStopAtLevel=1");
    Collections.addAll(command, "--enable-native-access=ALL-UNNAMED");
    command.addAll(javaOptions);
    Collections.addAll(command, "-cp", System.getProperty("java.class.path"));
    Collections.addAll(command, NodeMain.class.getName(), "--port", "" + port);
    Collections.addAll(command, "--memory", "32mb", "--threads", "1", "--cluster", cluster);
    Collections.addAll(command, "--cluster-bind", host + ":" + busPort);
    Collections.addAll(command, "--cluster-peers", peers);
    Collections.addAll(command, more);
    process =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
  }

  boolean isListening() {
    if (!process.isAlive()) {
      throw new AssertionError("the node has ended; its log:\n" + log());
    }
    return log().contains("listening on");
  }

  String log() {
    try {
      return Files.readString(log, UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Waits for its end, and returns its status. */
  int awaitEnd() throws InterruptedException {
    if (!process.waitFor(PATIENCE_MILLIS, TimeUnit.MILLISECONDS)) {
      throw new AssertionError("the node goes on; its log:\n" + log());
    }
    return process.exitValue();
  }

  void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  void signal(String name) throws IOException, InterruptedException {
    new ProcessBuilder("kill", "-" + name, "" + process.pid()).start().waitFor();
  }

  /** Its end need not be waited for: others get other ports. */
  @Override
  public void close() {
    process.destroyForcibly();
  }

  // ---- talking to it ----

  private Socket connect() throws IOException {
    return connect(port);
  }

  private static Socket connect(int port) throws IOException {
    Socket socket = new Socket();
    socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    socket.setSoTimeout(PATIENCE_MILLIS);
    return socket;
  }

  /** What RESP answers to a command, without the marks of types; an array as lines. */
  String resp(String... words) {
    StringBuilder request = new StringBuilder("*" + words.length + "\r\n");
    for (String word : words) {
      request.append("$").append(word.length()).append("\r\n").append(word).append("\r\n");
    }
    try (Socket socket = connect()) {
      socket.getOutputStream().write(request.toString().getBytes(ISO_8859_1));
      return reply(new BufferedInputStream(socket.getInputStream()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The value of a key. Asks again if the node has slept, as it may on a busy machine. */
  String get(String key) {
    String reply = resp("GET", key);
    for (int i = 0; i < MOST_REPETITIONS && reply.startsWith("ERR outcome unknown: "); i++) {
      reply = resp("GET", key);
    }
    return reply;
  }

  private static String reply(InputStream in) throws IOException {
    String line = line(in);
    String rest = line.substring(1);
    return switch (line.charAt(0)) {
      case '$' -> rest.equals("-1") ? "null" : bulk(Integer.parseInt(rest), in);
      case '*' -> {
        List<String> elements = new ArrayList<>();
        for (int left = Integer.parseInt(rest); left > 0; left--) {
          elements.add(reply(in));
        }
        yield String.join("\n", elements);
      }
      default -> rest;
    };
  }

  private static String bulk(int length, InputStream in) throws IOException {
    byte[] bytes = in.readNBytes(length + 2);
    return new String(bytes, 0, length, ISO_8859_1);
  }

  private static String line(InputStream in) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int b = in.read(); b != '\r'; b = in.read()) {
      if (b < 0) {
        throw new EOFException("in the middle of a reply: " + line);
      }
      line.append((char) b);
    }
    in.read(); // The line feed.
    return line.toString();
  }

  /** What memcached answers to requests that end with {@code quit}. */
  String memcached(String requests) throws IOException {
    try (Socket socket = connect()) {
      socket.getOutputStream().write((requests + "quit\r\n").getBytes(ISO_8859_1));
      return new String(socket.getInputStream().readAllBytes(), ISO_8859_1);
    }
  }

  /** What RESP answers to commands on one connection, each a line, as it is sent. */
  String lines(String... commands) throws IOException {
    return memcached(String.join("\r\n", commands) + "\r\n");
  }

  /** What a port answers to GET by HTTP: status and body, in a line. */
  static String http(int port, String path) throws IOException {
    try (Socket socket = connect(port)) {
      String request = "GET " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
      socket.getOutputStream().write(request.getBytes(ISO_8859_1));
      String reply = new String(socket.getInputStream().readAllBytes(), ISO_8859_1);
      return reply.substring(9, 12) + " " + reply.substring(reply.indexOf("\r\n\r\n") + 4).strip();
    }
  }

  /** The number that a field of INFO has. */
  long info(String field) {
    return resp("INFO")
        .lines()
        .filter(line -> line.startsWith(field + ":"))
        .mapToLong(line -> Long.parseLong(line.substring(field.length() + 1).strip()))
        .findFirst()
        .orElseThrow();
  }

  /** What framed JSON answers to the last of some requests on one connection. */
  String json(String... requests) throws IOException {
    try (Socket socket = connect()) {
      DataInputStream in = new DataInputStream(socket.getInputStream());
      byte[] reply = {};
      for (String request : requests) {
        byte[] bytes = request.getBytes(UTF_8);
        socket
            .getOutputStream()
            .write(ByteBuffer.allocate(4 + bytes.length).putInt(bytes.length).put(bytes).array());
        reply = new byte[in.readInt()];
        in.readFully(reply);
      }
      return new String(reply, UTF_8);
    }
  }
}
