package io.speicher.cli.operate;

import io.speicher.cli.console.ConnectionOptions;
import io.speicher.cli.console.Shell;
import io.speicher.cli.console.Table;
import io.speicher.cli.resp.RespConnection;
import io.speicher.cli.resp.RespReply;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** A command that talks RESP, to this server or any other. It connects before all else. */
public abstract class RespCommand implements Callable<Integer> {
  /** The status of a command that was understood and could not be done. */
  protected static final int NOT_DONE = 1;

  protected final Shell shell;

  @Mixin(name = ConnectionOptions.MIXIN)
  protected final ConnectionOptions connection;

  @Spec private CommandSpec spec = CommandSpec.create();

  protected RespCommand(Shell shell) {
    this.shell = shell;
    connection = new ConnectionOptions(shell);
  }

  @Override
  public final Integer call() throws IOException, InterruptedException {
    checkOptions();
    try (RespConnection server = connection.connectResp()) {
      return run(server);
    }
  }

  /** Throws what {@link #wrong} makes if options contradict each other. */
  protected void checkOptions() {}

  /**
   * Does what the command is for.
   *
   * @return the status to exit with
   */
  protected abstract int run(RespConnection server) throws IOException, InterruptedException;

  /** What to throw when the command line asks for something that cannot be. */
  protected final ParameterException wrong(String message) {
    return new ParameterException(spec.commandLine(), message);
  }

  /** Refuses a number that stands for nothing. */
  protected final void requireAtLeastOne(String option, long number) {
    if (number < 1) {
      throw wrong(option + "=" + number + " (expected: at least 1)");
    }
  }

  /** Prints a table, or says that it would have no rows. */
  protected final int print(Table table, String ifEmpty) {
    if (table.isEmpty()) {
      say(ifEmpty);
    } else {
      table.print(shell);
    }
    return ExitCode.OK;
  }

  /** Whether a server does not know a command. */
  protected static boolean isUnknownCommand(RespReply reply) {
    return reply.isError() && reply.text().matches("(?i)ERR unknown (command|subcommand)\\b.*");
  }

  /** Says something to whoever has started the command. */
  protected final void say(String message) {
    shell.err().println("speicher: " + message);
  }
}
