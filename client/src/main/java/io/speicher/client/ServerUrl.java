package io.speicher.client;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Where a server is and how it is spoken to, in one.
 *
 * @param login null if it does not say who the client is
 */
record ServerUrl(Address server, boolean usesTls, @Nullable Login login) {
  /**
   * The scheme; perhaps a user and a password; a host name, an IPv4 address, or an IPv6 address in
   * brackets; and perhaps a port.
   */
  private static final Pattern URL =
      Pattern.compile(
          "speicher(?<tls>s?)://(?:(?<login>.*)@)?"
              + "(?:\\[(?<ipv6>[0-9a-fA-F:.]+(?:%[\\w.-]+)?)]|(?<host>[^\\[\\]:/?#@\\s]+))"
              + "(?::(?<port>\\d{1,5}))?/?");

  private static final String SOCKET_SCHEME = "unix:";

  /**
   * Reads {@code speicher://host:port}, where the port is {@link Address#DEFAULT_PORT} if there is
   * none, {@code speichers://} for TLS, either with {@code user:password@}; or {@code unix:/path}.
   *
   * @throws IllegalArgumentException if it is none of these
   */
  static ServerUrl of(String url) {
    if (url.startsWith(SOCKET_SCHEME) && url.length() > SOCKET_SCHEME.length()) {
      Path path = Path.of(url.substring(SOCKET_SCHEME.length()).replaceFirst("^/+", "/"));
      return new ServerUrl(new Address.SocketFile(path), false, null);
    }
    Matcher matcher = URL.matcher(url);
    if (!matcher.matches()) {
      throw new IllegalArgumentException(
          "url="
              + withoutLogin(url)
              + " (expected: speicher://host, speicher://host:port, speichers://... for TLS, or"
              + " unix:/path)");
    }
    String ipv6 = matcher.group("ipv6");
    String port = matcher.group("port");
    String login = matcher.group("login");
    return new ServerUrl(
        new Address.Port(
            ipv6 == null ? matcher.group("host") : ipv6,
            port == null ? Address.DEFAULT_PORT : Integer.parseInt(port)),
        !matcher.group("tls").isEmpty(),
        login == null ? null : login(login));
  }

  private static Login login(String text) {
    int colon = text.indexOf(':');
    if (colon < 0) {
      throw new IllegalArgumentException(
          "url with a user and no password (expected: speicher://user:password@host)");
    }
    return new Login(decoded(text.substring(0, colon)), decoded(text.substring(colon + 1)));
  }

  private static String decoded(String text) {
    return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
  }

  /** The same for everybody to see. */
  private static String withoutLogin(String url) {
    return url.replaceFirst("//.*@", "//");
  }
}
