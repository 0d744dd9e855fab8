package io.speicher.cli;

import io.speicher.client.SpeicherClient;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * Where the server is, and how long to wait for it: the options of all commands that talk to one.
 */
final class ConnectionOptions {
  /** The name of the mixin in every command that has it. */
  static final String MIXIN = "connection";

  private static final String URL_VARIABLE = "SPEICHER_URL";
  private static final String AUTH_VARIABLE = "SPEICHER_AUTH";
  private static final String URL_SCHEME = "speicher://";
  private static final String DEFAULT_HOST = "localhost";
  private static final int DEFAULT_PORT = 14567;

  private final Map<String, String> environment;

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
      names = "--url",
      paramLabel = "URL",
      order = 102,
      description =
          "Both in one: speicher://HOST:PORT (default: the variable SPEICHER_URL, where neither"
              + " --host nor --port is given). The variable SPEICHER_AUTH can hold USER:PASSWORD.")
  private @Nullable String url;

  @Option(
      names = "--timeout",
      paramLabel = "TIME",
      order = 103,
      defaultValue = "2s",
      converter = TimeConverter.class,
      description =
          "How long to wait for the connection, and for each answer (default: ${DEFAULT-VALUE}).")
  private Duration timeout = Duration.ZERO;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      order = 104,
      description = "Show this help and exit.")
  @SuppressWarnings("UnusedVariable") // For picocli alone.
  private boolean help;

  ConnectionOptions(Map<String, String> environment) {
    this.environment = environment;
  }

  /**
   * Connects to the server that the options, or else the environment, name.
   *
   * @throws ParameterException if they contradict each other, or name what cannot be
   */
  SpeicherClient connect() {
    if (url != null && (host != null || port != null)) {
      throw wrong("--url names host and port already: leave out either it or --host and --port");
    }
    String usedUrl = usedUrl();
    SpeicherClient.Builder builder = SpeicherClient.builder();
    try {
      if (usedUrl != null) {
        builder.url(usedUrl);
      } else {
        builder.host(usedHost()).port(usedPort());
      }
      String login = environment.getOrDefault(AUTH_VARIABLE, "");
      int colon = login.indexOf(':');
      if (!login.isEmpty() && colon < 0) {
        throw wrong(AUTH_VARIABLE + " has no colon (expected: USER:PASSWORD)");
      }
      if (!login.isEmpty()) {
        builder.login(login.substring(0, colon), login.substring(colon + 1));
      }
      builder.timeout(timeout).connectTimeout(timeout);
    } catch (IllegalArgumentException e) {
      String origin = usedUrl == null || url != null ? "" : URL_VARIABLE + ": ";
      throw wrong(origin + e.getMessage());
    }
    return builder.build();
  }

  /** The server's host and port, for messages. */
  String server() {
    String usedUrl = usedUrl();
    if (usedUrl == null) {
      String usedHost = usedHost();
      return (usedHost.contains(":") ? "[" + usedHost + "]" : usedHost) + ":" + usedPort();
    }
    String server = usedUrl.substring(URL_SCHEME.length()).replaceFirst(".*@", "").replace("/", "");
    return server.matches(".+:\\d+") ? server : server + ":" + DEFAULT_PORT;
  }

  Duration timeout() {
    return timeout;
  }

  private @Nullable String usedUrl() {
    if (url != null || host != null || port != null) {
      return url;
    }
    String variable = environment.getOrDefault(URL_VARIABLE, "");
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
