package io.speicher.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.speicher.cli.FakeShell.Outcome;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

final class SpeicherCommandTest {
  private final FakeShell shell = new FakeShell();

  static Stream<String> commands() {
    return Stream.of(
        "get",
        "set",
        "del",
        "reset",
        "ping",
        "shell",
        "stat",
        "top",
        "hotkeys",
        "bigkeys",
        "slowlog",
        "latency",
        "clients",
        "monitor",
        "scan",
        "namespaces",
        "cluster",
        "clear",
        "config",
        "info",
        "copy",
        "server",
        "version",
        "completion",
        "man",
        "help");
  }

  /** Those whose help is like that of the others. */
  static Stream<String> ownCommands() {
    return commands().filter(name -> !Set.of("server", "help").contains(name));
  }

  // Help.

  @Test
  void alone() {
    Outcome alone = shell.run();
    assertThat(alone.status()).isZero();
    assertThat(alone.err()).isEmpty();
    assertThat(alone).isEqualTo(shell.run("--help")).isEqualTo(shell.run("help"));
  }

  @Test
  void help_groups() {
    assertThat(shell.run("--help").out())
        .containsSubsequence(
            "\nCache commands:\n  get  ",
            "  set ",
            "  del ",
            "  reset ",
            "  ping ",
            "\nCommands for operators:\n  shell ",
            "  stat ",
            "  top ",
            "\nServices:\n  server      Pretend to be a server at 50% of the price.\n",
            "\nOther commands:\n  version ",
            "  completion ",
            "  help ",
            "\nExamples:\n",
            "\nEnvironment:\n",
            "\nExit status:\n");
  }

  @ParameterizedTest
  @MethodSource("ownCommands")
  void help_ofCommand(String command) {
    Outcome help = shell.run(command, "--help");
    assertThat(help.status()).isZero();
    assertThat(help.out()).startsWith("Usage: speicher " + command + " ");
    assertThat(help).isEqualTo(shell.run("help", command)).isEqualTo(shell.run(command, "-h"));
  }

  @ParameterizedTest
  @MethodSource("commands")
  void help_fitsIntoALine(String command) {
    assertThat(shell.run("help", command).out().lines())
        .allSatisfy(
            line -> assertThat(line).hasSizeLessThanOrEqualTo(100).doesNotContain("\u001b"));
  }

  @Test
  void help_ofNothing() {
    Outcome outcome = shell.run("help", "nothing");
    assertThat(outcome.status()).isEqualTo(2);
    assertThat(outcome.err()).startsWith("speicher: unknown subcommand 'nothing'").hasLineCount(1);
  }

  /** A mistake is answered with what is there, also where a name alone is looked at. */
  @ParameterizedTest
  @CsvSource({
    "sat, unknown command 'sat' (did you mean stat?); see speicher --help",
    "hotkey, unknown command 'hotkey' (did you mean hotkeys?); see speicher --help",
  })
  void mistake(String command, String message) {
    assertThat(shell.run(command)).isEqualTo(new Outcome(2, "", "speicher: " + message + "\n"));
  }

  // Services.

  @Test
  void service() {
    assertThat(shell.run("server")).isEqualTo(new Outcome(0, "serving\n", ""));
  }

  // Version.

  @ParameterizedTest
  @ValueSource(strings = {"version", "--version", "-V"})
  void version(String arg) {
    Outcome outcome = shell.run(arg);
    assertThat(outcome.status()).isZero();
    assertThat(outcome.out())
        .startsWith("speicher unpackaged (Java " + Runtime.version() + ", ")
        .endsWith(")\n")
        .hasLineCount(1);
  }

  @Test
  void version_json() {
    assertThat(shell.run("version", "--json").out())
        .matches(
            "\\{\"version\":\"unpackaged\",\"commit\":(\"[0-9a-f]{12}\"|null),\"date\":\"\\d{4}-\\d\\d-\\d\\d\",\"java\":\"[^\"]+\",\"jvm\":\"[^\"]+\"}\n");
  }
}
