package io.speicher.cli;

import static java.io.OutputStream.nullOutputStream;
import static org.assertj.core.api.Assertions.assertThat;

import io.speicher.cli.FakeShell.Outcome;
import io.speicher.cli.console.ConnectionOptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

final class ConnectionOptionsTest {
  private static final String DONE = "{\"status_code\":200}";

  private final FakeShell shell = new FakeShell();

  private void assertUsage(String message, String... args) {
    assertThat(shell.run(args)).isEqualTo(new Outcome(2, "", "speicher: " + message + "\n"));
  }

  // Which server.

  @Test
  void environment() throws Exception {
    try (FakeServer server = FakeServer.answering(DONE)) {
      shell.with("SPEICHER_URL", "speicher://127.0.0.1:" + server.port());
      assertThat(shell.run("set", "foo", "bar").status()).isZero();
      assertThat(server.requests()).hasSize(1);
    }
  }

  @Test
  void environment_empty() {
    ConnectionOptions options =
        new ConnectionOptions(
            shell.with("SPEICHER_URL", "").shell(nullOutputStream(), nullOutputStream()));
    assertThat(options.server()).isEqualTo("localhost:14567");
  }

  @Test
  void optionsWinOverTheEnvironment() throws Exception {
    shell.with("SPEICHER_URL", "not even an address");
    try (FakeServer server = FakeServer.answering(DONE)) {
      assertThat(shell.run("set", "--port", "" + server.port(), "foo", "bar").status()).isZero();
    }
    try (FakeServer server = FakeServer.answering(DONE)) {
      String url = "speicher://127.0.0.1:" + server.port();
      assertThat(shell.run("set", "--url", url, "foo", "bar").status()).isZero();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "'', localhost:14567",
    "--port=7, localhost:7",
    "--host=::1, [::1]:14567",
    "--host=example, example:14567",
    "--url=speicher://example, example:14567",
    "--url=speicher://example/, example:14567",
    "--url=speicher://example:7/, example:7",
    "--url=speicher://[::1], [::1]:14567",
    "--url=speicher://[::1]:7, [::1]:7",
    "--url=speicher://user:secret@example, example:14567",
    "--url=speichers://example:7, example:7",
    "--url=unix:/run/speicher, /run/speicher",
    "--url=unix:///run/speicher, /run/speicher",
    "--socket=/run/speicher, /run/speicher",
  })
  void server(String option, String expected) {
    PingCommand ping = new PingCommand(shell.shell(nullOutputStream(), nullOutputStream()));
    new CommandLine(ping).parseArgs(option.isEmpty() ? new String[0] : new String[] {option});
    assertThat(ping.connection.server()).isEqualTo(expected);
  }

  // Mistakes.

  @Test
  void severalServers() {
    String message = "several servers: servers=2 (expected: 1; of a cluster, any node will do)";
    assertUsage(message, "ping", "--url", "speicher://a,b");
    assertUsage(message, "info", "--url", "speicher://a,b");
    assertUsage("host=a,b (expected: a host name or an IP address)", "ping", "--host", "a,b");
    shell.with("SPEICHER_URL", "speicher://a:1,b:2");
    assertUsage("SPEICHER_URL: " + message, "ping");
  }

  @Test
  void urlAndHost() {
    String message =
        "--url says already where the server is: leave out --host, --port and --socket";
    assertUsage(message, "get", "--url", "speicher://a", "--host", "b", "foo");
    assertUsage(message, "get", "--url", "speicher://a", "--port", "7", "foo");
    assertUsage(message, "get", "--url", "speicher://a", "--socket", "s", "foo");
    assertUsage(
        "--socket is in the place of --host and --port: leave out either",
        "get",
        "--socket=s",
        "--port=7",
        "foo");
  }

  @Test
  void url_wrong() {
    String expected =
        " (expected: speicher://host, speicher://host:port, speichers://... for TLS, or"
            + " unix:/path)";
    assertUsage("url=http://a" + expected, "get", "--url", "http://a", "foo");
    shell.with("SPEICHER_URL", "a:7");
    assertUsage("SPEICHER_URL: url=a:7" + expected, "get", "foo");
  }

  @Test
  void tls_contradictions() {
    assertUsage(
        "--cert and --key belong together: one is missing", "get", "--cert", "cert.pem", "foo");
    assertUsage(
        "a Unix domain socket is not encrypted: leave out TLS, or connect to a port",
        "get",
        "--socket=s",
        "--tls",
        "foo");
    assertUsage("file=nowhere.pem: it cannot be read", "get", "--cacert=nowhere.pem", "foo");
  }

  // Who asks.

  @Test
  void login_fromTheEnvironment() throws Exception {
    try (FakeServer server = FakeServer.answering(DONE)) {
      shell.with("SPEICHER_AUTH", "alice:se:cret");
      assertThat(shell.run("set", "--port", "" + server.port(), "foo", "bar"))
          .isEqualTo(new Outcome(0, "", ""));
      assertThat(server.requests())
          .first()
          .isEqualTo("{\"command\":\"AUTH\",\"user\":\"alice\",\"password\":\"se:cret\"}");
    }
  }

  /** What is typed counts more than what is set for all commands. */
  @Test
  void login_inTheUrl() throws Exception {
    try (FakeServer server = FakeServer.answering(DONE)) {
      shell.with("SPEICHER_AUTH", "alice:other");
      String url = "speicher://bob:p%40ss@127.0.0.1:" + server.port();
      assertThat(shell.run("set", "--url", url, "foo", "bar").status()).isZero();
      assertThat(server.requests())
          .first()
          .isEqualTo("{\"command\":\"AUTH\",\"user\":\"bob\",\"password\":\"p@ss\"}");
    }
  }

  @Test
  void login_asked() throws Exception {
    try (FakeServer server = FakeServer.answering(DONE)) {
      shell.with("SPEICHER_AUTH", "alice:other").typingSecret("typed");
      String[] args = {"set", "--askpass", "--user=bob", "--port", "" + server.port(), "foo", "b"};
      assertThat(shell.run(args)).isEqualTo(new Outcome(0, "", ""));
      assertThat(server.requests())
          .first()
          .isEqualTo("{\"command\":\"AUTH\",\"user\":\"bob\",\"password\":\"typed\"}");
    }
  }

  @Test
  void login_whereNobodyCanBeAsked() {
    assertUsage(
        "--askpass needs a terminal; use SPEICHER_AUTH=USER:PASSWORD instead",
        "get",
        "--askpass",
        "foo");
  }

  @Test
  void login_withoutColon() {
    shell.with("SPEICHER_AUTH", "secret");
    assertUsage("SPEICHER_AUTH has no colon (expected: USER:PASSWORD)", "get", "foo");
  }

  @Test
  void login_inTheArguments_isWarnedOf() throws Exception {
    try (FakeServer server = FakeServer.answering(DONE)) {
      String url = "speicher://alice:secret@127.0.0.1:" + server.port();
      assertThat(shell.run("set", "--url", url, "foo", "bar").err())
          .isEqualTo(
              "speicher: warning: others on this machine can see the password in the arguments of a"
                  + " program; use SPEICHER_AUTH or --askpass\n");
    }
  }

  @Test
  void login_missing() throws Exception {
    String refusal = "{\"status_code\":401,\"message\":\"not authenticated\"}";
    try (FakeServer server = FakeServer.answering(refusal)) {
      assertThat(shell.run("set", "--port", "" + server.port(), "foo", "bar").err())
          .contains("not authenticated")
          .endsWith("; say who you are with SPEICHER_AUTH or --askpass\n");
    }
  }

  @Test
  void port_wrong() {
    assertUsage("port=70000 (expected: 1..65535)", "get", "--port", "70000", "foo");
    assertUsage(
        "invalid value for option '--port': 'x' is not an int", "get", "--port", "x", "foo");
  }

  @Test
  void timeout_wrong() {
    assertUsage("timeout=PT0S (expected: PT0.001S..PT24H)", "get", "--timeout", "0", "foo");
  }
}
