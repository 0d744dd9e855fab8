package io.speicher.client;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.speicher.protocol.Command;
import io.speicher.protocol.Limits;
import io.speicher.protocol.Reply;
import io.speicher.dialect.json.JsonCommandDecoder;
import io.speicher.dialect.json.JsonReplyEncoder;
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
import org.jspecify.annotations.Nullable;

/**
 * A server on plain sockets that does what a test tells it, as wrong as it may be: one thread for
 * each connection runs the script, and when that returns the connection is closed.
 */
final class FakeServer implements AutoCloseable {

  /** What happens on one connection. */
  interface Script {
    void serve(Peer peer) throws Exception;
  }

  private final Script script;
  private final ServerSocket socket = new ServerSocket();
  private final Queue<Socket> connections = new ConcurrentLinkedQueue<>();
  private final AtomicInteger connectionCount = new AtomicInteger();
  private volatile boolean closed;

  private FakeServer(int port, Script script) throws IOException {
    this.script = script;
    socket.setReuseAddress(true);
    socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    Thread acceptor = new Thread(this::accept, "fake-server");
    acceptor.setDaemon(true);
    acceptor.start();
  }

  /** Runs {@code script} for each connection, on a port of its own. */
  static FakeServer start(Script script) {
    return start(0, script);
  }

  static FakeServer start(int port, Script script) {
    try {
      return new FakeServer(port, script);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Does what the protocol says, with a map behind it. */
  static FakeServer startCorrect() {
    return start(correct());
  }

  static Script correct() {
    Map<ByteBuffer, Reply.Value> items = new ConcurrentHashMap<>();
    return peer -> {
      while (true) {
        peer.reply(execute(peer.command(), items));
      }
    };
  }

  private static Reply execute(Command command, Map<ByteBuffer, Reply.Value> items) {
    if (command instanceof Command.Get get) {
      Reply.Value value = items.get(get.key());
      return value == null ? Reply.Miss.MISS : value;
    } else if (command instanceof Command.Set set) {
      items.put(set.key(), new Reply.Value(set.kind(), set.value()));
    } else if (command instanceof Command.Delete delete) {
      return items.remove(delete.key()) == null ? Reply.Miss.MISS : Reply.Done.DONE;
    } else if (command instanceof Command.Clear) {
      items.clear();
    } else if (command instanceof Command.Malformed malformed) {
      return new Reply.Refused(400, malformed.why());
    }
    return Reply.Done.DONE;
  }

  int port() {
    return socket.getLocalPort();
  }

  String url() {
    return "speicher://127.0.0.1:" + port();
  }

  /** A client so patient that a slow machine fails no test. */
  SpeicherClient.Builder client() {
    return SpeicherClient.builder()
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
      script.serve(new Peer(connection, index));
    } catch (EOFException | SocketException e) {
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

    /** How many connections there were before this one. */
    int index() {
      return index;
    }

    /** The payload of the next frame; waits for it. */
    String payload() throws IOException {
      return new String(bytes(), StandardCharsets.UTF_8);
    }

    private byte[] bytes() throws IOException {
      byte[] payload = new byte[in.readInt()];
      in.readFully(payload);
      return payload;
    }

    Command command() throws IOException {
      byte[] payload = bytes();
      ByteBuf frame = Unpooled.buffer().writeInt(payload.length).writeBytes(payload);
      @Nullable Command command =
          new JsonCommandDecoder(new Limits(Limits.MAX_FRAME_BYTES, Limits.MAX_KEY_BYTES))
              .decode(frame);
      if (command == null) {
        throw new IllegalStateException("a whole frame holds no command");
      }
      return command;
    }

    void reply(Reply reply) throws IOException {
      ByteBuf frame = Unpooled.buffer();
      new JsonReplyEncoder().encode(reply, frame);
      frame.readBytes(out, frame.readableBytes());
      out.flush();
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
}
