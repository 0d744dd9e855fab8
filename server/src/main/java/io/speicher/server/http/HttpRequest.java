package io.speicher.server.http;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.QueryStringDecoder;
import io.speicher.dialect.User;
import java.net.InetAddress;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a peer asks for, without the body, which none of our pages looks at. Immutable, and holds
 * nothing of a network buffer.
 *
 * @param method as it was written, usually in upper case
 * @param path decoded, without what follows a question mark
 * @param parameters what follows it
 * @param encrypted whether it came over TLS
 * @param peer null if it is not known
 * @param user who asks; null before that is known, and where nobody has to say who they are
 */
public record HttpRequest(
    String method,
    String path,
    Map<String, List<String>> parameters,
    HttpHeaders headers,
    boolean encrypted,
    @Nullable InetAddress peer,
    @Nullable User user) {

  private static final int MAX_PARAMETERS = 16;

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
    QueryStringDecoder query =
        QueryStringDecoder.builder().maxParams(MAX_PARAMETERS).build(withoutAuthority(target));
    return new HttpRequest(
        method, query.path(), query.parameters(), headers, encrypted, peer, null);
  }

  /** What is sent to proxies names the server as well, and a server has to take it. */
  private static String withoutAuthority(String target) {
    if (!target.startsWith("http://") && !target.startsWith("https://")) {
      return target;
    }
    int path = target.indexOf('/', target.indexOf("//") + 2);
    return path < 0 ? "/" : target.substring(path);
  }

  HttpRequest by(@Nullable User newUser) {
    return new HttpRequest(method, path, parameters, headers, encrypted, peer, newUser);
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
