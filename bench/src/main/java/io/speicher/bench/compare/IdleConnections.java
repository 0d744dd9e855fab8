package io.speicher.bench.compare;

import static java.nio.charset.StandardCharsets.US_ASCII;

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
final class IdleConnections implements AutoCloseable {
  private static final long CLOSE_NANOS = TimeUnit.SECONDS.toNanos(30);

  private final RunningServer server;
  private final int openFilesBefore;
  private final List<SocketChannel> connections = new ArrayList<>();

  private IdleConnections(RunningServer server) throws IOException {
    this.server = server;
    openFilesBefore = server.statistics().openFileCount();
  }

  static IdleConnections open(Contender contender, RunningServer server, int count)
      throws IOException {
    IdleConnections idle = new IdleConnections(server);
    try {
      while (idle.connections.size() < count) {
        idle.open(contender.server().greeting());
      }
      return idle;
    } catch (IOException e) {
      String message =
          "%s took %,d of %,d connections: %s; each is an open file here and in the server, so ulimit -n must allow that many"
              .formatted(contender.title(), idle.connections.size(), count, e.getMessage());
      idle.closeAll();
      throw new IOException(message, e);
    }
  }

  private void open(Server.Greeting greeting) throws IOException {
    SocketChannel connection =
        SocketChannel.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), server.port));
    connections.add(connection);
    // Its port can be used again at once: a minute's rest for each would soon use them all up.
    connection.setOption(StandardSocketOptions.SO_LINGER, 0);
    connection.write(ByteBuffer.wrap(greeting.request().getBytes(US_ASCII)));
    ByteBuffer reply = ByteBuffer.allocate(256);
    do {
      if (connection.read(reply) < 0) {
        throw new EOFException("the server closed one");
      }
    } while (reply.get(reply.position() - 1) != '\n');
    String said = US_ASCII.decode(reply.flip()).toString().strip();
    if (!said.startsWith(greeting.reply())) {
      throw new IOException("the server said " + said);
    }
  }

  /** Returns when the server has noticed it, too. */
  @Override
  public void close() throws IOException {
    closeAll();
    long begin = System.nanoTime();
    while (server.statistics().openFileCount() > openFilesBefore) {
      if (System.nanoTime() - begin > CLOSE_NANOS) {
        throw new IOException("the server has not closed its side of idle connections within 30 s");
      }
      Pause.millis(10);
    }
  }

  private void closeAll() throws IOException {
    for (SocketChannel connection : connections) {
      connection.close();
    }
  }
}
