package io.speicher.load;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.locks.LockSupport;

/** Passes one connection on to a server, and holds one reply back for some time. */
final class StallingProxy implements AutoCloseable {
  private final ServerSocket listening = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());

  /** Holds back what comes after {@code reads} pieces of replies. */
  StallingProxy(int serverPort, int reads, int stallMillis) throws IOException {
    Thread.ofVirtual()
        .start(() -> {
          try (Socket client = listening.accept();
              Socket server = new Socket(InetAddress.getLoopbackAddress(), serverPort)) {
            client.setTcpNoDelay(true);
            server.setTcpNoDelay(true);
            Thread.ofVirtual().start(() -> pass(client, server, Integer.MAX_VALUE, 0));
            pass(server, client, reads, stallMillis);
          } catch (IOException e) {
            // The test has ended the connection.
          }
        });
  }

  int port() {
    return listening.getLocalPort();
  }

  private static void pass(Socket from, Socket to, int reads, int stallMillis) {
    byte[] buffer = new byte[1 << 16];
    try {
      InputStream in = from.getInputStream();
      int count = 0;
      for (int length = in.read(buffer); length >= 0; length = in.read(buffer)) {
        if (count++ == reads) {
          stall(stallMillis);
        }
        to.getOutputStream().write(buffer, 0, length);
      }
    } catch (IOException e) {
      // The other side has ended the connection.
    }
  }

  /** The time is what is tested here, and no condition stands behind it. */
  private static void stall(int millis) {
    long end = System.nanoTime() + millis * 1_000_000L;
    for (long rest = end - System.nanoTime(); rest > 0; rest = end - System.nanoTime()) {
      LockSupport.parkNanos(rest);
    }
  }

  @Override
  public void close() throws IOException {
    listening.close();
  }
}
