package io.speicher.cli;

import io.speicher.cli.console.ConnectionOptions;
import io.speicher.cli.console.Shell;
import io.speicher.client.Speicher;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * A command that talks to a server. It connects before it does anything else: who is to type a
 * value or a yes should not learn afterwards that nobody listens.
 */
abstract class ClientCommand implements Callable<Integer> {
  /** The status of a command that was understood and could not be done. */
  static final int NOT_DONE = 1;

  final Shell shell;

  @Mixin(name = ConnectionOptions.MIXIN)
  final ConnectionOptions connection;

  @Spec private CommandSpec spec = CommandSpec.create();

  ClientCommand(Shell shell) {
    this.shell = shell;
    connection = new ConnectionOptions(shell);
  }

  @Override
  public final Integer call() throws IOException {
    try (Speicher client = connection.connect()) {
      return run(client);
    } catch (IllegalArgumentException e) { // The client's word for keys and values that cannot be.
      throw wrong(String.valueOf(e.getMessage()));
    }
  }

  /**
   * Does what the command is for.
   *
   * @return the status to exit with
   */
  abstract int run(Speicher client) throws IOException;

  /** What to throw when the command line asks for something that cannot be. */
  final ParameterException wrong(String message) {
    return new ParameterException(spec.commandLine(), message);
  }

  /** Says something to whoever has started the command. */
  final void say(String message) {
    shell.err().println("speicher: " + ErrorReport.oneLine(message));
  }
}
