package io.speicher.junit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/** The server of all tests of this process, in it or beside it. */
final class LocalServer {
  /** The first Java that the server runs on. */
  static final int MIN_JAVA = 25;

  private static @Nullable LocalServer shared;

  private final InetSocketAddress address;

  private LocalServer(InetSocketAddress address) {
    this.address = address;
  }

  /**
   * The server, which is started if there is none yet.
   *
   * @throws IllegalStateException if none can be started
   */
  static synchronized LocalServer shared() {
    LocalServer running = shared;
    if (running == null) {
      running = start(Runtime.version().feature() >= MIN_JAVA);
      shared = running;
    }
    return running;
  }

  /**
   * Starts one that ends with this process.
   *
   * @param isInside whether it runs in this process
   */
  static LocalServer start(boolean isInside) {
    try {
      InetAddress loopback = InetAddress.getByAddress("localhost", new byte[] {127, 0, 0, 1});
      int port = isInside ? InnerServer.start() : ChildServer.start();
      return new LocalServer(new InetSocketAddress(loopback, port));
    } catch (IOException e) {
      throw new UncheckedIOException("the server of the tests has not started", e);
    }
  }

  String host() {
    return address.getAddress().getHostAddress();
  }

  int port() {
    return address.getPort();
  }
}
