package io.speicher.load;

import java.net.URI;

/** The server that is measured. */
record Target(Protocol protocol, String host, int port) {

  /**
   * Reads {@code SCHEME://HOST:PORT}.
   *
   * @throws IllegalArgumentException if it is something else; the message is for the user
   */
  static Target parse(String text) {
    URI uri;
    try {
      uri = URI.create(text.strip());
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(wrong(text), e);
    }
    for (Protocol protocol : Protocol.values()) {
      boolean isPlain =
          uri.getHost() != null
              && uri.getUserInfo() == null
              && (uri.getPath().isEmpty() || uri.getPath().equals("/"));
      if (isPlain && protocol.scheme().equals(uri.getScheme()) && uri.getPort() <= 65_535) {
        int port = uri.getPort() < 0 ? protocol.defaultPort() : uri.getPort();
        return new Target(protocol, uri.getHost().replaceAll("[\\[\\]]", ""), port);
      }
    }
    throw new IllegalArgumentException(wrong(text));
  }

  private static String wrong(String text) {
    return "'"
        + text
        + "' is no target (expected: speicher://HOST:PORT, redis://HOST:PORT or"
        + " memcached://HOST:PORT)";
  }

  /** Host and port, for messages. */
  String address() {
    return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
  }

  /** Its text in options and results. */
  String text() {
    return protocol.scheme() + "://" + address();
  }
}
