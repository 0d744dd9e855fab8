package io.speicher.bench.compare;

import static java.util.stream.Collectors.joining;

import io.speicher.bench.process.Output;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What stands behind the figures: machine, software, command lines. As Markdown. */
final class Surroundings {
  private static final Pattern MODEL = Pattern.compile("model name\\s*: (.*)");
  private static final Pattern MEMORY = Pattern.compile("MemTotal:\\s+(\\d+)");

  private Surroundings() {}

  static String show(Programs programs, List<List<String>> commands, List<String> notes)
      throws IOException {
    StringBuilder text = new StringBuilder();
    text.append("| | |\n| --- | --- |\n");
    row(text, "date", LocalDate.now(ZoneOffset.UTC).toString());
    row(
        text,
        "machine",
        "%d cores (%s), %s GiB"
            .formatted(
                Runtime.getRuntime().availableProcessors(),
                find(MODEL, "/proc/cpuinfo"),
                Long.parseLong(find(MEMORY, "/proc/meminfo")) >> 20));
    row(text, "kernel", System.getProperty("os.name") + " " + System.getProperty("os.version"));
    row(text, "JDK", System.getProperty("java.vendor") + " " + Runtime.version());
    for (Server server : programs.servers()) {
      row(text, server.title, programs.version(server) + revision(server, programs.root));
    }
    String options = System.getenv("SPEICHER_JAVA_OPTS");
    if (options != null && !options.isBlank()) {
      row(text, "SPEICHER_JAVA_OPTS", "`" + options + "`");
    }
    text.append("\n```\n");
    commands.forEach(command -> text.append(shellWords(command, programs.root)).append('\n'));
    text.append("```\n");
    notes.forEach(note -> text.append("\n- ").append(note));
    return text.append(notes.isEmpty() ? "" : "\n").toString();
  }

  private static void row(StringBuilder text, String name, String value) {
    text.append("| %s | %s |%n".formatted(name, value));
  }

  private static String find(Pattern pattern, String file) throws IOException {
    Matcher matcher = pattern.matcher(Files.readString(Path.of(file)));
    return matcher.find() ? matcher.group(1).strip() : "0";
  }

  /** A version of Speicher is many revisions while it is in development. */
  private static String revision(Server server, Path root) throws IOException {
    if (server != Server.SPEICHER || !Files.exists(root.resolve(".git"))) {
      return "";
    }
    String said =
        Output.of(List.of("git", "-C", root.toString(), "describe", "--always", "--dirty"));
    return said.matches("\\S+") ? " (" + said + ")" : "";
  }

  /** As one would type it in the root of the source tree. */
  private static String shellWords(List<String> command, Path root) {
    return command.stream()
        .map(word -> word.startsWith(root + "/") ? "./" + root.relativize(Path.of(word)) : word)
        .map(word -> word.isEmpty() ? "\"\"" : word)
        .collect(joining(" "));
  }
}
