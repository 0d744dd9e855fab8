package io.speicher.client;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Who the client says it is, before anything else on each connection. */
record Login(String user, String password) {
  private static final String SCHEME = "speicher://";

  Login {
    if (password.isEmpty()) {
      throw new IllegalArgumentException("the password is empty");
    }
  }

  /** What stands before the host in {@code speicher://user:password@host}, or null. */
  static @Nullable Login ofUrl(String url) {
    int at = url.lastIndexOf('@');
    if (!url.startsWith(SCHEME) || at < 0) {
      return null;
    }
    String info = url.substring(SCHEME.length(), at);
    int colon = info.indexOf(':');
    if (colon < 0) {
      throw new IllegalArgumentException(
          "url with a user and no password (expected: speicher://user:password@host)");
    }
    return new Login(decoded(info.substring(0, colon)), decoded(info.substring(colon + 1)));
  }

  /** The same URL for everybody to see. */
  static String withoutLogin(String url) {
    int at = url.lastIndexOf('@');
    return url.startsWith(SCHEME) && at >= 0 ? SCHEME + url.substring(at + 1) : url;
  }

  private static String decoded(String text) {
    return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
  }

  @Override
  public String toString() {
    return "Login[user=" + user + "]";
  }
}
