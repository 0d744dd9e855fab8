package io.speicher.cli;

import static java.io.OutputStream.nullOutputStream;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/**
 * Holds {@code docs/cli.md} to what the help says. With {@code -DupdateDocs=true} the page is
 * written anew instead, from its mark to its end.
 */
final class CliPageTest {
  private static final Path PAGE = Path.of("..", "docs", "cli.md");
  private static final String MARK =
      "<!-- The rest is made of the help texts by CliPageTest. -->\n";

  private static final List<String> COMMANDS =
      List.of(
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
          "cluster status",
          "cluster nodes",
          "cluster drain",
          "clear",
          "config",
          "config get",
          "config set",
          "info",
          "copy",
          "dump",
          "restore",
          "get",
          "set",
          "del",
          "reset",
          "ping",
          "version",
          "completion",
          "man");

  /** The options of all commands that talk to a server. */
  private static final Pattern CONNECTION =
      Pattern.compile(" +--host=HOST.*?(?= +-h, --help)", Pattern.DOTALL);

  private final FakeShell shell = new FakeShell();

  private String help(String command) {
    String[] words = (command + " --help").split(" ", -1);
    return shell.run(words).out().stripTrailing() + "\n";
  }

  private String generated() {
    StringBuilder page = new StringBuilder(MARK);
    Matcher connection = CONNECTION.matcher(help("get"));
    assertThat(connection.find()).isTrue();
    page.append("\n## Options of all commands that talk to a server\n\n");
    page.append(block(connection.group()));
    page.append("\n## Commands\n");
    for (String command : COMMANDS) {
      String help = CONNECTION.matcher(help(command)).replaceFirst("");
      page.append("\n### speicher ").append(command).append("\n\n").append(block(help));
    }
    return page.toString();
  }

  private static String block(String text) {
    return "```\n" + text.stripTrailing() + "\n```\n";
  }

  @Test
  void page() throws IOException {
    String page = Files.readString(PAGE, UTF_8);
    int mark = page.indexOf(MARK);
    assertThat(mark).isPositive();
    if (Boolean.getBoolean("updateDocs")) {
      Files.writeString(PAGE, page.substring(0, mark) + generated(), UTF_8);
    } else {
      assertThat(page.substring(mark))
          .as("docs/cli.md; -DupdateDocs=true writes it anew")
          .isEqualTo(generated());
    }
  }

  @Test
  void page_hasAllCommands() {
    assertThat(
            ManCommand.withSubcommands(
                    SpeicherCommand.commandLine(
                        shell.shell(nullOutputStream(), nullOutputStream())))
                .stream()
                .map(command -> command.getCommandSpec().qualifiedName())
                .filter(name ->
                    !List.of("speicher", "speicher server", "speicher tck", "speicher help")
                        .contains(name)))
        .containsExactlyInAnyOrderElementsOf(
            COMMANDS.stream().map(name -> "speicher " + name).toList());
  }
}
