package io.speicher.client;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Where a server listens. */
record Address(String host, int port) {
  static final int DEFAULT_PORT = 14567;

  /** A host name, an IPv4 address, or an IPv6 address in brackets; and perhaps a port. */
  private static final Pattern URL =
      Pattern.compile(
          "speicher://(?:\\[([0-9a-fA-F:.]+(?:%[\\w.-]+)?)]|([^\\[\\]:/?#@\\s]+))(?::(\\d{1,5}))?/?");

  Address {
    if (host.isBlank()) {
      throw new IllegalArgumentException(
          "host=" + host + " (expected: a host name or an IP address)");
    }
    if (port < 1 || port > 65_535) {
      throw new IllegalArgumentException("port=" + port + " (expected: 1..65535)");
    }
  }

  /** Reads {@code speicher://host:port}; without a port it is {@link #DEFAULT_PORT}. */
  static Address ofUrl(String url) {
    Matcher matcher = URL.matcher(url);
    if (!matcher.matches()) {
      throw new IllegalArgumentException(
          "url=" + url + " (expected: speicher://host or speicher://host:port)");
    }
    String host = matcher.group(1) != null ? matcher.group(1) : matcher.group(2);
    String port = matcher.group(3);
    return new Address(host, port == null ? DEFAULT_PORT : Integer.parseInt(port));
  }

  @Override
  public String toString() {
    return (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + port;
  }
}
