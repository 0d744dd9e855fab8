package io.speicher.tck;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.UnaryOperator;

/**
 * Stands before a server and changes what goes through: so a right server makes mistakes. It sees
 * the bytes as the network cuts them, which is at whole messages when they are small.
 */
final class ChangingProxy implements AutoCloseable {
  private final InetSocketAddress server;
  private final ProxyFlaw flaw;
  private final ServerSocket listener;
  private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();

  ChangingProxy(InetSocketAddress server, ProxyFlaw flaw) throws IOException {
    this.server = server;
    this.flaw = flaw;
    this.listener = new ServerSocket(0, 100, InetAddress.getLoopbackAddress());
    start(this::accept);
  }

  InetSocketAddress address() {
    return new InetSocketAddress(listener.getInetAddress(), listener.getLocalPort());
  }

  private static void start(Runnable task) {
    Thread thread = new Thread(task, "changing-proxy");
    thread.setDaemon(true);
    thread.start();
  }

  private void accept() {
    try {
      while (true) {
        Socket client = opened(listener.accept());
        Socket target = opened(new Socket(server.getAddress(), server.getPort()));
        start(() -> pump(client, target, flaw::request));
        start(() -> pump(target, client, flaw::reply));
      }
    } catch (IOException e) {
      // The listener was closed: that is how the proxy stops.
    }
  }

  private Socket opened(Socket socket) throws IOException {
    sockets.add(socket);
    socket.setTcpNoDelay(true);
    return socket;
  }

  private void pump(Socket from, Socket to, UnaryOperator<String> change) {
    byte[] bytes = new byte[1 << 16];
    try (from) {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      for (int length = in.read(bytes); length >= 0; length = in.read(bytes)) {
        out.write(change.apply(new String(bytes, 0, length, ISO_8859_1)).getBytes(ISO_8859_1));
      }
      to.shutdownOutput();
    } catch (IOException e) {
      // One side went away, and closing takes the other along.
    } finally {
      sockets.remove(from);
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
