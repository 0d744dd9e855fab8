package io.speicher.server.http;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.util.NetUtil;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Refuses what a foreign page makes a browser send. Immutable.
 *
 * <p>Two headers tell, which no page can forge. {@code Origin} names the page that a script belongs
 * to: only our own may ask. {@code Host} is the name that the browser knows the server by. A
 * foreign page can have its own name stand for the server's address once it is loaded (DNS
 * rebinding); it is of the same origin then, but under a name that is not the server's. An address
 * needs no look: no name stands behind it. A target that names a server itself counts in the place
 * of {@code Host} (RFC 9112, section 3.2.2).
 */
final class Guard {
  /** Lets every name pass. */
  static final String ANY = "*";

  private static final Pattern PORT = Pattern.compile("(?<=[^:]):\\d{0,5}$");

  private static final String LOCAL = "localhost";

  private final Set<String> names;

  /**
   * @param names by which the server may be called, besides addresses and localhost
   */
  Guard(List<String> names) {
    this.names =
        names.stream().map(name -> name.toLowerCase(Locale.ROOT)).collect(Collectors.toSet());
  }

  /** Why a request is refused, or null if it is not. */
  @Nullable Page refusal(HttpRequest request, boolean needsHost) {
    List<String> hosts = request.headers().getAll(HttpHeaderNames.HOST);
    if (hosts.size() > 1 || (hosts.isEmpty() && needsHost)) {
      return Page.text(400, "one Host header was expected");
    }
    String authority = request.authority();
    String host = authority != null ? authority : hosts.isEmpty() ? null : hosts.getFirst().strip();
    if (host != null && !isOurs(host)) {
      return Page.text(
          421,
          "this server does not go by the name in the "
              + (authority != null ? "request's target" : "Host header")
              + ": use its address or localhost, or start it with this name in --http-hosts");
    }
    String origin = request.headers().get(HttpHeaderNames.ORIGIN);
    if (origin != null && !isOurOrigin(origin, host)) {
      return Page.text(403, "pages of other origins may not use this server");
    }
    return null;
  }

  private boolean isOurs(String host) {
    String name = withoutPort(host).toLowerCase(Locale.ROOT);
    return names.contains(ANY)
        || name.equals(LOCAL)
        || NetUtil.isValidIpV4Address(name)
        || (name.startsWith("[") && name.endsWith("]") && NetUtil.isValidIpV6Address(name))
        || names.contains(name);
  }

  /** What stands before a port; whatever else is behind a colon stays, and is nobody's name. */
  private static String withoutPort(String host) {
    return PORT.matcher(host).replaceFirst("");
  }

  /** Whether a page at {@code scheme://host} is one of ours, whatever proxy has decrypted it. */
  private static boolean isOurOrigin(String origin, @Nullable String host) {
    int authority = origin.indexOf("://");
    return host != null && authority > 0 && origin.substring(authority + 3).equalsIgnoreCase(host);
  }
}
