package io.speicher.client;

import io.speicher.protocol.json.JsonScanner;
import io.speicher.protocol.json.JsonSpan;
import io.speicher.protocol.json.MalformedJsonException;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;

/**
 * A server on plain sockets that does what a test tells it, as wrong as it may be: one thread for
 * each connection runs the script, and when that returns the connection is closed.
 */
final class FakeServer implements AutoCloseable {

  static final String DONE = "{\"status_code\":200}";
  static final String MISS = "{\"status_code\":404}";

  /** What happens on one connection. */
  interface Script {
    void serve(Peer peer) throws Exception;
  }

  private final Script script;
  private final boolean isPolite;
  private final ServerSocket socket;
  private final Queue<Socket> connections = new ConcurrentLinkedQueue<>();
  private final AtomicInteger connectionCount = new AtomicInteger();
  private volatile boolean closed;

  private FakeServer(ServerSocket socket, int port, boolean isPolite, Script script)
      throws IOException {
    this.script = script;
    this.isPolite = isPolite;
    this.socket = socket;
    socket.setReuseAddress(true);
    socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    Thread acceptor = new Thread(this::accept, "fake-server");
    acceptor.setDaemon(true);
    acceptor.start();
  }

  /** Answers the greeting of each connection and then runs {@code script}, on a port of its own. */
  static FakeServer start(Script script) {
    return start(0, script);
  }

  static FakeServer start(int port, Script script) {
    return start(port, true, script);
  }

  /** Runs {@code script} for each connection, from its first byte. */
  static FakeServer startRaw(Script script) {
    return start(0, false, script);
  }

  private static FakeServer start(int port, boolean isPolite, Script script) {
    try {
      return new FakeServer(new ServerSocket(), port, isPolite, script);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Speaks TLS with what {@code context} has. */
  static FakeServer start(SSLContext context, Script script) throws IOException {
    return new FakeServer(context.getServerSocketFactory().createServerSocket(), 0, false, script);
  }

  /** Does what the protocol says, with a map behind it. */
  static FakeServer startCorrect() {
    return start(correct());
  }

  /** The same from the first byte, for {@link #startRaw} and TLS. */
  static Script greetingCorrect() {
    Script correct = correct();
    return peer -> {
      peer.greet();
      correct.serve(peer);
    };
  }

  static Script correct() {
    Map<String, String> items = new ConcurrentHashMap<>();
    return peer -> {
      while (true) {
        peer.reply(execute(peer.request(), items));
      }
    };
  }

  static String execute(Request request, Map<String, String> items) {
    return switch (request.command()) {
      case "GET" -> {
        String value = items.get(request.key());
        yield value == null ? MISS : "{\"status_code\":200,\"value\":" + value + "}";
      }
      case "SET" -> {
        items.put(request.key(), request.value());
        yield DONE;
      }
      case "DEL" -> items.remove(request.key()) == null ? MISS : DONE;
      case "RST" -> {
        items.clear();
        yield DONE;
      }
      case "PING" -> DONE;
      default -> "{\"status_code\":400,\"message\":\"unknown command\"}";
    };
  }

  int port() {
    return socket.getLocalPort();
  }

  String url() {
    return "speicher://127.0.0.1:" + port();
  }

  /** A client so patient that a slow machine fails no test. */
  SpeicherBuilder client() {
    return Speicher.builder()
        .url(url())
        .timeout(Duration.ofSeconds(10))
        .connectTimeout(Duration.ofSeconds(10));
  }

  /** How many connections have been accepted. */
  int connectionCount() {
    return connectionCount.get();
  }

  private void accept() {
    try {
      while (true) {
        Socket connection = socket.accept();
        connections.add(connection);
        if (closed) {
          connection.close();
        }
        int index = connectionCount.getAndIncrement();
        Thread thread = new Thread(() -> serve(connection, index), "fake-server-" + index);
        thread.setDaemon(true);
        thread.start();
      }
    } catch (SocketException e) {
      if (!closed) {
        throw new UncheckedIOException(e);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void serve(Socket connection, int index) {
    try (connection) {
      connection.setTcpNoDelay(true);
      Peer peer = new Peer(connection, index);
      if (isPolite) {
        peer.greet();
      }
      script.serve(peer);
    } catch (EOFException | SocketException | SSLException e) {
      // The client has gone, or the test has ended: so does the script.
    } catch (Exception e) {
      throw new IllegalStateException("the script failed", e);
    }
  }

  /** Stops listening and closes all connections. */
  @Override
  public void close() {
    closed = true;
    try {
      socket.close();
      for (Socket connection : connections) {
        connection.close();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The server's end of one connection. */
  static final class Peer {
    private final Socket socket;
    private final DataInputStream in;
    private final OutputStream out;
    private final int index;

    Peer(Socket socket, int index) throws IOException {
      this.socket = socket;
      this.index = index;
      in = new DataInputStream(socket.getInputStream());
      out = socket.getOutputStream();
    }

    /** Answers what a client begins a connection with. */
    void greet() throws IOException {
      greet(DONE);
    }

    void greet(String answer) throws IOException {
      if (!payload().equals("{\"command\":\"INF\"}\r\n")) {
        throw new IllegalStateException("no greeting");
      }
      reply(answer);
    }

    /** From now on, before anything is read, the client has to show a certificate. */
    void requireCertificate() {
      ((SSLSocket) socket).setNeedClientAuth(true);
    }

    /** Reads a little of what comes first. */
    void payloadStart() throws IOException {
      in.readInt();
    }

    /** How many connections there were before this one. */
    int index() {
      return index;
    }

    /** The payload of the next frame; waits for it. */
    String payload() throws IOException {
      return new String(bytes(), StandardCharsets.UTF_8);
    }

    /** The next frame, taken apart; waits for it. */
    Request request() throws IOException, MalformedJsonException {
      return Request.of(ByteBuffer.wrap(bytes()));
    }

    private byte[] bytes() throws IOException {
      byte[] payload = new byte[in.readInt()];
      in.readFully(payload);
      return payload;
    }

    /** Sends a frame for each payload, all in one go. */
    void reply(String... payloads) throws IOException {
      ByteArrayOutputStream frames = new ByteArrayOutputStream();
      DataOutputStream data = new DataOutputStream(frames);
      for (String payload : payloads) {
        byte[] bytes = payload.getBytes(StandardCharsets.UTF_8);
        data.writeInt(bytes.length);
        data.write(bytes);
      }
      send(frames.toByteArray());
    }

    void send(byte... bytes) throws IOException {
      out.write(bytes);
      out.flush();
    }

    /** Waits until the client closes the connection, and throws away what it sends until then. */
    void awaitEnd() throws IOException {
      in.transferTo(OutputStream.nullOutputStream());
    }

    /** Closes the connection so that the client's side sees a reset instead of an end. */
    void reset() throws IOException {
      socket.setSoLinger(true, 0);
      socket.close();
    }
  }

  /**
   * What a client asks for.
   *
   * @param key empty if the command has none
   * @param value as JSON, as it was sent; empty if the command has none
   */
  record Request(String command, String key, String value) {
    private static Request of(ByteBuffer payload) throws MalformedJsonException {
      String command = "";
      String key = "";
      String value = "";
      JsonScanner members = new JsonScanner();
      members.begin(payload);
      while (members.nextMember()) {
        JsonSpan member = members.valueSpan();
        if (members.nameEquals("command".getBytes(StandardCharsets.US_ASCII))) {
          command = member.string();
        } else if (members.nameEquals("key".getBytes(StandardCharsets.US_ASCII))) {
          key = member.string();
        } else if (members.nameEquals("value".getBytes(StandardCharsets.US_ASCII))) {
          value = StandardCharsets.UTF_8.decode(member.json()).toString();
        }
      }
      return new Request(command, key, value);
    }
  }
}
