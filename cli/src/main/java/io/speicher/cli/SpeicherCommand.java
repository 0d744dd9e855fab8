package io.speicher.cli;

import io.speicher.cli.console.Shell;
import io.speicher.cli.copy.CopyCommand;
import io.speicher.cli.copy.DumpCommand;
import io.speicher.cli.copy.RestoreCommand;
import io.speicher.cli.operate.BigKeysCommand;
import io.speicher.cli.operate.ClearCommand;
import io.speicher.cli.operate.ClientsCommand;
import io.speicher.cli.operate.ClusterCommand;
import io.speicher.cli.operate.ConfigCommand;
import io.speicher.cli.operate.HotKeysCommand;
import io.speicher.cli.operate.InfoCommand;
import io.speicher.cli.operate.LatencyCommand;
import io.speicher.cli.operate.MonitorCommand;
import io.speicher.cli.operate.NamespacesCommand;
import io.speicher.cli.operate.ScanCommand;
import io.speicher.cli.operate.SlowLogCommand;
import io.speicher.cli.operate.StatCommand;
import io.speicher.cli.repl.ShellCommand;
import io.speicher.cli.top.TopCommand;
import java.lang.invoke.MethodHandles;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.RunLast;
import picocli.CommandLine.Spec;

/**
 * {@code speicher}: the command that all others are part of. Alone, it shows what there is.
 *
 * <p>The commands that run a service are found with {@link ServiceLoader}, as {@link Callable}s
 * that are picocli commands.
 */
@Command(
    name = "speicher",
    description = "Speicher is a cache: keys and values in memory, shared over the network.",
    versionProvider = VersionCommand.Provider.class,
    synopsisSubcommandLabel = "COMMAND",
    sortOptions = false,
    footerHeading = "%nExamples:%n",
    footer = {
      "  speicher server                          a server on localhost:14567, until Ctrl-C",
      "  speicher set greeting hello",
      "  speicher get greeting",
      "  speicher stat                            what the server does, one line a second",
      "  speicher shell                           any command of Redis, typed",
      "  speicher help set                        all about one command",
      "",
      "Environment:",
      "  SPEICHER_URL     the server to talk to (default: speicher://localhost:14567)",
      "  SPEICHER_AUTH    USER:PASSWORD, for a server that asks for one",
      "  SPEICHER_HISTORY where speicher shell keeps what was typed (default: ~/.speicher_history)",
      "  SPEICHER_DEBUG   1 adds the stack trace to errors",
      "  NO_COLOR         1 turns colours off",
      "",
      "Exit status:",
      "  0  done",
      "  1  not done: no such key, or the server said why",
      "  2  the command line is wrong",
      "  3  there is no connection to the server",
      "  4  the server did not answer in time",
    })
public final class SpeicherCommand implements Callable<Integer> {
  private static final int HELP_COLUMNS = 100;

  /** What Java puts in the place of bytes that are no characters in the encoding of the locale. */
  private static final char UNREADABLE = '\uFFFD';

  private static final List<String> CACHE_COMMANDS = List.of("get", "set", "del", "reset", "ping");

  private static final List<String> OPERATIONS =
      List.of(
          "shell",
          "stat",
          "top",
          "hotkeys",
          "bigkeys",
          "slowlog",
          "latency",
          "clients",
          "monitor",
          "scan",
          "namespaces",
          "cluster",
          "clear",
          "config",
          "info",
          "copy",
          "dump",
          "restore");

  private static final List<String> OTHER_COMMANDS =
      List.of("version", "completion", "man", "help");

  private static final Set<String> VERSION_OPTIONS = Set.of("--version", "-V");

  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help and exit.")
  @SuppressWarnings("UnusedVariable") // For picocli alone.
  private boolean help;

  @Option(
      names = {"-V", "--version"},
      versionHelp = true,
      description = "Show the version and exit.")
  @SuppressWarnings("UnusedVariable") // For picocli alone.
  private boolean version;

  private SpeicherCommand() {}

  /** Runs one command and ends the process with its status. */
  public static void main(String[] args) {
    System.exit(run(Shell.ofProcess(), args));
  }

  /**
   * Runs one command.
   *
   * @return the status to exit with
   */
  static int run(Shell shell, String... args) {
    if (String.join("", args).indexOf(UNREADABLE) >= 0) {
      shell
          .err()
          .println("speicher: the locale cannot spell this command line: set LC_ALL=C.UTF-8");
      return ExitCode.USAGE;
    }
    return commandLine(shell, args).execute(args);
  }

  /** All that is needed to execute {@code args}, started from {@code shell}. */
  static CommandLine commandLine(Shell shell, String... args) {
    CommandLine speicher = new CommandLine(new SpeicherCommand());
    CommandGroups groups = new CommandGroups(speicher);
    addCommands(groups, shell, args.length == 0 ? "" : args[0]);

    ErrorReport errors = new ErrorReport(shell);
    return speicher
        .setUsageHelpWidth(HELP_COLUMNS)
        .setExpandAtFiles(false) // A value may begin with an @.
        .setOut(shell.out())
        .setErr(shell.err())
        .setExecutionStrategy(parsed -> execute(parsed, shell))
        .setParameterExceptionHandler(errors)
        .setExecutionExceptionHandler(errors);
  }

  /**
   * Adds the command that is called {@code name} alone, as to look at all the others would take as
   * long as it does; or all of them, where there is none of that name or it is about all.
   */
  private static void addCommands(CommandGroups groups, Shell shell, String name) {
    Object command = isAboutAll(name) ? null : command(name, shell);
    if (command != null) {
      groups.add("Commands", command);
      return;
    }
    if (VERSION_OPTIONS.contains(name)) {
      return;
    }
    List<Class<?>> services = services();
    List<Class<?>> named = services.stream().filter(type -> name.equals(name(type))).toList();
    named.forEach(SpeicherCommand::initialize);
    if (!named.isEmpty()) {
      groups.add("Services", named.toArray());
      return;
    }
    groups.add("Cache commands", commands(CACHE_COMMANDS, shell));
    groups.add("Commands for operators", commands(OPERATIONS, shell));
    groups.add("Services", services.toArray());
    groups.add("Other commands", commands(OTHER_COMMANDS, shell));
  }

  private static boolean isAboutAll(String name) {
    return name.equals("help") || name.equals("completion") || name.equals("man");
  }

  private static Object[] commands(List<String> names, Shell shell) {
    return names.stream().map(name -> Objects.requireNonNull(command(name, shell))).toArray();
  }

  /** The command of this name, or null if none is called so here. */
  private static @Nullable Object command(String name, Shell shell) {
    return switch (name) {
      case "get" -> new GetCommand(shell);
      case "set" -> new SetCommand(shell);
      case "del" -> new DelCommand(shell);
      case "reset" -> new ResetCommand(shell);
      case "ping" -> new PingCommand(shell);
      case "shell" -> new ShellCommand(shell);
      case "stat" -> new StatCommand(shell);
      case "top" -> new TopCommand(shell);
      case "hotkeys" -> new HotKeysCommand(shell);
      case "bigkeys" -> new BigKeysCommand(shell);
      case "slowlog" -> new SlowLogCommand(shell);
      case "latency" -> new LatencyCommand(shell);
      case "clients" -> new ClientsCommand(shell);
      case "monitor" -> new MonitorCommand(shell);
      case "scan" -> new ScanCommand(shell);
      case "namespaces" -> new NamespacesCommand(shell);
      case "cluster" -> ClusterCommand.of(shell);
      case "clear" -> new ClearCommand(shell);
      case "config" -> ConfigCommand.of(shell);
      case "info" -> new InfoCommand(shell);
      case "copy" -> new CopyCommand(shell);
      case "dump" -> new DumpCommand(shell);
      case "restore" -> new RestoreCommand(shell);
      case "version" -> new VersionCommand(shell);
      case "completion" -> new CompletionCommand(shell);
      case "man" -> new ManCommand(shell);
      case "help" -> new HelpCommand();
      default -> null;
    };
  }

  /** The classes of the commands that jars on the class path offer, by name. */
  @SuppressWarnings("rawtypes") // A class literal has no type arguments.
  private static List<Class<?>> services() {
    return ServiceLoader.load(Callable.class).stream()
        .<Class<?>>map(ServiceLoader.Provider::type)
        .filter(type -> type.isAnnotationPresent(Command.class))
        .sorted(Comparator.comparing(SpeicherCommand::name))
        .toList();
  }

  /** Lets a service get ready in the background while picocli reads the command line. */
  private static void initialize(Class<?> type) {
    try {
      MethodHandles.lookup().ensureInitialized(type);
    } catch (IllegalAccessException e) {
      throw new IllegalStateException("a service must be public: " + type.getName(), e);
    }
  }

  private static String name(Class<?> type) {
    return type.getAnnotation(Command.class).name();
  }

  /** Runs the command, and fails if its results could not be written. */
  private static int execute(ParseResult parsed, Shell shell) {
    int status = new RunLast().execute(parsed);
    if (shell.out().checkError()) {
      shell.err().println("speicher: cannot write to standard output: it is closed, or full");
      return ClientCommand.NOT_DONE;
    }
    return status;
  }

  /** Shows the help: whoever says nothing more wants to know what there is. */
  @Override
  public Integer call() {
    spec.commandLine().usage(spec.commandLine().getOut());
    return ExitCode.OK;
  }
}
