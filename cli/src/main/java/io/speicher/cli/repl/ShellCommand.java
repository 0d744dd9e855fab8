package io.speicher.cli.repl;

import io.speicher.cli.console.Shell;
import io.speicher.cli.operate.RespCommand;
import io.speicher.cli.resp.RespConnection;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code speicher shell}: any command of RESP. */
@Command(
    name = "shell",
    description = "Execute any command of RESP: typed, from a pipe, or as arguments.",
    sortOptions = false,
    footerHeading = "%nExamples:%n",
    footer = {
      "  speicher shell                           asks for commands, until exit or Ctrl-D",
      "  speicher shell get greeting              executes one",
      "  speicher shell -x set page < page.html   the last argument is standard input",
      "  speicher shell < commands.txt            one command a line",
      "  speicher shell --url redis://cache info  any other server that speaks RESP",
      "",
      "Options stand before the command. On a terminal, replies are shown with their types; into a",
      "pipe or a file, each value is a line. Words are separated by white space; \"double quotes\"",
      "know \\n, \\r, \\t, \\\" and \\x41, and 'single quotes' know \\'.",
      "",
      "When typed, Tab completes commands, subcommands and options, the syntax of a command is shown",
      "behind it, and help COMMAND explains it. What was typed is kept in ~/.speicher_history, or in",
      "the file that SPEICHER_HISTORY names (empty: nowhere); commands with passwords are not.",
      "",
      "Exits with 1 if the server refused a command; of a pipe, the others are executed all the same.",
    })
public final class ShellCommand extends RespCommand {
  @Parameters(
      paramLabel = "COMMAND",
      arity = "0..*",
      description = "A command and its arguments.",
      hideParamSyntax = false)
  private List<String> words = List.of();

  @Option(names = "--typed", order = 1, description = "Show types, as on a terminal.")
  private boolean typed;

  @Option(names = "--raw", order = 2, description = "Print values alone, as into a pipe.")
  private boolean raw;

  @Option(names = "--json", order = 3, description = "Print each reply as JSON, in a line.")
  private boolean json;

  @Option(
      names = "-x",
      order = 4,
      description = "Take the last argument of COMMAND from standard input.")
  private boolean takesInput;

  @Option(
      names = {"-n", "--database"},
      paramLabel = "N",
      order = 5,
      description = "Begin with SELECT N.")
  private int database;

  @Option(
      names = {"-3", "--resp3"},
      order = 6,
      description = "Speak RESP3, in which replies have more types.")
  private boolean speaksResp3;

  public ShellCommand(Shell shell) {
    super(shell);
  }

  @Spec
  void stopAtCommand(CommandSpec spec) {
    spec.parser().stopAtPositional(true); // What follows a command is its own, even if it is -x.
  }

  @Override
  protected void checkOptions() {
    if ((typed ? 1 : 0) + (raw ? 1 : 0) + (json ? 1 : 0) > 1) {
      throw wrong("--typed, --raw and --json exclude each other");
    }
    if (takesInput && words.isEmpty()) {
      throw wrong("-x needs a command, whose last argument it reads");
    }
  }

  @Override
  protected int run(RespConnection server) throws IOException {
    prepare(server);
    boolean isInteractive = words.isEmpty() && shell.isTerminal();
    Duration timeout = isInteractive ? Duration.ZERO : connection.timeout();
    try (Session session = new Session(server, this::connect, timeout)) {
      Executor executor = new Executor(session, style(), shell);
      if (isInteractive) {
        return new InteractiveShell(session, executor, shell, connection.server()).run();
      }
      return words.isEmpty()
          ? executor.executeLines(shell.in())
          : executor.execute(command()) ? 0 : NOT_DONE;
    }
  }

  private RespConnection connect() throws IOException {
    RespConnection connected = connection.connectResp();
    prepare(connected);
    return connected;
  }

  private void prepare(RespConnection server) throws IOException {
    if (speaksResp3) {
      server.ask("HELLO", "3");
    }
    if (database != 0) {
      server.ask("SELECT", Integer.toString(database));
    }
  }

  private Executor.Style style() {
    if (json) {
      return Executor.Style.JSON;
    }
    return typed || (!raw && shell.terminals().out()) ? Executor.Style.TYPED : Executor.Style.RAW;
  }

  private List<ByteBuffer> command() throws IOException {
    List<ByteBuffer> command = new ArrayList<>(RespConnection.bytes(words.toArray(String[]::new)));
    if (takesInput) {
      command.add(ByteBuffer.wrap(shell.in().readAllBytes()));
    }
    return command;
  }
}
