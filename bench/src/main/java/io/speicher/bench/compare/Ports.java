package io.speicher.bench.compare;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;

/** Gives each server a port that nobody uses. */
final class Ports {
  private static final int MOST = 65_535;

  private final int first;
  private int next;

  Ports(int first) {
    this.first = first;
    next = first;
  }

  /** Goes round, so that a port rests before it is used again. */
  int next() throws IOException {
    for (int tries = MOST - first; tries >= 0; tries--) {
      int port = next;
      next = port == MOST ? first : port + 1;
      if (isFree(port)) {
        return port;
      }
    }
    throw new IOException(
        "no port from %d up is free; choose another --first-port".formatted(first));
  }

  private static boolean isFree(int port) {
    try (ServerSocket _ = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
      return true;
    } catch (IOException _) {
      return false;
    }
  }
}
