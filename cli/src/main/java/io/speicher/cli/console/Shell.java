package io.speicher.cli.console;

import java.io.Console;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a program gets from the shell that starts it.
 *
 * @param out where results go
 * @param bytes the same for results that are no text: whoever writes here flushes {@code out} first
 * @param err where everything goes that is said to a person
 * @param terminals which of the streams are a person's
 * @param secrets asks that person for what nobody shall see
 */
public record Shell(
    InputStream in,
    PrintWriter out,
    OutputStream bytes,
    PrintWriter err,
    Map<String, String> environment,
    Terminals terminals,
    Secrets secrets) {

  /** Asks a person for a password. */
  public interface Secrets {
    /** What was typed, without its end of line; null if nothing can be. */
    @Nullable String ask(String question);
  }

  /** Whether standard input, output and error are a terminal; asked only when it matters. */
  public interface Terminals {
    boolean in();

    boolean out();

    boolean err();
  }

  /** The shell that has started this process. It is written to in UTF-8, whatever the locale is. */
  public static Shell ofProcess() {
    return new Shell(
        new FileInputStream(FileDescriptor.in),
        utf8(FileDescriptor.out),
        new FileOutputStream(FileDescriptor.out),
        utf8(FileDescriptor.err),
        System.getenv(),
        new ProcessTerminals(),
        Shell::askAtTheTerminal);
  }

  /** Whether a person sits there who can be asked. */
  public boolean isTerminal() {
    return terminals.in() && terminals.out();
  }

  /** Whether results may be coloured: on a terminal that is not dumb, and where nobody said no. */
  public boolean usesColour() {
    return environment.getOrDefault("NO_COLOR", "").isEmpty()
        && !environment.getOrDefault("TERM", "").equals("dumb")
        && terminals.out();
  }

  @SuppressWarnings("SystemConsoleNull") // Where it is null, nobody can be asked.
  private static @Nullable String askAtTheTerminal(String question) {
    Console console = System.console();
    char[] typed = console == null ? null : console.readPassword("%s", question);
    return typed == null ? null : new String(typed);
  }

  private static PrintWriter utf8(FileDescriptor file) {
    return new PrintWriter(
        new OutputStreamWriter(new FileOutputStream(file), StandardCharsets.UTF_8), true);
  }

  /**
   * Java has no call for one stream, so this asks the kernel where it tells (Linux); elsewhere, all
   * of them are a terminal if Java has a console.
   */
  private static final class ProcessTerminals implements Terminals {
    @Override
    public boolean in() {
      return is(0);
    }

    @Override
    public boolean out() {
      return is(1);
    }

    @Override
    public boolean err() {
      return is(2);
    }

    @SuppressWarnings("SystemConsoleNull") // Of 22 to 24, where it is no more than a guess.
    private static boolean is(int descriptor) {
      Path link = Path.of("/proc/self/fd/" + descriptor);
      try {
        String target = Files.readSymbolicLink(link).toString();
        return target.startsWith("/dev/pts/")
            || target.startsWith("/dev/tty")
            || target.equals("/dev/console");
      } catch (IOException | UnsupportedOperationException e) {
        return System.console() != null;
      }
    }
  }
}
