package io.speicher.compat;

import static org.assertj.core.api.Assertions.assertThat;

import io.speicher.server.ServerSettings;
import io.speicher.testing.OriginalServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code speicher shell} and {@code speicher top}, typed in a terminal. */
final class TerminalIT {
  @TempDir private Path folder;

  private ServerUnderTest server;
  private CommandLine commandLine;

  @BeforeEach
  void start() throws IOException {
    server = ServerUnderTest.speicher();
    commandLine =
        new CommandLine(folder).with("SPEICHER_URL", "speicher://127.0.0.1:" + server.port());
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private Tmux run(String... arguments) throws Exception {
    return Tmux.run(folder, 80, 24, commandLine.environment(), CommandLine.words(arguments));
  }

  /** Without the space at its end, which nobody sees on an empty line. */
  private String prompt() {
    return "127\\.0\\.0\\.1:" + server.port() + ">";
  }

  // ---- shell ----

  @Test
  void shell_session() throws Exception {
    try (Tmux terminal = run("shell")) {
      terminal.await(prompt() + " ?\n");
      terminal.type("set greeting \"hello w");
      terminal.type("örld\"");
      terminal.press("Enter");
      terminal.await("\nOK\n");
      terminal.type("get greeting");
      terminal.press("Enter");
      terminal.await("\n\"hello wörld\"\n");
      terminal.type("incr counter");
      terminal.press("Enter");
      terminal.await("\n\\(integer\\) 1\n");
      terminal.type("multi");
      terminal.press("Enter");
      terminal.await("\\(TX\\)> ?\n");
      terminal.type("get none");
      terminal.press("Enter");
      terminal.await("\nQUEUED\n");
      terminal.type("exec");
      terminal.press("Enter");
      terminal.await("\n1\\) \\(nil\\)\n");
      terminal.press("C-d");
      terminal.awaitEnd(0);
    }
  }

  @Test
  void shell_completesAndHints() throws Exception {
    try (Tmux terminal = run("shell")) {
      terminal.await(prompt());
      terminal.type("get ");
      terminal.await("> get key\n");
      terminal.press("C-u");
      terminal.type("set k v ex 10 ");
      terminal.await("> set k v ex 10 \\[NX \\| XX \\| IFEQ value ");
      terminal.press("C-u");
      terminal.type("incrbyf");
      terminal.press("Tab");
      terminal.type("a 1.5");
      terminal.press("Enter");
      terminal.await("> incrbyfloat a 1\\.5\n");
      terminal.await("\n\"1\\.5\"\n");
      terminal.type("config res");
      terminal.press("Tab", "Enter");
      terminal.await("> config resetstat ?\n");
      terminal.type("set k v px");
      terminal.press("Tab", "Tab");
      terminal.await("px +pxat");
      terminal.press("C-c");
      terminal.type("help get");
      terminal.press("Enter");
      terminal.await("  GET key\n  Gives the value of a key\\.\n  Time:  O\\(1\\)\n");
      terminal.type("exit");
      terminal.press("Enter");
      terminal.awaitEnd(0);
    }
  }

  @Test
  void shell_history() throws Exception {
    commandLine.with("SPEICHER_HISTORY", folder.resolve("history").toString());
    try (Tmux terminal = run("shell")) {
      terminal.await(prompt());
      terminal.type("auth default secret");
      terminal.press("Enter");
      terminal.await("\n(OK|\\(error\\) .*)\n");
      terminal.type("get remembered");
      terminal.press("Enter");
      terminal.await("\n\\(nil\\)\n");
      terminal.press("C-d");
      terminal.awaitEnd(0);
    }
    Path history = folder.resolve("history");
    assertThat(history).content().isEqualTo("get remembered\n");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(history)))
        .isEqualTo("rw-------");
    try (Tmux terminal = run("shell")) {
      terminal.await(prompt());
      terminal.press("Up", "Enter");
      terminal.await("> get remembered\n\\(nil\\)\n");
    }
  }

  @Test
  void shell_commandThatTakesTooLong() throws Exception {
    try (OriginalServer redis = OriginalServer.redis(folder)) {
      commandLine.with("SPEICHER_URL", "redis://" + redis.hostAndPort());
      try (Tmux terminal = run("shell")) {
        terminal.await(redis.hostAndPort() + ">");
        terminal.type("blpop none 0");
        terminal.press("Enter");
        terminal.await("blpop none 0\n");
        terminal.press("C-c");
        terminal.await("\\(interrupted: the next command makes a new connection\\)\n");
        terminal.type("ping");
        terminal.press("Enter");
        terminal.await("\nPONG\n" + redis.hostAndPort() + ">");
      }
    }
  }

  // ---- top ----

  @Test
  void top() throws Exception {
    try (Tmux terminal = run("top", "--interval", "200ms")) {
      String screen = terminal.await("(?s)^speicher .*\ncommand +ops/s .*\ninfo +\\d.*q quits\n$");
      assertThat(screen.lines())
          .hasSize(24)
          .anyMatch(line -> line.matches("memory \\S+ of 128M \\[.{20}] \\d+\\.\\d %.*"))
          .anyMatch(line -> line.matches("dialects/s .*resp \\d+.*"))
          .anyMatch(line -> line.matches("latency at most   p50 .*"));
      assertThat(terminal.ask("#{alternate_on} #{cursor_flag}")).isEqualTo("1 0");
      terminal.resize(60, 12);
      terminal.await("(?s)^speicher [^\n]{20,59}\n.*q quits\n$");
      terminal.press("q");
      terminal.awaitEnd(0);
      assertThat(terminal.ask("#{alternate_on} #{cursor_flag}")).isEqualTo("0 1");
    }
  }

  @Test
  void top_isTerminated() throws Exception {
    try (Tmux terminal = run("top", "--interval", "200ms")) {
      terminal.await("\ncommand +ops/s ");
      long shell = Long.parseLong(terminal.ask("#{pane_pid}"));
      ProcessHandle.of(shell).orElseThrow().children().forEach(ProcessHandle::destroy);
      terminal.awaitEnd(143);
      assertThat(terminal.ask("#{alternate_on} #{cursor_flag}")).isEqualTo("0 1");
    }
  }

  @Test
  void top_withoutColour() throws Exception {
    commandLine.with("NO_COLOR", "1");
    try (Tmux terminal = run("top", "--interval", "200ms")) {
      terminal.await("\ncommand +ops/s ");
      assertThat(terminal.colours()).doesNotContainPattern("\u001b\\[[0-9;]*3[0-7]m");
    }
  }

  /** It says so, and comes back when the server does. */
  @Test
  void top_serverIsLost() throws Exception {
    int port = server.port();
    try (Tmux terminal = run("top", "--interval", "200ms")) {
      terminal.await("\ncommand +ops/s ");
      server.close();
      terminal.await("no connection to 127\\.0\\.0\\.1:" + port + ": trying again\n");
      server = ServerUnderTest.speicher(ServerSettings.DEFAULT.withPort(port));
      terminal.await("q quits\n$");
      terminal.press("q");
      terminal.awaitEnd(0);
    }
  }
}
