package io.speicher.bench.process;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Connections that have had one reply each, and say nothing more. */
public final class IdleConnections implements AutoCloseable {
  private static final long CLOSE_NANOS = TimeUnit.SECONDS.toNanos(30);
  private static final int LOOK_MILLIS = 10;

  private final ProcessStatistics server;
  private final int openFilesBefore;
  private final List<SocketChannel> connections = new ArrayList<>();

  private IdleConnections(ProcessStatistics server) throws IOException {
    this.server = server;
    openFilesBefore = server.openFileCount();
  }

  /** What a connection asks once, and the reply from its first byte to its last. */
  public record Greeting(String request, String reply) {
    byte[] requestBytes() {
      return request.getBytes(ISO_8859_1);
    }
  }

  /** Opens {@code count} connections to {@code port}, and returns when each has its reply. */
  public static IdleConnections open(
      ProcessStatistics server, int port, Greeting greeting, int count) throws IOException {
    IdleConnections idle = new IdleConnections(server);
    try {
      while (idle.connections.size() < count) {
        idle.open(port, greeting);
      }
      return idle;
    } catch (IOException e) {
      String message =
          "the server took %,d of %,d connections: %s; each is an open file here and in the server, so ulimit -n must allow that many"
              .formatted(idle.connections.size(), count, e.getMessage());
      idle.closeAll();
      throw new IOException(message, e);
    }
  }

  private void open(int port, Greeting greeting) throws IOException {
    SocketChannel connection =
        SocketChannel.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    connections.add(connection);
    // Its port can be used again at once: a minute's rest for each would soon use them all up.
    connection.setOption(StandardSocketOptions.SO_LINGER, 0);
    connection.write(ByteBuffer.wrap(greeting.requestBytes()));
    ByteBuffer reply = ByteBuffer.allocate(greeting.reply.length());
    while (reply.hasRemaining()) {
      if (connection.read(reply) < 0) {
        throw new EOFException("the server closed one");
      }
    }
    String said = ISO_8859_1.decode(reply.flip()).toString();
    if (!said.equals(greeting.reply)) {
      throw new IOException("the server said " + said.strip());
    }
  }

  /** Returns when the server has noticed it, too. */
  @Override
  public void close() throws IOException {
    closeAll();
    long begin = System.nanoTime();
    while (server.openFileCount() > openFilesBefore) {
      if (System.nanoTime() - begin > CLOSE_NANOS) {
        throw new IOException("the server has not closed its side of idle connections within 30 s");
      }
      Pause.millis(LOOK_MILLIS);
    }
  }

  private void closeAll() throws IOException {
    for (SocketChannel connection : connections) {
      connection.close();
    }
  }
}
