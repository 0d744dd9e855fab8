package io.speicher.client.wire;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Where a server listens. */
public sealed interface Address {
  int DEFAULT_PORT = 14567;

  /**
   * What a socket can be connected to, in the order in which to try it; looking a host up may
   * block.
   */
  List<SocketAddress> addresses() throws IOException;

  /** A socket that can be connected to it, and does not block. */
  SocketChannel open() throws IOException;

  /** A port of a host. */
  record Port(String host, int port) implements Address {
    /** A host name, an IPv4 address, or an IPv6 address in brackets; and perhaps a port. */
    static final String PATTERN =
        "(?:\\[[0-9a-fA-F:.]+(?:%[\\w.-]+)?]|[^\\[\\]:,/?#@\\s]+)(?::\\d{1,5})?";

    public Port {
      if (host.isBlank() || host.indexOf(',') >= 0) {
        throw new IllegalArgumentException(
            "host=" + host + " (expected: a host name or an IP address)");
      }
      if (port < 1 || port > 65_535) {
        throw new IllegalArgumentException("port=" + port + " (expected: 1..65535)");
      }
    }

    /**
     * Reads {@code host:port}, {@code host}, or either with an IPv6 address in brackets.
     *
     * @param defaultPort where there is none
     * @throws IllegalArgumentException if it is none of these
     */
    public static Port of(String text, int defaultPort) {
      if (!text.matches(PATTERN)) {
        throw new IllegalArgumentException(
            "address=" + text + " (expected: host, host:port, or [IPv6 address]:port)");
      }
      int colon = text.lastIndexOf(':');
      boolean hasPort = colon > text.lastIndexOf(']');
      String host = hasPort ? text.substring(0, colon) : text;
      return new Port(
          host.startsWith("[") ? host.substring(1, host.length() - 1) : host,
          hasPort ? Integer.parseInt(text.substring(colon + 1)) : defaultPort);
    }

    @Override
    public List<SocketAddress> addresses() throws IOException {
      List<SocketAddress> addresses = new ArrayList<>();
      for (InetAddress address : InetAddress.getAllByName(host)) {
        addresses.add(new InetSocketAddress(address, port));
      }
      return addresses;
    }

    @Override
    public SocketChannel open() throws IOException {
      SocketChannel channel = SocketChannel.open();
      channel.configureBlocking(false);
      channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
      channel.setOption(StandardSocketOptions.SO_KEEPALIVE, true);
      return channel;
    }

    @Override
    public String toString() {
      return (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + port;
    }
  }

  /** A Unix domain socket of this machine. */
  record SocketFile(Path path) implements Address {
    @Override
    public List<SocketAddress> addresses() {
      return List.of(UnixDomainSocketAddress.of(path));
    }

    @Override
    public SocketChannel open() throws IOException {
      SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
      channel.configureBlocking(false);
      return channel;
    }

    @Override
    public String toString() {
      return path.toString();
    }
  }
}
