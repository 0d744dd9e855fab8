package io.speicher.cluster;

import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.MulticastSocket;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.channels.spi.SelectorProvider;
import org.jgroups.util.SocketFactory;

/**
 * Makes the sockets of JGroups' protocols where nodes speak TLS. What it has no encrypted kind of,
 * it does not make: a protocol that wants such a one does not start.
 */
final class NodeSockets implements SocketFactory {
  private final NodeTls tls;

  NodeSockets(NodeTls tls) {
    this.tls = tls;
  }

  @Override
  public Socket createSocket(String service) {
    return new NodeSocket(tls);
  }

  @Override
  public ServerSocket createServerSocket(String service) throws IOException {
    return new NodeServerSocket(tls);
  }

  @Override
  public void close(Socket socket) throws IOException {
    socket.close();
  }

  @Override
  public void close(ServerSocket socket) throws IOException {
    socket.close();
  }

  // ---- what is not encrypted ----

  private static UnsupportedOperationException notEncrypted(String service) {
    return new UnsupportedOperationException(
        "nodes speak TLS, and this socket would not: " + service);
  }

  @Override
  public Socket createSocket(String service, String host, int port) {
    throw notEncrypted(service);
  }

  @Override
  public Socket createSocket(String service, InetAddress host, int port) {
    throw notEncrypted(service);
  }

  @Override
  public Socket createSocket(
      String service, String host, int port, InetAddress localHost, int localPort) {
    throw notEncrypted(service);
  }

  @Override
  public Socket createSocket(
      String service, InetAddress host, int port, InetAddress localHost, int localPort) {
    throw notEncrypted(service);
  }

  @Override
  public ServerSocket createServerSocket(String service, int port) {
    throw notEncrypted(service);
  }

  @Override
  public ServerSocket createServerSocket(String service, int port, int backlog) {
    throw notEncrypted(service);
  }

  @Override
  public ServerSocket createServerSocket(
      String service, int port, int backlog, InetAddress address) {
    throw notEncrypted(service);
  }

  @Override
  public SelectorProvider getSelectorProvider() {
    throw notEncrypted("channels");
  }

  @Override
  public SocketChannel createSocketChannel(String service) {
    throw notEncrypted(service);
  }

  @Override
  public SocketChannel createSocketChannel(String service, SocketAddress address) {
    throw notEncrypted(service);
  }

  @Override
  public ServerSocketChannel createServerSocketChannel(String service) {
    throw notEncrypted(service);
  }

  @Override
  public ServerSocketChannel createServerSocketChannel(String service, int port) {
    throw notEncrypted(service);
  }

  @Override
  public ServerSocketChannel createServerSocketChannel(String service, int port, int backlog) {
    throw notEncrypted(service);
  }

  @Override
  public ServerSocketChannel createServerSocketChannel(
      String service, int port, int backlog, InetAddress address) {
    throw notEncrypted(service);
  }

  @Override
  public DatagramSocket createDatagramSocket(String service) {
    throw notEncrypted(service);
  }

  @Override
  public DatagramSocket createDatagramSocket(String service, SocketAddress address) {
    throw notEncrypted(service);
  }

  @Override
  public DatagramSocket createDatagramSocket(String service, int port) {
    throw notEncrypted(service);
  }

  @Override
  public DatagramSocket createDatagramSocket(String service, int port, InetAddress address) {
    throw notEncrypted(service);
  }

  @Override
  public MulticastSocket createMulticastSocket(String service) {
    throw notEncrypted(service);
  }

  @Override
  public MulticastSocket createMulticastSocket(String service, int port) {
    throw notEncrypted(service);
  }

  @Override
  public MulticastSocket createMulticastSocket(String service, SocketAddress address) {
    throw notEncrypted(service);
  }

  @Override
  public void close(DatagramSocket socket) {
    throw notEncrypted("datagrams");
  }
}
