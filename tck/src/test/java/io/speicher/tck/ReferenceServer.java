package io.speicher.tck;

import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A server that follows the protocol in the plainest way, a thread a connection, or makes one
 * mistake on purpose. It exists to show that the kit finds mistakes, and nothing else.
 */
final class ReferenceServer implements Closeable {
  private final @Nullable Flaw flaw;
  private final ReferenceItems items;
  private final ServerSocket listener;
  private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
  private final ReentrantLock everybody = new ReentrantLock();
  private final AtomicReference<@Nullable RuntimeException> fault = new AtomicReference<>();

  /** Starts a server on the loopback address; port 0 means any free one. */
  ReferenceServer(@Nullable Flaw flaw, int port) throws IOException {
    this.flaw = flaw;
    this.items = new ReferenceItems(flaw);
    this.listener = new ServerSocket(port, 1_000, InetAddress.getLoopbackAddress());
    start(this::accept);
  }

  /**
   * Runs a server until the process ends: {@code [FLAW [PORT]]}, or {@code none} for a right one.
   */
  public static void main(String[] arguments) throws IOException {
    boolean right = arguments.length == 0 || arguments[0].equals("none");
    int port = arguments.length < 2 ? 14567 : Integer.parseInt(arguments[1]);
    ReferenceServer server = new ReferenceServer(right ? null : Flaw.valueOf(arguments[0]), port);
    System.out.println("listening on 127.0.0.1:" + server.port());
    server.accept();
  }

  int port() {
    return listener.getLocalPort();
  }

  /**
   * Stops the server.
   *
   * @throws IllegalStateException if it made a mistake that is not its flaw
   */
  @Override
  public void close() throws IOException {
    listener.close();
    for (Socket socket : sockets) {
      socket.close();
    }
    RuntimeException failure = fault.get();
    if (failure != null) {
      throw new IllegalStateException("a session of the reference server failed", failure);
    }
  }

  private static void start(Runnable task) {
    Thread thread = new Thread(task, "reference-server");
    thread.setDaemon(true);
    thread.start();
  }

  private void accept() {
    try {
      while (true) {
        Socket socket = listener.accept();
        sockets.add(socket);
        start(() -> serve(socket));
      }
    } catch (IOException e) {
      // The listener was closed: that is how the server stops.
    }
  }

  private void serve(Socket socket) {
    try (socket) {
      if (flaw == Flaw.servesOneConnection) {
        everybody.lock();
      }
      socket.setTcpNoDelay(true);
      new ReferenceSession(flaw, items, everybody, socket).run();
    } catch (IOException e) {
      // The client went away, which is not news.
    } catch (RuntimeException e) {
      fault.compareAndSet(null, e);
    } finally {
      while (everybody.isHeldByCurrentThread()) {
        everybody.unlock();
      }
      sockets.remove(socket);
    }
  }
}
