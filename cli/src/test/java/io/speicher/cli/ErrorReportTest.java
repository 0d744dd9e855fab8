package io.speicher.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.speicher.cli.FakeShell.Outcome;
import io.speicher.cli.console.Shell;
import io.speicher.testing.DeafPort;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is said when something goes wrong, and the status. */
final class ErrorReportTest {
  private final FakeShell shell = new FakeShell();

  private static String url(FakeServer server) {
    return "speicher://127.0.0.1:" + server.port();
  }

  // The connection.

  @Test
  void nothingListens() throws IOException {
    try (DeafPort deaf = new DeafPort()) {
      assertThat(shell.run("get", "--host", "127.0.0.1", "--port", "" + deaf.port(), "foo"))
          .isEqualTo(
              new Outcome(
                  3,
                  "",
                  "speicher: nothing listens on 127.0.0.1:"
                      + deaf.port()
                      + ": start one with speicher server, or name another with --host and"
                      + " --port\n"));
    }
  }

  @Test
  void noConnectionInTime() throws IOException {
    // A backlog that is full: the kernel leaves further attempts unanswered.
    List<SocketChannel> backlog = new ArrayList<>();
    try (ServerSocket full = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      for (int i = 0; i < 4; i++) {
        SocketChannel channel = SocketChannel.open();
        backlog.add(channel);
        channel.configureBlocking(false);
        channel.connect(full.getLocalSocketAddress());
      }
      String server = "127.0.0.1:" + full.getLocalPort();
      assertThat(shell.run("get", "--url", "speicher://" + server, "--timeout", "50ms", "foo"))
          .isEqualTo(
              new Outcome(
                  3,
                  "",
                  "speicher: cannot connect to "
                      + server
                      + ": no answer within 50 ms; check the address, or what stands in the"
                      + " way\n"));
    } finally {
      for (SocketChannel channel : backlog) {
        channel.close();
      }
    }
  }

  @Test
  void unknownHost() {
    assertThat(shell.run("get", "--host", "no..host", "foo"))
        .isEqualTo(
            new Outcome(
                3,
                "",
                "speicher: cannot find the host of no..host:14567: check --host, --url or"
                    + " SPEICHER_URL\n"));
  }

  @Test
  void noAnswer() throws Exception {
    try (FakeServer server = FakeServer.sending()) {
      assertThat(shell.run("set", "--url", url(server), "--timeout", "500ms", "foo", "bar"))
          .isEqualTo(
              new Outcome(
                  4,
                  "",
                  "speicher: no answer from 127.0.0.1:"
                      + server.port()
                      + " within 500 ms, it may be done or not: is it a Speicher server? if it is"
                      + " slow, raise --timeout\n"));
    }
  }

  @Test
  void hangsUp() throws Exception {
    try (FakeServer server = FakeServer.hangingUp()) {
      Outcome outcome = shell.run("get", "--url", url(server), "foo");
      assertThat(outcome.status()).isEqualTo(1);
      assertThat(outcome.out()).isEmpty();
      assertThat(outcome.err()).matches("speicher: get lost its connection: .*\n");
    }
  }

  // What the server says.

  @ParameterizedTest
  @CsvSource({"400,refused", "404,malformed", "499,refused", "503,failed", "599,failed"})
  void status(int statusCode, String expected) throws Exception {
    try (FakeServer server =
        FakeServer.answering(
            "{\"status_code\":"
                + statusCode
                + ",\"message\":\"so\\n\\u001b\\u009b[31mwhat\\u0007\"}")) {
      Outcome outcome = shell.run("set", "--url", url(server), "foo", "bar");
      assertThat(outcome.status()).isEqualTo(1);
      assertThat(outcome.out()).isEmpty();
      assertThat(outcome.err())
          .startsWith("speicher: set ")
          .contains(expected)
          .endsWith("\n")
          .matches("\\P{Cc}*\n");
      if (statusCode != 404) {
        assertThat(outcome.err()).contains("so [31mwhat");
      }
    }
  }

  @Test
  void loginRefused() throws Exception {
    try (FakeServer server =
        FakeServer.answering("{\"status_code\":401,\"message\":\"wrong user or password\"}")) {
      assertThat(shell.with("SPEICHER_AUTH", "app:wrong").run("get", "--url", url(server), "foo"))
          .isEqualTo(
              new Outcome(
                  1,
                  "",
                  "speicher: 127.0.0.1:"
                      + server.port()
                      + " refused the login: wrong user or password; check SPEICHER_AUTH, or what"
                      + " was typed\n"));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "HTTP/1.1 400 Bad Request",
    "'\0\0\0\2[]'",
    "'\0\0\0\2xy'",
    "'\0\0\0\0'",
    "'\0\0\0\21{\"status_code\":200}'",
  })
  void rubbish(String answer) throws Exception {
    try (FakeServer server = FakeServer.sending(answer.getBytes(StandardCharsets.ISO_8859_1))) {
      Outcome outcome = shell.run("get", "--url", url(server), "--timeout", "500ms", "foo");
      assertThat(outcome.out()).isEmpty();
      assertThat(outcome.err()).startsWith("speicher: ").matches("\\P{Cc}*\n");
      assertThat(outcome.status()).isEqualTo(1);
    }
  }

  // The command line.

  private void assertUsage(String message, String... args) {
    assertThat(shell.run(args)).isEqualTo(new Outcome(2, "", "speicher: " + message + "\n"));
  }

  @Test
  void unknownCommand() {
    assertUsage("unknown command 'sevrer' (did you mean server?); see speicher --help", "sevrer");
  }

  @Test
  void unknownOption() {
    assertUsage(
        "unknown option '--jso' (did you mean --json?); see speicher get --help",
        "get",
        "--jso",
        "x");
  }

  @Test
  void tooManyArguments() {
    assertUsage("unknown argument 'c'; see speicher set --help", "set", "a", "b", "c");
  }

  @Test
  void missingArguments() {
    assertUsage("missing required parameter: 'KEY'; see speicher get --help", "get");
    assertUsage("missing required parameters: 'KEY', 'VALUE'; see speicher set --help", "set");
    assertUsage("missing required parameter: 'KEY'; see speicher del --help", "del");
  }

  @Test
  void optionTwice() {
    assertUsage(
        "option '--port' (PORT) should be specified only once",
        "get",
        "--port",
        "1",
        "--port",
        "2",
        "x");
  }

  @Test
  void timeWithoutUnit() {
    assertUsage(
        "invalid value for option '--ttl': '10' is not a time such as 500ms, 10s, 5m, 2h or 1d",
        "set",
        "--ttl",
        "10",
        "foo",
        "bar");
  }

  @Test
  void unspeakableCommandLine() {
    assertUsage(
        "the locale cannot spell this command line: set LC_ALL=C.UTF-8", "set", "foo", "\uFFFD");
  }

  @Test
  void service_wrongSettings() {
    assertUsage("wrong in line 1\nwrong in line 2", "server", "--wrong");
  }

  // What nobody expected.

  @Test
  void inputCannotBeRead() throws Exception {
    InputStream closed = InputStream.nullInputStream();
    closed.close();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    Shell outside = shell.shell(closed, new ByteArrayOutputStream(), err);
    try (FakeServer server = FakeServer.answering("{\"status_code\":200}")) {
      assertThat(SpeicherCommand.run(outside, "set", "--url", url(server), "foo", "-"))
          .isEqualTo(1);
      assertThat(server.requests()).isEmpty();
    }
    assertThat(err.toString(StandardCharsets.UTF_8))
        .isEqualTo("speicher: cannot read or write: Stream closed\n");
  }

  @Test
  void bug() {
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    Shell outside = shell.shell(new ByteArrayOutputStream(), err);

    int status = reportBug(outside);

    assertThat(status).isEqualTo(1);
    assertThat(err.toString(StandardCharsets.UTF_8))
        .isEqualTo(
            "speicher: this is a bug in Speicher, please report it with the trace that"
                + " SPEICHER_DEBUG=1 adds: java.lang.IllegalStateException: one two\n");
  }

  @Test
  void bug_debug() {
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    Shell outside = shell.with("SPEICHER_DEBUG", "1").shell(new ByteArrayOutputStream(), err);

    reportBug(outside);

    assertThat(err.toString(StandardCharsets.UTF_8)).contains("\tat io.speicher.cli");
  }

  private static int reportBug(Shell outside) {
    String[] args = {"version"};
    var speicher = SpeicherCommand.commandLine(outside, args);
    return new ErrorReport(outside)
        .handleExecutionException(
            new IllegalStateException("one\ntwo"), speicher, speicher.parseArgs(args));
  }

  @Test
  void outputIsClosed() throws IOException {
    assertThat(shell.runIntoTheVoid("version"))
        .isEqualTo(
            new Outcome(
                1, "", "speicher: cannot write to standard output: it is closed, or full\n"));
  }
}
