package io.speicher.cli;

import io.speicher.cli.console.Shell;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Runs commands, and keeps what they have printed. */
final class FakeShell {
  private final Map<String, String> environment = new HashMap<>();
  private byte[] input = {};
  private boolean isTerminal;
  private @Nullable String secret;

  /**
   * What came of a command.
   *
   * @param out standard output, as UTF-8
   */
  record Outcome(int status, String out, String err) {}

  FakeShell with(String variable, String value) {
    environment.put(variable, value);
    return this;
  }

  FakeShell input(byte[] input) {
    this.input = input;
    return this;
  }

  FakeShell input(String input) {
    return input(input.getBytes(StandardCharsets.UTF_8));
  }

  /** Somebody sits there, and types this. */
  FakeShell typing(String answer) {
    isTerminal = true;
    return input(answer);
  }

  /** Somebody sits there, and types this where nobody sees it. */
  FakeShell typingSecret(String answer) {
    secret = answer;
    return this;
  }

  Outcome run(String... args) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    int status = SpeicherCommand.run(shell(out, err), args);
    return new Outcome(status, utf8(out), utf8(err));
  }

  /** Runs the command with a standard output that takes nothing. */
  Outcome runIntoTheVoid(String... args) throws IOException {
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    OutputStream closed = OutputStream.nullOutputStream();
    closed.close();
    int status = SpeicherCommand.run(shell(closed, err), args);
    return new Outcome(status, "", utf8(err));
  }

  Shell shell(OutputStream out, OutputStream err) {
    return shell(new ByteArrayInputStream(input), out, err);
  }

  Shell shell(InputStream in, OutputStream out, OutputStream err) {
    return new Shell(
        in,
        new PrintWriter(out, true, StandardCharsets.UTF_8),
        out,
        new PrintWriter(err, true, StandardCharsets.UTF_8),
        environment,
        new Terminals(isTerminal),
        question -> secret);
  }

  /** All streams are a person's, or none. */
  private record Terminals(boolean in) implements Shell.Terminals {
    @Override
    public boolean out() {
      return in;
    }

    @Override
    public boolean err() {
      return in;
    }
  }

  private static String utf8(ByteArrayOutputStream bytes) {
    return bytes.toString(StandardCharsets.UTF_8);
  }
}
