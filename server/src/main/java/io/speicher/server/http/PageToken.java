package io.speicher.server.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.HexFormat;

/**
 * What a peer shows that wants something done: it has read it from one of our pages, which a
 * foreign page cannot (the same-origin policy). A browser adds a password to requests of foreign
 * pages, too; this it does not add. It is another one after each start of the server.
 */
public final class PageToken {
  static final String HEADER = "X-Speicher-Token";

  static final String REFUSAL =
      "no token, or one from before the server was started: read /api/v1/session, and send its token"
          + " in the header "
          + HEADER;

  private static final int BYTES = 16;

  private final String text;

  public PageToken() {
    byte[] bytes = new byte[BYTES];
    new SecureRandom().nextBytes(bytes);
    text = HexFormat.of().formatHex(bytes);
  }

  public String text() {
    return text;
  }

  boolean isOf(HttpRequest request) {
    return MessageDigest.isEqual(text.getBytes(UTF_8), request.header(HEADER).getBytes(UTF_8));
  }
}
