package io.speicher.server.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.speicher.dialect.User;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What is answered to a request. Immutable; nobody changes the bytes.
 *
 * @param type of the content, with its character set
 * @param body of which nobody moves the position
 * @param headers more of them, by name
 * @param constant whether it stays what it is as long as the server runs, so that a peer that has
 *     it need not be sent it again
 * @param stream what follows instead of the body, as it happens; null if nothing does
 */
public record Page(
    int status,
    String type,
    ByteBuffer body,
    Map<String, String> headers,
    boolean constant,
    @Nullable Stream stream) {
  /** Events, and who listens to them. */
  record Stream(Events events, User user) {}

  static final String TEXT = "text/plain; charset=utf-8";

  /** A page that was asked for. */
  public static Page of(String type, byte[] body) {
    return of(200, type, body, false);
  }

  /** A page that was asked for and does not change. */
  public static Page constant(String type, byte[] body) {
    return of(200, type, body, true);
  }

  /** A line for a person. */
  public static Page text(int status, String line) {
    return of(status, TEXT, (line + "\n").getBytes(UTF_8), false);
  }

  /** What happens from now on. */
  public static Page stream(Events events, User user) {
    return new Page(
        200, Events.TYPE, ByteBuffer.allocate(0), Map.of(), false, new Stream(events, user));
  }

  /** Sends the peer elsewhere, to another page of ours. */
  public static Page seeOther(String path) {
    return text(303, "see " + path).with("Location", path);
  }

  private static Page of(int status, String type, byte[] body, boolean constant) {
    return new Page(status, type, ByteBuffer.wrap(body), Map.of(), constant, null);
  }

  Page with(String header, String value) {
    Map<String, String> more = new LinkedHashMap<>(headers);
    more.put(header, value);
    return new Page(status, type, body, more, constant, stream);
  }

  Page withBody(byte[] newBody) {
    return new Page(status, type, ByteBuffer.wrap(newBody), headers, constant, stream);
  }
}
