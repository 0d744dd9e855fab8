package io.speicher.server.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What is answered to a request. Immutable; nobody changes the bytes.
 *
 * @param type of the content, with its character set
 * @param body of which nobody moves the position
 * @param headers more of them, by name
 * @param constant whether it stays what it is as long as the server runs, so that a peer that has
 *     it need not be sent it again
 */
public record Page(
    int status, String type, ByteBuffer body, Map<String, String> headers, boolean constant) {
  static final String TEXT = "text/plain; charset=utf-8";

  /** A page that was asked for. */
  public static Page of(String type, byte[] body) {
    return new Page(200, type, ByteBuffer.wrap(body), Map.of(), false);
  }

  /** A page that was asked for and does not change. */
  public static Page constant(String type, byte[] body) {
    return new Page(200, type, ByteBuffer.wrap(body), Map.of(), true);
  }

  /** A line for a person. */
  public static Page text(int status, String line) {
    return new Page(status, TEXT, ByteBuffer.wrap((line + "\n").getBytes(UTF_8)), Map.of(), false);
  }

  Page with(String header, String value) {
    Map<String, String> more = new LinkedHashMap<>(headers);
    more.put(header, value);
    return new Page(status, type, body, more, constant);
  }

  Page withBody(byte[] newBody) {
    return new Page(status, type, ByteBuffer.wrap(newBody), headers, constant);
  }
}
