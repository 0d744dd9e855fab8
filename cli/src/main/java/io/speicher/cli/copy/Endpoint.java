package io.speicher.cli.copy;

import static java.util.Objects.requireNonNull;

import io.speicher.cli.console.Peer;
import io.speicher.cli.resp.RespConnection;
import io.speicher.cli.resp.WireConnection;
import io.speicher.client.wire.Address;
import io.speicher.client.wire.Login;
import io.speicher.client.wire.ServerUrl;
import io.speicher.client.wire.Tls;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One end of a copy: a server, or a file.
 *
 * @param role {@code SOURCE} or {@code TARGET}, as the command line has it
 * @param address null for a file
 * @param tls null for plain text
 * @param database the one that the URL names; 0 if it names none
 * @param file null for a server
 */
record Endpoint(
    String role,
    Protocol protocol,
    @Nullable Address address,
    @Nullable Tls tls,
    @Nullable Login login,
    int database,
    Duration timeout,
    @Nullable Path file)
    implements Peer {

  /** What is spoken. */
  enum Protocol {
    RESP,
    MEMCACHED,
    FILE
  }

  private static final String EXPECTED =
      "redis://HOST:PORT/DATABASE, rediss://, valkey://, valkeys://, memcached://HOST:PORT,"
          + " speicher://HOST:PORT/DATABASE, speichers://, unix:/PATH, redis+unix:/PATH,"
          + " memcached+unix:/PATH, or an RDB file or a dump as the source";

  private static final String MEMCACHED = "memcached://";
  private static final String MEMCACHED_SOCKET = "memcached+unix:";
  private static final String MEMCACHED_PORT = ":11211";

  /**
   * Reads what the command line names.
   *
   * @param said who the client is, if the URL does not say it
   * @param tls made only if the URL wants it
   * @throws IllegalArgumentException if it names nothing that can be copied
   */
  static Endpoint of(
      String role, String text, @Nullable Login said, Supplier<Tls> tls, Duration timeout) {
    if (!text.matches("[a-z+]+://.*|([a-z]+\\+)?unix:.*")) {
      return ofFile(role, Path.of(text), timeout);
    }
    ServerUrl url;
    try {
      url = ServerUrl.ofResp(asRedis(text));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          role + "=" + text.replaceFirst("//.*@", "//") + " (expected: " + EXPECTED + ")", e);
    }
    if (url.servers().size() > 1) {
      throw new IllegalArgumentException(role + ": several servers (expected: 1)");
    }
    boolean isMemcached = text.startsWith("memcached");
    if (isMemcached && url.database() != 0) {
      throw new IllegalArgumentException(role + ": memcached has no databases");
    }
    return new Endpoint(
        role,
        isMemcached ? Protocol.MEMCACHED : Protocol.RESP,
        url.server(),
        url.usesTls() ? tls.get() : null,
        url.login() == null ? said : url.login(),
        url.database(),
        timeout,
        null);
  }

  static Endpoint ofFile(String role, Path file, Duration timeout) {
    return new Endpoint(role, Protocol.FILE, null, null, null, 0, timeout, file);
  }

  /** The same as a URL of Redis, which differs in no more than its first letters and its port. */
  private static String asRedis(String text) {
    if (text.startsWith(MEMCACHED)) {
      String rest = text.substring(MEMCACHED.length());
      boolean hasPort = rest.matches("[^/]*:\\d+(/.*)?");
      return "redis://" + (hasPort ? rest : rest.replaceFirst("^[^/]*", "$0" + MEMCACHED_PORT));
    }
    if (text.startsWith(MEMCACHED_SOCKET)) {
      return text.replaceFirst("^memcached\\+", "");
    }
    return text.replaceFirst("^valkey(s?://|\\+unix:)", "redis$1");
  }

  RespConnection connectResp() throws IOException {
    RespConnection connection =
        RespConnection.open(requireNonNull(address, "a server"), tls, timeout);
    try {
      if (login != null) {
        connection.login(login);
      }
      return connection;
    } catch (IOException | RuntimeException e) {
      connection.close();
      throw e;
    }
  }

  WireConnection connectWire() throws IOException {
    return WireConnection.open(requireNonNull(address, "a server"), tls, timeout);
  }

  @Override
  public String server() {
    return address == null ? String.valueOf(file) : address.toString();
  }

  @Override
  public String namedBy() {
    return role;
  }

  @Override
  public String loginBy() {
    return loginVariable(role);
  }

  @Override
  public String loginToCheck() {
    return loginVariable(role) + ", or the URL";
  }

  /** The variable that says who the client is. */
  static String loginVariable(String role) {
    return "SPEICHER_" + role + "_AUTH";
  }

  @Override
  public String kind() {
    return protocol == Protocol.MEMCACHED ? "memcached" : "RESP server";
  }

  @Override
  public String ifNothingListens() {
    return "check " + role + ", and that the server runs";
  }
}
