package io.speicher.cli;

import static java.io.OutputStream.nullOutputStream;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.speicher.cli.FakeShell.Outcome;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

final class ManCommandTest {
  private static final Path MAN = Path.of("/usr/bin/man");

  private final FakeShell shell = new FakeShell();

  static Stream<CommandLine> commands() {
    return ManCommand.withSubcommands(
        SpeicherCommand.commandLine(new FakeShell().shell(nullOutputStream(), nullOutputStream())))
        .stream();
  }

  private String page(CommandLine command) {
    String[] words = command.getCommandSpec().qualifiedName().split(" ", -1);
    words[0] = "man";
    Outcome outcome = shell.run(words);
    assertThat(outcome.err()).isEmpty();
    assertThat(outcome.status()).isZero();
    return outcome.out();
  }

  /** All that the help says is on the page. */
  @ParameterizedTest
  @MethodSource("commands")
  void page_hasAllThatTheHelpSays(CommandLine command) {
    String page = page(command);
    assertThat(page).startsWith(".TH SPEICHER").contains("\n.SH NAME\nspeicher");
    String plain = page.replace("\\-", "-").replace("\\e", "\\");
    for (OptionSpec option : command.getCommandSpec().options()) {
      assertThat(plain).contains(String.join(", ", option.names()));
      for (String text : option.description()) {
        assertThat(plain).contains(String.format(text));
      }
    }
    for (String line : command.getCommandSpec().usageMessage().footer()) {
      String text = String.format(line);
      if (!text.endsWith(":")) {
        assertThat(plain).contains(text);
      }
    }
    assertThat(page.lines().filter(line -> line.startsWith(".")))
        .allSatisfy(line -> assertThat(line).matches("\\.(TH|SH|TP|PP|nf|fi)\\b.*"));
  }

  /** What reads them has nothing to say against them. */
  @Test
  void pages_areRead(@TempDir Path directory) throws Exception {
    assertThat(shell.run("man", "--directory", directory.toString()))
        .isEqualTo(new Outcome(0, "", ""));
    List<Path> pages;
    try (Stream<Path> files = Files.list(directory)) {
      pages = files.toList();
    }
    assertThat(pages)
        .hasSize((int) commands().count())
        .contains(directory.resolve("speicher.1"), directory.resolve("speicher-config-get.1"));
    assumeTrue(Files.isExecutable(MAN), "man is not on this machine");
    for (Path page : pages) {
      ProcessBuilder man =
          new ProcessBuilder(MAN.toString(), "--warnings=all", "-l", page.toString());
      man.environment().put("LC_ALL", "C.UTF-8");
      man.environment().put("MANWIDTH", "120");
      Process process = man.redirectErrorStream(true).start();
      String shown = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(process.waitFor()).as(shown).isZero();
      assertThat(shown).contains("NAME", "SYNOPSIS").doesNotContain("warning");
    }
  }

  @Test
  void unknown() {
    assertThat(shell.run("man", "nope"))
        .isEqualTo(new Outcome(2, "", "speicher: unknown command 'nope'; see speicher --help\n"));
    assertThat(shell.run("man", "--directory", "d", "get").status()).isEqualTo(2);
  }
}
