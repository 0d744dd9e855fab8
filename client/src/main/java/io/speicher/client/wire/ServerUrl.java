package io.speicher.client.wire;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Where a server is and how it is spoken to, in one.
 *
 * @param servers one, or several nodes of one cluster
 * @param login null if it does not say who the client is
 * @param database which one of the server's is meant; 0 unless a URL of Redis says otherwise
 */
public record ServerUrl(
    List<Address> servers, boolean usesTls, @Nullable Login login, int database) {
  private static final int REDIS_PORT = 6379;

  /** Who it is that says no more than a password. */
  private static final String DEFAULT_USER = "default";

  /**
   * The scheme; perhaps a user and a password; a host and perhaps its port, or several; and perhaps
   * a database.
   */
  private static final Pattern URL =
      Pattern.compile(
          "(?<scheme>speicher|redis)(?<tls>s?)://(?:(?<login>.*)@)?"
              + ("(?<servers>" + Address.Port.PATTERN + "(?:," + Address.Port.PATTERN + ")*)")
              + "(?:/(?<database>\\d{0,5}))?");

  private static final Pattern SOCKET = Pattern.compile("(?<redis>redis\\+)?unix:/*(?<path>.+)");

  private static final String EXPECTED =
      "speicher://host, speicher://host:port, speichers://... for TLS, or unix:/path";

  private static final String EXPECTED_BY_RESP =
      "speicher://host, speicher://host:port, speichers://... for TLS, unix:/path, or the same of"
          + " Redis: redis://host:port/database, rediss://..., redis+unix:/path";

  /** Of one server. */
  public ServerUrl(Address server, boolean usesTls, @Nullable Login login, int database) {
    this(List.of(server), usesTls, login, database);
  }

  /**
   * Reads {@code speicher://host:port}, where the port is {@link Address#DEFAULT_PORT} if there is
   * none, {@code speicher://host:port,host:port} with any number of nodes, {@code speichers://} for
   * TLS, each with {@code user:password@} or not; or {@code unix:/path}.
   *
   * @throws IllegalArgumentException if it is none of these
   */
  public static ServerUrl of(String url) {
    return of(url, false);
  }

  /**
   * Reads the same, for whoever speaks RESP, and what clients of Redis know: {@code
   * redis://host:port/database}, where the port is 6379 if there is none, {@code rediss://} for
   * TLS, either with {@code user:password@} or {@code :password@}; or {@code redis+unix:/path}.
   *
   * @throws IllegalArgumentException if it is none of these
   */
  public static ServerUrl ofResp(String url) {
    return of(url, true);
  }

  private static ServerUrl of(String url, boolean allowsRedis) {
    Matcher socket = SOCKET.matcher(url);
    if (socket.matches() && (allowsRedis || socket.group("redis") == null)) {
      String slash = url.charAt(socket.start("path") - 1) == '/' ? "/" : "";
      Path path = Path.of(slash + socket.group("path"));
      return new ServerUrl(new Address.SocketFile(path), false, null, 0);
    }
    Matcher matcher = URL.matcher(url);
    if (!matcher.matches() || !(allowsRedis || isOurs(matcher))) {
      throw new IllegalArgumentException(
          "url="
              + withoutLogin(url)
              + " (expected: "
              + (allowsRedis ? EXPECTED_BY_RESP : EXPECTED)
              + ")");
    }
    String login = matcher.group("login");
    String database = matcher.group("database");
    int defaultPort = matcher.group("scheme").equals("redis") ? REDIS_PORT : Address.DEFAULT_PORT;
    List<Address> servers = new ArrayList<>();
    for (String server : matcher.group("servers").split(",", -1)) {
      servers.add(Address.Port.of(server, defaultPort));
    }
    return new ServerUrl(
        List.copyOf(servers),
        !matcher.group("tls").isEmpty(),
        login == null ? null : login(login),
        database == null || database.isEmpty() ? 0 : Integer.parseInt(database));
  }

  /**
   * The only server.
   *
   * @throws IllegalArgumentException if there are several
   */
  public Address server() {
    if (servers.size() > 1) {
      throw new IllegalArgumentException(
          "several servers: servers="
              + servers.size()
              + " (expected: 1; of a cluster, any node will do)");
    }
    return servers.get(0);
  }

  private static boolean isOurs(Matcher matcher) {
    String database = matcher.group("database");
    return matcher.group("scheme").equals("speicher") && (database == null || database.isEmpty());
  }

  private static Login login(String text) {
    int colon = text.indexOf(':');
    if (colon < 0) {
      throw new IllegalArgumentException(
          "url with a user and no password (expected: speicher://user:password@host)");
    }
    String user = decoded(text.substring(0, colon));
    return new Login(user.isEmpty() ? DEFAULT_USER : user, decoded(text.substring(colon + 1)));
  }

  private static String decoded(String text) {
    return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
  }

  /** The same for everybody to see. */
  private static String withoutLogin(String url) {
    return url.replaceFirst("//.*@", "//");
  }
}
