package io.speicher.cli.console;

/**
 * A line on a terminal's standard error that says how far something is, and is taken away again. It
 * appears only after two seconds: what is done by then needs none.
 */
public final class Progress implements AutoCloseable {
  private static final long QUIET_NANOS = 2_000_000_000L;
  private static final long STEP_NANOS = 200_000_000L;
  private static final String CLEAR_LINE = "\r\u001b[K";

  private final Shell shell;
  private final boolean isWanted;
  private long nextNanos = System.nanoTime() + QUIET_NANOS;
  private boolean isShown;

  public Progress(Shell shell) {
    this.shell = shell;
    isWanted = shell.terminals().err();
  }

  /** Says it, if it is time to. */
  public void show(String text) {
    long now = System.nanoTime();
    if (isWanted && now - nextNanos >= 0) {
      nextNanos = now + STEP_NANOS;
      isShown = true;
      shell.err().print(CLEAR_LINE + text);
      shell.err().flush();
    }
  }

  /** Takes the line away, so that something else can be printed. */
  public void hide() {
    if (isShown) {
      isShown = false;
      shell.err().print(CLEAR_LINE);
      shell.err().flush();
    }
  }

  @Override
  public void close() {
    hide();
  }
}
