package io.speicher.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.speicher.cli.FakeShell.Outcome;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

final class CompletionCommandTest {
  private static final Path BASH = Path.of("/bin/bash");

  @TempDir private Path directory;

  private final FakeShell shell = new FakeShell();

  private String script() {
    Outcome outcome = shell.run("completion", "bash");
    assertThat(outcome.status()).isZero();
    assertThat(outcome.err()).isEmpty();
    return outcome.out();
  }

  private String bash(String... args) throws IOException, InterruptedException {
    String[] command = new String[args.length + 1];
    command[0] = BASH.toString();
    System.arraycopy(args, 0, command, 1, args.length);
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(said).isZero();
    return said;
  }

  @Test
  void script_hasAll() {
    String script = script();
    CommandLine speicher =
        SpeicherCommand.commandLine(
            shell.shell(new ByteArrayOutputStream(), new ByteArrayOutputStream()));
    assertThat(speicher.getSubcommands()).containsKeys("get", "server", "completion", "help");
    speicher
        .getSubcommands()
        .forEach((name, command) -> {
          assertThat(script).contains("_picocli_speicher_" + name + "()");
          String function = script.substring(script.indexOf("_picocli_speicher_" + name + "()"));
          function = function.substring(0, function.indexOf("\n}"));
          for (OptionSpec option : command.getCommandSpec().options()) {
            assertThat(function).contains(option.names());
          }
        });
  }

  @Test
  void script_isTheSameForZsh_whichLooksItUpByItsFirstLine() {
    assertThat(shell.run("completion", "zsh").out()).isEqualTo("#compdef speicher\n" + script());
  }

  @Test
  void scriptForFish_hasEachCommandAndOption() {
    assertThat(shell.run("completion", "fish").out())
        .startsWith("# Completions of speicher for fish.\ncomplete -c speicher -f\n")
        .containsPattern(
            "(?m)^complete -c speicher -n 'not __fish_seen_subcommand_from [a-z ]+' -a get -d '[^']+'$")
        .containsPattern(
            "(?m)^complete -c speicher -n '__fish_seen_subcommand_from get' -l port -r -F -d 'Port of")
        .containsPattern(
            "(?m)^complete -c speicher -n '__fish_seen_subcommand_from get' -s h -l help -d 'Show");
  }

  @Test
  void script_parses() throws Exception {
    assumeTrue(Files.isExecutable(BASH));
    Path file = Files.writeString(directory.resolve("speicher"), script());
    assertThat(bash("-n", file.toString())).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "speicher se, 'server\nset\n'",
    "speicher d, 'del\ndump\n'",
    "speicher get --j, '--json\n'",
    "speicher server --w, '--wrong\n'",
    "speicher completion z, 'zsh\n'",
  })
  void script_completes(String typed, String expected) throws Exception {
    assumeTrue(Files.isExecutable(BASH));
    Path file = Files.writeString(directory.resolve("speicher"), script());
    String completions =
        bash(
            "--norc",
            "-c",
            "compopt() { :; }; source \"$0\"; COMP_WORDS=($1); COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); COMP_LINE=$1;"
                + " COMP_POINT=${#1}; _complete_speicher; printf '%s\\n' \"${COMPREPLY[@]}\" | sort",
            file.toString(),
            typed);
    assertThat(completions).isEqualTo(expected);
  }

  @Test
  void unknownShell() {
    assertThat(shell.run("completion", "tcsh"))
        .isEqualTo(
            new Outcome(
                2,
                "",
                "speicher: invalid value for positional parameter at index 0 (SHELL): expected one"
                    + " of [bash, zsh, fish] (case-sensitive) but was 'tcsh'\n"));
  }
}
