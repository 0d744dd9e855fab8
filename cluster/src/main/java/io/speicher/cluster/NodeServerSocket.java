package io.speicher.cluster;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketException;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * Where the other nodes connect: {@link #accept} returns those connections alone whose peer has
 * shown that it is a node. Handshakes are done at the same time, and do not wait for one another.
 */
final class NodeServerSocket extends ServerSocket {
  private static final Logger logger = System.getLogger(NodeServerSocket.class.getName());

  /** So many handshakes of one address at a time, and of all; what comes then is closed. */
  private static final int MAX_OF_ONE = 16;

  private static final int MAX_OF_ALL = 256;

  /** Before it is tried again where the process has no file left for a connection. */
  private static final long PAUSE_MILLIS = 50;

  private final NodeTls tls;
  private final ConcurrentHashMap<InetAddress, Integer> handshakes = new ConcurrentHashMap<>();

  /** Those that may come in; nothing is the end. */
  private final BlockingQueue<Optional<NodeSocket>> peers = new LinkedBlockingQueue<>();

  NodeServerSocket(NodeTls tls) throws IOException {
    this.tls = tls;
  }

  @Override
  public void bind(SocketAddress address, int backlog) throws IOException {
    super.bind(address, backlog);
    Thread.ofPlatform()
        .daemon()
        .name("speicher-cluster-accept-" + getLocalPort())
        .start(this::acceptAll);
  }

  private void acceptAll() {
    while (!isClosed()) {
      NodeSocket socket = new NodeSocket(tls);
      try {
        implAccept(socket);
        begin(socket);
      } catch (IOException e) {
        pause();
      } catch (RuntimeException | Error e) { // Nobody else accepts other nodes.
        logger.log(Level.ERROR, "connection of a node not accepted", e);
        closeQuietly(socket);
        pause();
      }
    }
  }

  private static void closeQuietly(NodeSocket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      logger.log(Level.DEBUG, "connection of a node not closed", e);
    }
  }

  private void pause() {
    try {
      if (!isClosed()) {
        TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void begin(NodeSocket socket) throws IOException {
    InetAddress address = socket.getInetAddress();
    if (address == null || !enter(address)) {
      socket.close();
      return;
    }
    CompletableFuture<?> secured;
    try {
      secured = socket.accepted();
    } catch (RuntimeException | Error e) {
      leave(address);
      throw e;
    }
    secured.whenComplete((_, failure) -> {
      leave(address);
      if (failure == null) {
        peers.add(Optional.of(socket));
      }
    });
  }

  private boolean enter(InetAddress address) {
    if (handshakes.merge(address, 1, Integer::sum) <= MAX_OF_ONE
        && handshakes.values().stream().mapToInt(Integer::intValue).sum() <= MAX_OF_ALL) {
      return true;
    }
    leave(address);
    return false;
  }

  private void leave(InetAddress address) {
    handshakes.computeIfPresent(address, (_, count) -> count == 1 ? null : count - 1);
  }

  @Override
  public Socket accept() throws IOException {
    try {
      Optional<NodeSocket> peer = peers.take();
      if (peer.isPresent() && !isClosed()) {
        return peer.get();
      }
      peers.add(peer); // For whoever else waits, or is to be closed.
      throw new SocketException("closed");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new SocketException("interrupted", e);
    }
  }

  @Override
  public void close() throws IOException {
    super.close();
    for (Optional<NodeSocket> peer = peers.poll(); peer != null; peer = peers.poll()) {
      if (peer.isPresent()) {
        peer.get().close();
      }
    }
    peers.add(Optional.empty());
  }
}
