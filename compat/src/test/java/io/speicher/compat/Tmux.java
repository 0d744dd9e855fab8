package io.speicher.compat;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.speicher.testing.Program;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;

/** A terminal that a test can type into and look at: {@code tmux}, as Debian has it. */
final class Tmux implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  /** The shell that holds the terminal when the command has ended prints this, and the status. */
  private static final String ENDED = "ended with status ";

  private final String program;
  private final Path socket;

  private Tmux(String program, Path socket) {
    this.program = program;
    this.socket = socket;
  }

  /** Runs a command in a terminal of this size. */
  static Tmux run(
      Path folder, int columns, int rows, Map<String, String> environment, List<String> command)
      throws IOException, InterruptedException {
    Tmux tmux =
        new Tmux(
            Program.find("tmux", "tmux").path(),
            Files.createTempDirectory(folder, "tmux").resolve("socket"));
    List<String> arguments = new ArrayList<>(List.of("-f", "/dev/null", "new-session", "-d"));
    arguments.addAll(List.of("-x", "" + columns, "-y", "" + rows));
    environment.forEach((name, value) -> arguments.addAll(List.of("-e", name + "=" + value)));
    List<String> quoted = command.stream().map(Tmux::quoted).toList();
    arguments.add(String.join(" ", quoted) + "; echo \"" + ENDED + "$?\"; exec cat");
    tmux.call(arguments);
    return tmux;
  }

  private static String quoted(String word) {
    return "'" + word.replace("'", "'\\''") + "'";
  }

  /** What is to be seen, without the spaces at the ends of lines. */
  String screen() throws IOException, InterruptedException {
    return call(List.of("capture-pane", "-p"));
  }

  /** The same with its colours. */
  String colours() throws IOException, InterruptedException {
    return call(List.of("capture-pane", "-p", "-e"));
  }

  /** Types a text. */
  void type(String text) throws IOException, InterruptedException {
    call(List.of("send-keys", "-l", text));
  }

  /** Presses keys, as tmux calls them: {@code Enter}, {@code C-c}, {@code Tab}. */
  void press(String... keys) throws IOException, InterruptedException {
    List<String> arguments = new ArrayList<>(List.of("send-keys"));
    arguments.addAll(List.of(keys));
    call(arguments);
  }

  void resize(int columns, int rows) throws IOException, InterruptedException {
    call(List.of("resize-window", "-x", "" + columns, "-y", "" + rows));
  }

  /** What tmux says of its pane, such as {@code #{alternate_on}}. */
  String ask(String format) throws IOException, InterruptedException {
    return call(List.of("display-message", "-p", format)).strip();
  }

  /** Waits until the screen matches a regular expression, and returns it. */
  String await(String regex) {
    String[] last = {""};
    Awaitility.await()
        .atMost(PATIENCE)
        .untilAsserted(() -> {
          last[0] = screen();
          assertThat(last[0]).containsPattern(regex);
        });
    return last[0];
  }

  /** Waits until the command has ended. */
  String awaitEnd(int status) {
    return await(ENDED + status + "\n");
  }

  private String call(List<String> arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of(program, "-S", socket.toString()));
    command.addAll(arguments);
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().put("LC_ALL", "C.UTF-8");
    Process process = builder.start();
    String output = new String(process.getInputStream().readAllBytes(), UTF_8);
    if (process.waitFor() != 0) {
      throw new IOException(String.join(" ", arguments) + ": " + output);
    }
    return output;
  }

  @Override
  public void close() throws IOException {
    try {
      call(List.of("kill-server"));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
