package io.speicher.cli.top;

import io.speicher.cli.console.Shell;
import java.util.List;
import org.jline.terminal.Size;
import org.jline.terminal.Terminal;
import org.jline.utils.AttributedString;
import org.jline.utils.Curses;
import org.jline.utils.Display;
import org.jline.utils.InfoCmp.Capability;
import org.jspecify.annotations.Nullable;

/**
 * The whole screen of a terminal, from its creation to {@link #close}, which any thread may call:
 * nothing is drawn after that. JLine takes care of how the terminal passes keys on.
 */
final class Screen implements AutoCloseable {
  private final Display display;
  private final Shell shell;

  /** What leaves the terminal as it was: kept, as JLine's terminal may be closed before this. */
  private final String leave;

  private boolean isClosed;
  private @Nullable Size size;

  Screen(Terminal terminal, Shell shell) {
    this.shell = shell;
    display = new Display(terminal, true);
    leave =
        sequence(terminal, Capability.cursor_normal) + sequence(terminal, Capability.exit_ca_mode);
    terminal.puts(Capability.enter_ca_mode);
    terminal.puts(Capability.cursor_invisible);
    terminal.flush();
  }

  private static String sequence(Terminal terminal, Capability capability) {
    String sequence = terminal.getStringCapability(capability);
    return sequence == null ? "" : Curses.tputs(sequence);
  }

  /** Shows as many lines as the terminal has by now. */
  synchronized void draw(Size newSize, List<AttributedString> lines) {
    if (isClosed) {
      return;
    }
    if (!newSize.equals(size)) {
      display.resize(newSize);
      display.clear(); // What a terminal leaves of its contents is its own affair.
      size = newSize;
    }
    display.update(lines, 0);
  }

  @Override
  public synchronized void close() {
    if (!isClosed) {
      isClosed = true;
      shell.out().print(leave);
      shell.out().flush();
    }
  }
}
