package io.speicher.bench.chaos;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/**
 * A network between client and server that can be broken: it passes bytes on, or does to them what
 * its {@link Mode} says. Two threads serve each connection.
 */
final class FaultyProxy implements Closeable {
  private static final int CHUNK_BYTES = 8_192;
  private static final int SLOW_CHUNK_BYTES = 16;
  private static final long SLOW_MILLIS = 25;

  /** What happens to bytes. */
  enum Mode {
    PASS,
    /** They vanish, on connections old and new. */
    DROP,
    /** The replies are random bytes. */
    GARBAGE,
    /** Sixteen of them at a time, every 25 ms. */
    SLOW
  }

  private final ServerSocket listener;
  private final int serverPort;
  private final Queue<Socket> sockets = new ConcurrentLinkedQueue<>();
  private volatile Mode mode = Mode.PASS;

  /** Connections before this one are half-open: they stay, and nothing comes through. */
  private volatile long firstWhole;

  private volatile long connections;

  FaultyProxy(int serverPort) throws IOException {
    this.serverPort = serverPort;
    listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    Thread.ofVirtual().start(this::accept);
  }

  int port() {
    return listener.getLocalPort();
  }

  void mode(Mode next) {
    mode = next;
  }

  /** From now on nothing comes through the connections that there are. */
  void halveConnections() {
    firstWhole = connections;
  }

  private void accept() {
    while (!listener.isClosed()) {
      try {
        Socket client = listener.accept();
        sockets.add(client);
        serve(client);
      } catch (IOException _) {
        // The server is away, so that this connection ends; or the listener is closed.
      }
    }
  }

  @SuppressWarnings("NonAtomicVolatileUpdate") // Of one thread alone.
  private void serve(Socket client) throws IOException {
    Socket server;
    try {
      server = new Socket(InetAddress.getLoopbackAddress(), serverPort);
    } catch (IOException e) {
      client.close();
      throw e;
    }
    sockets.add(server);
    long number = connections++;
    Thread.ofVirtual().start(() -> pump(number, client, server, false));
    Thread.ofVirtual().start(() -> pump(number, server, client, true));
  }

  private void pump(long number, Socket from, Socket to, boolean carriesReplies) {
    byte[] bytes = new byte[CHUNK_BYTES];
    try (from;
        to) {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      for (int count = in.read(bytes); count > 0; count = in.read(bytes)) {
        if (number < firstWhole) {
          continue;
        }
        switch (mode) {
          case PASS -> out.write(bytes, 0, count);
          case DROP -> {}
          case GARBAGE -> {
            if (carriesReplies) {
              ThreadLocalRandom.current().nextBytes(bytes);
            }
            out.write(bytes, 0, count);
          }
          case SLOW -> trickle(bytes, count, out);
        }
      }
    } catch (IOException | InterruptedException _) {
      // One of the two has ended, and so does the other.
    }
  }

  private void trickle(byte[] bytes, int count, OutputStream out)
      throws IOException, InterruptedException {
    for (int offset = 0; offset < count; offset += SLOW_CHUNK_BYTES) {
      if (mode == Mode.SLOW) {
        TimeUnit.MILLISECONDS.sleep(SLOW_MILLIS);
      }
      out.write(bytes, offset, Math.min(SLOW_CHUNK_BYTES, count - offset));
    }
  }

  @Override
  public void close() throws IOException {
    listener.close();
    for (Socket socket : sockets) {
      socket.close();
    }
  }
}
