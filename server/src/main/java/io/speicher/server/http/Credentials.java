package io.speicher.server.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.speicher.protocol.Command;
import java.nio.ByteBuffer;
import java.util.Base64;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Who a peer says it is, in the header Authorization. */
final class Credentials {
  private static final String BASIC = "basic ";
  private static final String BEARER = "bearer ";

  private final String user;
  private final String password;

  private Credentials(String user, String password) {
    this.user = user;
    this.password = password;
  }

  /**
   * Reads a name and a password (Basic, RFC 7617) or the password of the user {@code default}
   * (Bearer, RFC 6750), or returns null if it is neither. A name that is empty means that user,
   * too.
   */
  static @Nullable Credentials of(String authorization) {
    String lower = authorization.toLowerCase(Locale.ROOT);
    if (lower.startsWith(BEARER)) {
      return new Credentials(
          Command.Auth.DEFAULT_USER, authorization.substring(BEARER.length()).strip());
    }
    if (!lower.startsWith(BASIC)) {
      return null;
    }
    String pair;
    try {
      String encoded = authorization.substring(BASIC.length()).strip();
      pair = new String(Base64.getDecoder().decode(encoded), UTF_8);
    } catch (IllegalArgumentException e) {
      return null;
    }
    int colon = pair.indexOf(':');
    if (colon < 0) {
      return null;
    }
    String name = pair.substring(0, colon);
    return new Credentials(
        name.isEmpty() ? Command.Auth.DEFAULT_USER : name, pair.substring(colon + 1));
  }

  String user() {
    return user;
  }

  ByteBuffer password() {
    return ByteBuffer.wrap(password.getBytes(UTF_8));
  }
}
