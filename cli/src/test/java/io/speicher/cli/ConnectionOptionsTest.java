package io.speicher.cli;

import static java.io.OutputStream.nullOutputStream;
import static org.assertj.core.api.Assertions.assertThat;

import io.speicher.cli.FakeShell.Outcome;
import java.util.Map;
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
    ConnectionOptions options = new ConnectionOptions(Map.of("SPEICHER_URL", ""));
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
  })
  void server(String option, String expected) {
    PingCommand ping = new PingCommand(shell.shell(nullOutputStream(), nullOutputStream()));
    new CommandLine(ping).parseArgs(option.isEmpty() ? new String[0] : new String[] {option});
    assertThat(ping.connection.server()).isEqualTo(expected);
  }

  // Mistakes.

  @Test
  void urlAndHost() {
    String message = "--url names host and port already: leave out either it or --host and --port";
    assertUsage(message, "get", "--url", "speicher://a", "--host", "b", "foo");
    assertUsage(message, "get", "--url", "speicher://a", "--port", "7", "foo");
  }

  @Test
  void url_wrong() {
    String expected = " (expected: speicher://host or speicher://host:port)";
    assertUsage("url=http://a" + expected, "get", "--url", "http://a", "foo");
    shell.with("SPEICHER_URL", "a:7");
    assertUsage("SPEICHER_URL: url=a:7" + expected, "get", "foo");
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
