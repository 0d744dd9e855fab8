package io.speicher.cli;

import java.io.Console;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.InputStream;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a program gets from the shell that starts it.
 *
 * @param out where results go
 * @param err where everything goes that is said to a person
 * @param isTerminal whether a person sits there who can be asked
 * @param secrets asks that person for what nobody shall see
 */
record Shell(
    InputStream in,
    PrintWriter out,
    PrintWriter err,
    Map<String, String> environment,
    boolean isTerminal,
    Secrets secrets) {

  /** Asks a person for a password. */
  interface Secrets {
    /** What was typed, without its end of line; null if nothing can be. */
    @Nullable String ask(String question);
  }

  /** The shell that has started this process. It is written to in UTF-8, whatever the locale is. */
  @SuppressWarnings("SystemConsoleNull") // True of 22 to 24; there, an unanswered question is a no.
  static Shell ofProcess() {
    return new Shell(
        new FileInputStream(FileDescriptor.in),
        utf8(FileDescriptor.out),
        utf8(FileDescriptor.err),
        System.getenv(),
        System.console() != null,
        Shell::askAtTheTerminal);
  }

  @SuppressWarnings("SystemConsoleNull") // As above: what is no terminal is asked for nothing.
  private static @Nullable String askAtTheTerminal(String question) {
    Console console = System.console();
    char[] typed = console == null ? null : console.readPassword("%s", question);
    return typed == null ? null : new String(typed);
  }

  private static PrintWriter utf8(FileDescriptor file) {
    return new PrintWriter(
        new OutputStreamWriter(new FileOutputStream(file), StandardCharsets.UTF_8), true);
  }
}
