package io.speicher.cli.console;

import io.speicher.cli.resp.RespConnection;
import io.speicher.client.Speicher;
import io.speicher.client.SpeicherBuilder;
import io.speicher.client.wire.Address;
import io.speicher.client.wire.Login;
import io.speicher.client.wire.ServerUrl;
import io.speicher.client.wire.Tls;
import io.speicher.client.wire.TlsFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * Where the server is, and how long to wait for it: the options of all commands that talk to one.
 */
public final class ConnectionOptions implements Peer {
  /** The name of the mixin in every command that has it. */
  public static final String MIXIN = "connection";

  private static final String URL_VARIABLE = "SPEICHER_URL";
  private static final String AUTH_VARIABLE = "SPEICHER_AUTH";

  /** What stands before the host, or the path, of an address. */
  private static final Pattern SCHEME =
      Pattern.compile("^((speicher|redis)s?://(.*@)?|(redis\\+)?unix:/*(?=/))");

  private static final String DEFAULT_HOST = "localhost";
  private static final int DEFAULT_PORT = 14567;
  private static final int REDIS_PORT = 6379;

  private final Shell shell;

  @Spec(Spec.Target.MIXEE)
  private CommandSpec command = CommandSpec.create();

  @Option(
      names = "--host",
      paramLabel = "HOST",
      order = 100,
      description = "Host name or IP address of the server (default: " + DEFAULT_HOST + ").")
  private @Nullable String host;

  @Option(
      names = "--port",
      paramLabel = "PORT",
      order = 101,
      description = "Port of the server (default: " + DEFAULT_PORT + ").")
  private @Nullable Integer port;

  @Option(
      names = "--socket",
      paramLabel = "PATH",
      order = 102,
      description = "Unix domain socket of the server, in the place of host and port.")
  private @Nullable Path socket;

  @Option(
      names = "--url",
      paramLabel = "URL",
      order = 103,
      description =
          "All in one: speicher://HOST:PORT, speichers://HOST:PORT for TLS, or unix:/PATH (default:"
              + " the variable SPEICHER_URL, where no other option says where the server is)."
              + " Commands that speak RESP know redis://HOST:PORT/DATABASE, rediss://... and"
              + " redis+unix:/PATH too.")
  private @Nullable String url;

  @Option(
      names = "--tls",
      order = 104,
      description = "Speak TLS, and trust the authorities that Java trusts.")
  private boolean usesTls;

  @Option(
      names = "--cacert",
      paramLabel = "FILE",
      order = 105,
      description =
          "Speak TLS, and trust those that the certificates in this PEM file have signed.")
  private @Nullable Path authorities;

  @Option(
      names = "--cert",
      paramLabel = "FILE",
      order = 106,
      description = "Show the certificate in this PEM file, whose private key is in --key.")
  private @Nullable Path certificate;

  @Option(
      names = "--key",
      paramLabel = "FILE",
      order = 107,
      description = "The private key of --cert: PEM, PKCS#8, not encrypted.")
  private @Nullable Path key;

  @Option(
      names = "--user",
      paramLabel = "NAME",
      order = 108,
      defaultValue = "default",
      description =
          "Whose password --askpass asks for (default: ${DEFAULT-VALUE}). Without --askpass, the"
              + " variable SPEICHER_AUTH can hold USER:PASSWORD.")
  private String user = "";

  @Option(names = "--askpass", order = 109, description = "Ask for the password at the terminal.")
  private boolean asksForPassword;

  @Option(
      names = "--timeout",
      paramLabel = "TIME",
      order = 110,
      defaultValue = "2s",
      converter = TimeConverter.class,
      description =
          "How long to wait for the connection, and for each answer (default: ${DEFAULT-VALUE}).")
  private Duration timeout = Duration.ZERO;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      order = 111,
      description = "Show this help and exit.")
  @SuppressWarnings("UnusedVariable") // For picocli alone.
  private boolean help;

  private @Nullable String askedPassword;

  public ConnectionOptions(Shell shell) {
    this.shell = shell;
  }

  /**
   * Connects to the server that the options, or else the environment, name.
   *
   * @throws ParameterException if they contradict each other, or name what cannot be
   */
  public Speicher connect() {
    requireOneServer();
    SpeicherBuilder builder = Speicher.builder();
    String usedUrl = usedUrl();
    try {
      if (usedUrl != null) {
        Address unused = ServerUrl.of(usedUrl).server(); // A command talks to one.
        builder.url(usedUrl);
      } else if (socket != null) {
        builder.socket(socket);
      } else {
        builder.host(usedHost()).port(usedPort());
      }
      addTls(builder);
      addLogin(builder, usedUrl);
      return builder.timeout(timeout).connectTimeout(timeout).build();
    } catch (IllegalArgumentException e) {
      throw wrong(origin(usedUrl) + e.getMessage());
    }
  }

  /** Where a URL that is wrong has come from, if nobody has typed it. */
  private String origin(@Nullable String usedUrl) {
    return usedUrl == null || url != null ? "" : URL_VARIABLE + ": ";
  }

  /**
   * Connects to the same server by RESP, or to any other that speaks it, and logs in.
   *
   * @throws ParameterException if the options contradict each other, or name what cannot be
   */
  public RespConnection connectResp() throws IOException {
    return connectResp(null);
  }

  /** The same for another node of the cluster that the server is in. */
  public RespConnection connectResp(String nodeHost, int nodePort) throws IOException {
    return connectResp(new Address.Port(nodeHost, nodePort));
  }

  private RespConnection connectResp(@Nullable Address node) throws IOException {
    requireOneServer();
    String usedUrl = usedUrl();
    ServerUrl target;
    Address server;
    Tls tls;
    Login login;
    try {
      target =
          usedUrl != null
              ? ServerUrl.ofResp(usedUrl)
              : new ServerUrl(
                  socket != null
                      ? new Address.SocketFile(socket)
                      : new Address.Port(usedHost(), usedPort()),
                  false,
                  null,
                  0);
      server = node == null ? target.server() : node;
      requireKeyAndCertificate();
      boolean isSecured = target.usesTls() || usesTls || authorities != null || certificate != null;
      if (isSecured && server instanceof Address.SocketFile) {
        throw wrong("a Unix domain socket is not encrypted: leave out TLS, or connect to a port");
      }
      tls = isSecured ? new Tls(TlsFiles.context(authorities, certificate, key), true) : null;
      login = saidLogin(usedUrl);
    } catch (IllegalArgumentException e) {
      throw wrong(origin(usedUrl) + e.getMessage());
    }
    RespConnection connection = RespConnection.open(server, tls, timeout);
    try {
      prepare(connection, login == null ? target.login() : login, target.database());
      return connection;
    } catch (IOException | RuntimeException e) {
      connection.close();
      throw e;
    }
  }

  private static void prepare(RespConnection connection, @Nullable Login login, int database)
      throws IOException {
    if (login != null) {
      connection.login(login);
    }
    if (database != 0) {
      connection.ask("SELECT", Integer.toString(database));
    }
  }

  private void requireOneServer() {
    if (url != null && (host != null || port != null || socket != null)) {
      throw wrong("--url says already where the server is: leave out --host, --port and --socket");
    }
    if (socket != null && (host != null || port != null)) {
      throw wrong("--socket is in the place of --host and --port: leave out either");
    }
  }

  private void requireKeyAndCertificate() {
    if ((certificate == null) != (key == null)) {
      throw wrong("--cert and --key belong together: one is missing");
    }
  }

  private void addTls(SpeicherBuilder builder) {
    requireKeyAndCertificate();
    if (certificate != null && key != null) {
      builder.tls(authorities, certificate, key);
    } else if (authorities != null) {
      builder.tls(authorities);
    } else if (usesTls) {
      builder.tls();
    }
  }

  private void addLogin(SpeicherBuilder builder, @Nullable String usedUrl) {
    Login login = saidLogin(usedUrl);
    if (login != null) {
      builder.login(login.user(), login.password());
    }
  }

  /** Who the client is: as it is asked for, or else in the URL, or else in the variable. */
  private @Nullable Login saidLogin(@Nullable String usedUrl) {
    if (url != null && url.matches("[\\w+]+://.*:.*@.*")) {
      shell
          .err()
          .println(
              "speicher: warning: others on this machine can see the password in the arguments of a"
                  + " program; use SPEICHER_AUTH or --askpass");
    }
    String said = shell.environment().getOrDefault(AUTH_VARIABLE, "");
    if (asksForPassword) {
      return new Login(user, askedPassword());
    }
    boolean isInUrl = usedUrl != null && usedUrl.matches("[\\w+]+://[^/]*@.*");
    if (!said.isEmpty() && !isInUrl) {
      int colon = said.indexOf(':');
      if (colon < 0) {
        throw wrong(AUTH_VARIABLE + " has no colon (expected: USER:PASSWORD)");
      }
      return new Login(said.substring(0, colon), said.substring(colon + 1));
    }
    return null;
  }

  /** Asks once, however often the command connects. */
  private String askedPassword() {
    if (askedPassword != null) {
      return askedPassword;
    }
    String typed = shell.secrets().ask("Password of " + user + ": ");
    if (typed == null) {
      throw wrong("--askpass needs a terminal; use " + AUTH_VARIABLE + "=USER:PASSWORD instead");
    }
    askedPassword = typed;
    return typed;
  }

  @Override
  public String server() {
    String usedUrl = usedUrl();
    if (usedUrl == null) {
      String usedHost = usedHost();
      return socket != null
          ? socket.toString()
          : (usedHost.contains(":") ? "[" + usedHost + "]" : usedHost) + ":" + usedPort();
    }
    String server = SCHEME.matcher(usedUrl).replaceFirst("");
    if (usedUrl.matches("(redis\\+)?unix:.*")) {
      return server;
    }
    server = server.replaceFirst("/.*", "");
    int defaultPort = usedUrl.startsWith("redis") ? REDIS_PORT : DEFAULT_PORT;
    return server.matches(".+:\\d+") ? server : server + ":" + defaultPort;
  }

  @Override
  public Duration timeout() {
    return timeout;
  }

  @Override
  public String namedBy() {
    return "--host, --url or " + URL_VARIABLE;
  }

  @Override
  public String loginBy() {
    return AUTH_VARIABLE + " or --askpass";
  }

  @Override
  public String loginToCheck() {
    return AUTH_VARIABLE + ", or what was typed";
  }

  @Override
  public String kind() {
    return "RESP server";
  }

  @Override
  public String ifNothingListens() {
    return "start one with speicher server, or name another with --host and --port";
  }

  private @Nullable String usedUrl() {
    if (url != null || host != null || port != null || socket != null) {
      return url;
    }
    String variable = shell.environment().getOrDefault(URL_VARIABLE, "");
    return variable.isEmpty() ? null : variable; // Empty is as good as not set.
  }

  private String usedHost() {
    return host == null ? DEFAULT_HOST : host;
  }

  private int usedPort() {
    return port == null ? DEFAULT_PORT : port;
  }

  private ParameterException wrong(String message) {
    return new ParameterException(command.commandLine(), message);
  }
}
