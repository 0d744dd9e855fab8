package io.speicher.bench;

import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * A closed loop from one thread: each connection has a batch of requests on its way, and gets the
 * next one when all its replies are there. While one connection waits the others are served.
 */
final class Load implements AutoCloseable {
  /** Room for one request or reply of a measurement. */
  private static final int MESSAGE_BYTES = 4 << 10;

  private final Dialect dialect;
  private final int depth;
  private final List<SocketChannel> connections = new ArrayList<>();
  private final ByteBuffer requests;
  private final ByteBuffer replies;

  /** Makes the requests of a run, one after the other. */
  interface Requests {
    byte[] next(Random random);
  }

  Load(Dialect dialect, int port, int connections, int depth) throws IOException {
    this.dialect = dialect;
    this.depth = depth;
    requests = ByteBuffer.allocateDirect(depth * MESSAGE_BYTES);
    replies = ByteBuffer.allocateDirect(depth * MESSAGE_BYTES);
    for (int i = 0; i < connections; i++) {
      SocketChannel connection =
          SocketChannel.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
      connection.setOption(StandardSocketOptions.TCP_NODELAY, true);
      this.connections.add(connection);
    }
  }

  /** Runs until {@code nanos} have passed, and returns how many requests were answered. */
  long run(Requests source, long seed, long nanos) throws IOException {
    long end = System.nanoTime() + nanos;
    Random random = new Random(seed);
    for (SocketChannel connection : connections) {
      send(connection, source, random);
    }
    long answered = 0;
    while (System.nanoTime() < end) {
      for (SocketChannel connection : connections) {
        answered += receive(connection);
        send(connection, source, random);
      }
    }
    for (SocketChannel connection : connections) {
      answered += receive(connection);
    }
    return answered;
  }

  private void send(SocketChannel connection, Requests source, Random random) throws IOException {
    requests.clear();
    for (int i = 0; i < depth; i++) {
      requests.put(source.next(random));
    }
    requests.flip();
    while (requests.hasRemaining()) {
      connection.write(requests);
    }
  }

  private int receive(SocketChannel connection) throws IOException {
    replies.clear().limit(0);
    int received = 0;
    while (received < depth) {
      int bytes = dialect.replyBytes(replies);
      if (bytes != Dialect.INCOMPLETE) {
        replies.position(replies.position() + bytes);
        received++;
        continue;
      }
      replies.compact();
      if (connection.read(replies) < 0) {
        throw new EOFException("the server closed the connection");
      }
      replies.flip();
    }
    return received;
  }

  @Override
  public void close() throws IOException {
    for (SocketChannel connection : connections) {
      connection.close();
    }
  }
}
