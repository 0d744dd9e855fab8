package io.speicher.server.http;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.QueryStringDecoder;
import io.speicher.dialect.User;
import java.net.InetAddress;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a peer asks for, without the body, which none of our pages looks at. Immutable, and holds
 * nothing of a network buffer.
 *
 * @param method as it was written, usually in upper case
 * @param authority the server's name, where the target has one: what is sent to proxies does
 * @param path decoded, without what follows a question mark
 * @param parameters what follows it
 * @param encrypted whether it came over TLS
 * @param peer null if it is not known
 * @param user who asks; null before that is known, and where nobody has to say who they are
 */
public record HttpRequest(
    String method,
    @Nullable String authority,
    String path,
    Map<String, List<String>> parameters,
    HttpHeaders headers,
    boolean encrypted,
    @Nullable InetAddress peer,
    @Nullable User user) {

  private static final int MAX_PARAMETERS = 16;

  /** What a target begins with that names the server as well (RFC 9112, section 3.2.2). */
  private static final Pattern ABSOLUTE =
      Pattern.compile("https?://([^/?#]*)", Pattern.CASE_INSENSITIVE);

  /**
   * Takes a request's target apart.
   *
   * @throws IllegalArgumentException if it has an escape that stands for nothing
   */
  static HttpRequest of(
      String method,
      String target,
      HttpHeaders headers,
      boolean encrypted,
      @Nullable InetAddress peer) {
    Matcher absolute = ABSOLUTE.matcher(target);
    boolean isAbsolute = absolute.lookingAt();
    String rest = isAbsolute ? target.substring(absolute.end()) : target;
    QueryStringDecoder query =
        QueryStringDecoder.builder()
            .maxParams(MAX_PARAMETERS)
            .build(isAbsolute && !rest.startsWith("/") ? "/" + rest : rest);
    return new HttpRequest(
        method,
        isAbsolute ? absolute.group(1) : null,
        query.path(),
        query.parameters(),
        headers,
        encrypted,
        peer,
        null);
  }

  HttpRequest by(@Nullable User newUser) {
    return new HttpRequest(method, authority, path, parameters, headers, encrypted, peer, newUser);
  }

  /**
   * Whether a script of one of our pages asks, which shows a refusal in its own way: browsers would
   * ask for a password each time.
   */
  boolean isFromScript() {
    return header("X-Requested-With").equals("XMLHttpRequest");
  }

  /** Whether a person wants to see a page, who can be asked to say another name. */
  boolean isFromPerson() {
    return !isFromScript() && accept().contains("text/html");
  }

  /** What the peer would like to have, or empty if it does not say. */
  public String accept() {
    return header(HttpHeaderNames.ACCEPT);
  }

  /** The first value of a header, or empty. */
  String header(CharSequence name) {
    String value = headers.get(name);
    return value == null ? "" : value;
  }

  /** The first value of a parameter. */
  public Optional<String> parameter(String name) {
    return Optional.ofNullable(parameters.get(name)).map(List::getFirst);
  }
}
