package io.speicher.cli.top;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.speicher.cli.console.Shell;
import io.speicher.cli.console.TimeConverter;
import io.speicher.cli.operate.RespCommand;
import io.speicher.cli.resp.RespConnection;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.jline.terminal.Size;
import org.jline.terminal.Terminal;
import org.jline.terminal.TerminalBuilder;
import org.jline.utils.AttributedString;
import org.jline.utils.NonBlockingReader;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Option;

/** {@code speicher top}: what a server does, on the whole screen. */
@Command(
    name = "top",
    description = "Show what the server does, on the whole screen.",
    sortOptions = false,
    footerHeading = "%nExamples:%n",
    footer = {
      "  speicher top                             until q is typed",
      "  speicher top --interval 5s --url redis://cache",
      "",
      "All numbers are of the last interval; latencies are upper bounds, exact to a factor of two,",
      "and those of each command are of RESP. A server that is lost is shown as such, and asked",
      "again. Without a terminal, use speicher stat.",
    })
public final class TopCommand extends RespCommand {
  private static final int QUIT = 'q';
  private static final int CTRL_C = 3;

  /** How long a new size of the terminal may go unnoticed. */
  private static final long KEY_WAIT_MILLIS = 100;

  /** The first interval, so that there is something to see soon. */
  private static final Duration FIRST = Duration.ofMillis(250);

  @Option(
      names = "--interval",
      paramLabel = "TIME",
      order = 1,
      defaultValue = "1s",
      converter = TimeConverter.class,
      description = "How often to look (default: ${DEFAULT-VALUE}).")
  private Duration interval = Duration.ZERO;

  public TopCommand(Shell shell) {
    super(shell);
  }

  @Override
  protected void checkOptions() {
    if (interval.toMillis() < 100) {
      throw wrong("--interval=" + interval.toMillis() + "ms (expected: at least 100ms)");
    }
    if (!shell.isTerminal()) {
      throw wrong("top needs a terminal: use speicher stat without one");
    }
  }

  @Override
  protected int run(RespConnection server) throws IOException {
    try (Terminal terminal =
        TerminalBuilder.builder().system(true).graphemeCluster(false).encoding(UTF_8).build()) {
      terminal.enterRawMode();
      Screen screen = new Screen(terminal, shell);
      Thread restorer = new Thread(screen::close, "speicher-restore-terminal");
      Runtime.getRuntime().addShutdownHook(restorer); // For whoever sends SIGTERM or SIGHUP.
      try (screen) {
        watch(server, terminal, screen);
      } finally {
        removeHook(restorer);
      }
    }
    return ExitCode.OK;
  }

  private static void removeHook(Thread hook) {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      // The process ends already, and the hook does no harm.
    }
  }

  private void watch(RespConnection first, Terminal terminal, Screen screen) throws IOException {
    RespConnection server = first;
    TopSample before = null;
    TopSample now = null;
    String message = "";
    boolean goesOn = true;
    try {
      while (goesOn) {
        try {
          if (server == null) {
            server = connection.connectResp();
          }
          TopSample next = TopSample.read(server, now);
          before = now;
          now = next;
          message = "";
        } catch (IOException e) {
          if (server != null) {
            server.close();
          }
          server = null;
          message = "no connection to " + connection.server() + ": trying again";
        }
        Duration pause = before == null && interval.compareTo(FIRST) > 0 ? FIRST : interval;
        goesOn = showFor(pause, terminal, screen, before, now, message);
      }
    } finally {
      if (server != null) {
        server.close();
      }
    }
  }

  /** Shows the samples until it is time for the next one; false if somebody wants to leave. */
  private boolean showFor(
      Duration time,
      Terminal terminal,
      Screen screen,
      @Nullable TopSample before,
      @Nullable TopSample now,
      String message)
      throws IOException {
    long endNanos = System.nanoTime() + time.toNanos();
    Size shown = null;
    while (true) {
      Size size = terminal.getSize();
      if (!size.equals(shown)) {
        screen.draw(size, lines(size, before, now, message));
        shown = size;
      }
      long leftMillis = (endNanos - System.nanoTime()) / 1_000_000;
      if (leftMillis <= 0) {
        return true;
      }
      int key = terminal.reader().read(Math.min(leftMillis, KEY_WAIT_MILLIS));
      if (key == QUIT || key == CTRL_C || key == NonBlockingReader.EOF) {
        return false;
      }
    }
  }

  private List<AttributedString> lines(
      Size size, @Nullable TopSample before, @Nullable TopSample now, String message) {
    TopScreen screen = new TopScreen(size.getColumns(), size.getRows(), shell.usesColour());
    return before == null || now == null
        ? screen.waiting(connection.server(), message)
        : screen.lines(before, now, connection.server(), message);
  }
}
