package io.speicher.tck;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.Writer;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * The command {@code tck}: checks any server against the protocol, or a dialect of others.
 *
 * <p>It is a command of its own, with {@link #main}, and the command line of Speicher finds it as a
 * service. Calling it returns the exit status: 0 when all cases pass, 1 when some failed, 2 when
 * the options are wrong, 3 when there is no server.
 */
@Command(
    name = "tck",
    sortOptions = false,
    description = "Check a server of any language against a protocol. It REMOVES EVERY ITEM there.",
    footer = {
      "",
      "A server that asks for a password is checked by cases of its own, --only 'auth/*': they run,",
      "and no others, where the environment variable SPEICHER_AUTH=USER:PASSWORD tells it. Those of",
      "rights need SPEICHER_READER too, which names a user who may read all keys and nothing else.",
      "",
      "Exit status: 0 all cases passed, 1 some failed, 2 wrong options, 3 no server."
    })
public final class TckCommand implements Callable<Integer> {
  private static final int DEFAULT_PORT = 14567;
  private static final String LOGIN_VARIABLE = "SPEICHER_AUTH";
  private static final String READER_VARIABLE = "SPEICHER_READER";
  private static final Pattern DURATION = Pattern.compile("(\\d{1,9})(ms|s|m)");

  @Option(names = "--host", paramLabel = "HOST", description = "Default: 127.0.0.1.")
  private @Nullable String host;

  @Option(
      names = "--port",
      paramLabel = "PORT",
      description = {
        "Default: 14567.",
        "The environment variable SPEICHER_URL=speicher://HOST:PORT changes both defaults."
      })
  private @Nullable Integer port;

  @Option(
      names = "--dialect",
      paramLabel = "DIALECT",
      defaultValue = "json",
      description = "json, resp or memcached (default: json).")
  private Dialect dialect = Dialect.json;

  @Option(
      names = "--level",
      paramLabel = "LEVEL",
      defaultValue = "full",
      description = {
        "core, full or speicher (default: full).",
        "Only framed JSON has core, and only resp has speicher: what is newer than",
        "Debian's redis-server, and Speicher's own commands."
      })
  private Case.Level level = Case.Level.full;

  @Option(
      names = "--only",
      paramLabel = "PATTERN",
      description = "Only cases whose name matches, such as 'keys/*', or contains the text.")
  private @Nullable String only;

  @Option(names = "--list", description = "List the cases and send nothing.")
  private boolean list;

  @Option(
      names = "--timeout",
      paramLabel = "TIME",
      defaultValue = "10s",
      description = "What a case may take, such as 500ms or 30s (default: 10s).")
  private String timeout = "10s";

  @Option(
      names = "--scale",
      paramLabel = "FACTOR",
      defaultValue = "1.0",
      description = "Multiplies the load of the cases with many clients (default: 1.0).")
  private double scale = 1.0;

  @Option(names = "--report", paramLabel = "FILE", description = "Also write an HTML page.")
  private @Nullable Path report;

  @Option(names = "--junit", paramLabel = "FILE", description = "Also write JUnit XML.")
  private @Nullable Path junit;

  @Option(names = "--yes-wipe", description = "Yes, remove every item of the server.")
  private boolean yesWipe;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help.")
  @SuppressWarnings("UnusedVariable") // Picocli acts on it.
  private boolean help;

  @Spec private @Nullable CommandSpec spec;

  private Map<String, String> environment = System.getenv();

  /** Makes the command, for the service loader and for picocli. */
  public TckCommand() {}

  /** Makes the command with another environment, for tests. */
  public TckCommand(Map<String, String> environment) {
    this.environment = Map.copyOf(environment);
  }

  /**
   * Runs the kit as a program of its own.
   *
   * @param arguments the options, see {@code --help}
   */
  public static void main(String[] arguments) {
    System.exit(new CommandLine(new TckCommand()).execute(arguments));
  }

  @Override
  public Integer call() throws IOException {
    try {
      List<Case> cases = selectedCases();
      if (list) {
        list(cases);
        return 0;
      }
      if (!yesWipe) {
        throw new UsageException(
            "the kit removes every item of the server it checks: add --yes-wipe to agree");
      }
      if (!(scale > 0) || Double.isInfinite(scale)) {
        throw new UsageException(
            "scale out of range: scale=%s (expected: above 0)".formatted(scale));
      }
      checkWritable(report);
      checkWritable(junit);
      return check(server(), timeout(), cases);
    } catch (UsageException e) {
      err().println("tck: " + e.getMessage());
      err().flush();
      return 2;
    }
  }

  private int check(InetSocketAddress server, Duration timeout, List<Case> cases)
      throws IOException, UsageException {
    String name = server.getHostString() + ":" + server.getPort();
    String problem = connectionProblem(server, timeout);
    if (problem != null) {
      err()
          .println(
              "tck: nothing listens on %s (%s): start the server, or name it with --host and --port"
                  .formatted(name, problem));
      err().flush();
      return 3;
    }
    Instant start = Instant.now();
    List<CaseResult> results = run(new CaseRunner(server, timeout, scale, logins()), cases);
    RunSummary summary = new RunSummary(name, dialect, level, start, results);
    if (report != null) {
      try (Writer out = Files.newBufferedWriter(report, UTF_8)) {
        HtmlReport.write(out, summary);
      }
    }
    if (junit != null) {
      try (Writer out = Files.newBufferedWriter(junit, UTF_8)) {
        JUnitReport.write(out, summary);
      }
    }
    return RunSummary.failed(results) == 0 ? 0 : 1;
  }

  private List<CaseResult> run(CaseRunner runner, List<Case> cases) {
    ConsoleReport console = new ConsoleReport(out(), Terminal.hasColours());
    Progress progress = new Progress(err(), Terminal.is(Terminal.STANDARD_ERROR));
    List<CaseResult> results = new ArrayList<>();
    for (Case testCase : cases) {
      progress.begin(results.size(), cases.size(), testCase);
      CaseResult result = runner.run(testCase);
      progress.clear();
      console.result(result);
      results.add(result);
    }
    console.total(results);
    return results;
  }

  /** Finds out now, rather than when all cases have run, that a report has nowhere to go. */
  private static void checkWritable(@Nullable Path file) throws UsageException {
    if (file == null) {
      return;
    }
    try {
      Files.newOutputStream(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND).close();
    } catch (IOException e) {
      throw new UsageException("report cannot be written: file=%s (%s)".formatted(file, e));
    }
  }

  private void list(List<Case> cases) {
    for (Case testCase : cases) {
      out()
          .println(
              "%s  (%s, %s)  %s"
                  .formatted(
                      testCase.fullName(),
                      testCase.section(),
                      testCase.level(),
                      testCase.purpose()));
    }
    out().flush();
  }

  private List<Case> selectedCases() throws UsageException {
    if (level.compareTo(dialect.defaultLevel()) < 0) {
      throw new UsageException(
          "the dialect %s has no such level: level=%s (expected: full or speicher)"
              .formatted(dialect, level));
    }
    List<Case> cases =
        Transcripts.cases(dialect).stream()
            .filter(testCase -> testCase.level().compareTo(level) <= 0)
            .filter(testCase -> list || testCase.isForPassword() == !said(LOGIN_VARIABLE).isEmpty())
            .filter(testCase -> list || !testCase.isForReader() || !said(READER_VARIABLE).isEmpty())
            .filter(testCase -> only == null || CaseNames.matches(only, testCase.fullName()))
            .toList();
    if (cases.isEmpty()) {
      throw new UsageException(
          "no case matches --only %s at level %s %s SPEICHER_AUTH: see --list"
              .formatted(only, level, said(LOGIN_VARIABLE).isEmpty() ? "without" : "with"));
    }
    return cases;
  }

  private String said(String variable) {
    return environment.getOrDefault(variable, "");
  }

  /** Users and passwords, as they stand in a JSON string. */
  private Map<String, String> logins() throws UsageException {
    Map<String, String> logins = new HashMap<>();
    addLogin(LOGIN_VARIABLE, "user", "password", logins);
    addLogin(READER_VARIABLE, "reader", "readerPassword", logins);
    return logins;
  }

  private void addLogin(String variable, String user, String password, Map<String, String> logins)
      throws UsageException {
    String said = said(variable);
    int colon = said.indexOf(':');
    if (said.isEmpty()) {
      return;
    }
    if (colon < 0) {
      throw new UsageException(variable + " has no colon (expected: USER:PASSWORD)");
    }
    logins.put(user, escaped(said.substring(0, colon)));
    logins.put(password, escaped(said.substring(colon + 1)));
  }

  private static String escaped(String text) {
    return text.replace("\\", "\\\\").replace("\"", "\\\"");
  }

  private InetSocketAddress server() throws UsageException {
    String defaultHost = "127.0.0.1";
    int defaultPort = DEFAULT_PORT;
    String url = environment.get("SPEICHER_URL");
    if (url != null && !url.isBlank()) {
      URI uri = serverUrl(url);
      defaultHost = uri.getHost();
      defaultPort = uri.getPort() < 0 ? DEFAULT_PORT : uri.getPort();
    }
    int chosenPort = port == null ? defaultPort : port;
    if (chosenPort < 1 || chosenPort > 65_535) {
      throw new UsageException(
          "port out of range: port=%d (expected: 1..65535)".formatted(chosenPort));
    }
    return new InetSocketAddress(host == null ? defaultHost : host, chosenPort);
  }

  private static URI serverUrl(String url) throws UsageException {
    try {
      URI uri = URI.create(url);
      if ("speicher".equals(uri.getScheme()) && uri.getHost() != null) {
        return uri;
      }
    } catch (IllegalArgumentException e) {
      // The message below says what is wrong with it.
    }
    throw new UsageException(
        "SPEICHER_URL cannot be read: value=%s (expected: speicher://HOST:PORT)".formatted(url));
  }

  private Duration timeout() throws UsageException {
    Matcher parts = DURATION.matcher(timeout);
    if (!parts.matches() || Long.parseLong(parts.group(1)) == 0) {
      throw new UsageException(
          "time cannot be read: timeout=%s (expected: a number with ms, s or m, such as 10s)"
              .formatted(timeout));
    }
    long amount = Long.parseLong(parts.group(1));
    return switch (parts.group(2)) {
      case "ms" -> Duration.ofMillis(amount);
      case "s" -> Duration.ofSeconds(amount);
      default -> Duration.ofMinutes(amount);
    };
  }

  /** Why there is no connection to the server, or null when there is one. */
  private static @Nullable String connectionProblem(InetSocketAddress server, Duration timeout) {
    if (server.isUnresolved()) {
      return "no such host";
    }
    try (Socket socket = new Socket()) {
      socket.connect(server, (int) timeout.toMillis());
      return null;
    } catch (IOException e) {
      return e.getMessage();
    }
  }

  private PrintWriter out() {
    return commandLine().getOut();
  }

  private PrintWriter err() {
    return commandLine().getErr();
  }

  private CommandLine commandLine() {
    if (spec == null) {
      throw new IllegalStateException("the command has to be run by picocli's CommandLine");
    }
    return spec.commandLine();
  }

  /** The options cannot be meant. The message is for the user. */
  private static final class UsageException extends Exception {
    private static final long serialVersionUID = 1L;

    UsageException(String message) {
      super(message);
    }
  }
}
