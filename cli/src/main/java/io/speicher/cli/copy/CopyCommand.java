package io.speicher.cli.copy;

import static java.util.Objects.requireNonNull;

import io.speicher.cli.console.Progress;
import io.speicher.cli.console.Shell;
import io.speicher.cli.console.TimeConverter;
import io.speicher.cli.console.Units;
import io.speicher.client.wire.Login;
import io.speicher.client.wire.Tls;
import io.speicher.client.wire.TlsFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code speicher copy}: brings the keys of another server along. */
@Command(
    name = "copy",
    description = "Copy plain keys from one server, an RDB file or a dump, to another server.",
    sortOptions = false,
    footerHeading = "%nExamples:%n",
    footer = {
      "  speicher copy redis://localhost speicher://localhost --dry-run",
      "  speicher copy redis://localhost/2 speicher://localhost --match 'user:*' --verify",
      "  speicher copy memcached://localhost speicher://localhost --replace",
      "  speicher copy dump.rdb speicher://localhost --db all --resume copy.state",
      "",
      "Servers are redis://HOST:PORT/DATABASE, rediss:// for TLS, valkey://, valkeys://,",
      "memcached://HOST:PORT, speicher://HOST:PORT/DATABASE, speichers://, and unix:/PATH,",
      "redis+unix:/PATH and memcached+unix:/PATH for Unix domain sockets. SPEICHER_SOURCE_AUTH and",
      "SPEICHER_TARGET_AUTH hold USER:PASSWORD where a server asks for it.",
      "",
      "Copied are strings, with their expiry; flags of memcached and the JSON of Speicher where"
          + " both",
      "sides have them. Values of other types are counted and left out. Exits with 1 if --verify",
      "finds a difference."
    })
public final class CopyCommand implements Callable<Integer> {
  private static final String SAMPLE = "sample";
  private static final String ALL = "all";

  private final Shell shell;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Parameters(paramLabel = "SOURCE", index = "0", description = "Where to copy from.")
  private String source = "";

  @Parameters(paramLabel = "TARGET", index = "1", description = "Where to copy to.")
  private String target = "";

  @Option(
      names = "--match",
      paramLabel = "PATTERN",
      order = 1,
      description = "Only keys that match, such as 'user:*'.")
  private @Nullable String match;

  @Option(
      names = "--db",
      paramLabel = "N",
      order = 2,
      description =
          "The database to copy from, in the place of the URL's (0 if there is none); all copies"
              + " each to the one with the same number.")
  private @Nullable String database;

  @Option(
      names = "--prefix-strip",
      paramLabel = "TEXT",
      order = 3,
      defaultValue = "",
      description = "Take this away from the front of keys; keys without it are left out.")
  private String strip = "";

  @Option(
      names = "--prefix-add",
      paramLabel = "TEXT",
      order = 4,
      defaultValue = "",
      description = "Put this in front of all keys, after --prefix-strip.")
  private String add = "";

  @Option(
      names = "--skip",
      order = 5,
      description = "Keep what the target has under a key. This is the default.")
  private boolean skips;

  @Option(names = "--replace", order = 6, description = "Replace what the target has.")
  private boolean replaces;

  @Option(
      names = "--rate",
      paramLabel = "N",
      order = 7,
      description = "Copy at most so many items a second.")
  private long rate;

  @Option(
      names = "--dry-run",
      order = 8,
      description = "Read everything, write nothing, and say what would be copied.")
  private boolean isDry;

  @Option(
      names = "--resume",
      paramLabel = "FILE",
      order = 9,
      description =
          "Keep in this file how far the copy is, and go on from there if it exists. From"
              + " memcached, a copy begins at the beginning, as its keys have no order.")
  private @Nullable Path stateFile;

  @Option(
      names = "--verify",
      paramLabel = "WHAT",
      order = 10,
      arity = "0..1",
      fallbackValue = SAMPLE,
      description = "Compare afterwards, a sample of 10,000 items or all: value, expiry, flags.")
  private @Nullable String verify;

  @Option(names = "--json", order = 11, description = "Print the summary as JSON.")
  private boolean json;

  @Option(
      names = "--cacert",
      paramLabel = "FILE",
      order = 12,
      description = "With TLS, trust those that the certificates in this PEM file have signed.")
  private @Nullable Path authorities;

  @Option(
      names = "--cert",
      paramLabel = "FILE",
      order = 13,
      description = "With TLS, show the certificate in this PEM file.")
  private @Nullable Path certificate;

  @Option(
      names = "--key",
      paramLabel = "FILE",
      order = 14,
      description = "The private key of --cert: PEM, PKCS#8, not encrypted.")
  private @Nullable Path key;

  @Option(
      names = "--timeout",
      paramLabel = "TIME",
      order = 15,
      defaultValue = "10s",
      converter = TimeConverter.class,
      description =
          "How long to wait for a connection, and for each answer (default: ${DEFAULT-VALUE}).")
  private Duration timeout = Duration.ZERO;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      order = 16,
      description = "Show this help and exit.")
  @SuppressWarnings("UnusedVariable") // For picocli alone.
  private boolean help;

  public CopyCommand(Shell shell) {
    this.shell = shell;
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    checkOptions();
    try {
      return copy(endpoint("SOURCE", source), endpoint("TARGET", target));
    } catch (IllegalArgumentException e) {
      throw wrong(String.valueOf(e.getMessage()));
    }
  }

  private void checkOptions() {
    if (skips && replaces) {
      throw wrong("--skip and --replace contradict each other: leave out one of them");
    }
    if (spec.commandLine().getParseResult().hasMatchedOption("--rate") && rate < 1) {
      throw wrong("--rate=" + rate + " (expected: at least 1)");
    }
    if (verify != null && !verify.equals(SAMPLE) && !verify.equals(ALL)) {
      throw wrong("--verify=" + verify + " (expected: " + SAMPLE + " or " + ALL + ")");
    }
    if (database != null && !database.equals(ALL) && !database.matches("\\d{1,5}")) {
      throw wrong("--db=" + database + " (expected: a number, or " + ALL + ")");
    }
    if (isDry && (verify != null || stateFile != null)) {
      throw wrong("--dry-run writes nothing: leave out --verify and --resume");
    }
    if ((certificate == null) != (key == null)) {
      throw wrong("--cert and --key belong together: one is missing");
    }
  }

  private Endpoint endpoint(String role, String text) {
    if (text.matches("[\\w+]+://.*:.*@.*")) {
      say(
          "warning: others on this machine can see the password in the arguments of a program; use "
              + Endpoint.loginVariable(role));
    }
    return Endpoint.of(role, text, login(role), this::tls, timeout);
  }

  private @Nullable Login login(String role) {
    String variable = Endpoint.loginVariable(role);
    String said = shell.environment().getOrDefault(variable, "");
    if (said.isEmpty()) {
      return null;
    }
    int colon = said.indexOf(':');
    if (colon < 0) {
      throw wrong(variable + " has no colon (expected: USER:PASSWORD)");
    }
    return new Login(said.substring(0, colon), said.substring(colon + 1));
  }

  private Tls tls() {
    return new Tls(TlsFiles.context(authorities, certificate, key), true);
  }

  private int copy(Endpoint from, Endpoint to) throws IOException, InterruptedException {
    if (to.protocol() == Endpoint.Protocol.FILE) {
      throw wrong(
          "TARGET="
              + target
              + ": a file cannot be the target (expected: a server); see speicher dump");
    }
    boolean isAll = ALL.equals(database);
    if (isAll && to.protocol() == Endpoint.Protocol.MEMCACHED) {
      throw wrong("--db=all: the target has no databases; copy them one by one, with --prefix-add");
    }
    if (database != null && from.protocol() == Endpoint.Protocol.MEMCACHED) {
      throw wrong("--db: memcached has no databases");
    }
    KeyRules rules = new KeyRules(match, strip, add);
    CopyRun.Plan plan =
        new CopyRun.Plan(from, to, replaces, isDry, rate, isAll ? null : to.database());
    Integer fromDatabase =
        isAll ? null : database == null ? from.database() : Integer.valueOf(database);
    try (Target there = openTarget(to)) {
      ValueLimit limit = ValueLimit.of(there.longestValue());
      return copy(from, plan, there, new Selection(fromDatabase, rules, limit, new Skips()));
    }
  }

  private int copy(Endpoint from, CopyRun.Plan plan, Target there, Selection selection)
      throws IOException, InterruptedException {
    Skips skipped = selection.skips();
    CopyState state = new CopyState(stateFile, identity(plan, selection));
    long evictedBefore = there.evictions();
    Tally tally;
    double seconds;
    try (Source here = openSource(from, selection);
        Progress progress = new Progress(shell)) {
      CopyRun run = new CopyRun(plan, here, there, state, progress, skipped);
      if (run.resume()) {
        say("going on after " + Units.count(run.tally().copied) + " copied items");
      }
      try {
        run.run();
      } catch (IOException e) {
        progress.hide();
        sayHowFar(run.tally());
        throw e;
      }
      tally = run.tally();
      seconds = run.seconds();
    }
    long evicted = there.evictions() - evictedBefore;
    Verification.Result verified =
        verify == null ? null : verify(from, plan, there, selection, tally.seen);
    new Summary(tally, skipped, seconds, evicted, verified, isDry, replaces)
        .print(shell, "copy", "copied", json);
    return verified == null || verified.isGood() ? ExitCode.OK : 1;
  }

  private Map<String, String> identity(CopyRun.Plan plan, Selection selection) {
    String pattern = selection.rules().pattern();
    Map<String, String> identity = new LinkedHashMap<>();
    identity.put("source", plan.from().server());
    identity.put("target", plan.to().server() + "/" + nameOf(plan.targetDatabase()));
    identity.put("db", nameOf(selection.database()));
    identity.put("match", pattern == null ? "*" : pattern);
    identity.put("prefix-strip", strip);
    identity.put("prefix-add", add);
    identity.put("mode", replaces ? "replace" : "skip");
    return identity;
  }

  private static String nameOf(@Nullable Integer database) {
    return database == null ? ALL : database.toString();
  }

  private void sayHowFar(Tally tally) {
    if (tally.copied == 0) {
      return;
    }
    say(
        "stopped after %s copied items; %s"
            .formatted(
                Units.count(tally.copied),
                stateFile == null
                    ? "they stay at the target, and a copy with --skip leaves them alone"
                    : "the same command goes on from there"));
  }

  private static Target openTarget(Endpoint to) throws IOException {
    try {
      return to.protocol() == Endpoint.Protocol.MEMCACHED
          ? new MemcachedTarget(MemcachedServer.connect(to))
          : new RespTarget(RespServer.connect(to));
    } catch (IOException | RuntimeException e) {
      throw new EndpointException(to, e);
    }
  }

  private static Source openSource(Endpoint from, Selection selection) throws IOException {
    try {
      return switch (from.protocol()) {
        case RESP -> new RespSource(RespServer.connect(from), selection);
        case MEMCACHED -> new MemcachedSource(MemcachedServer.connect(from), selection);
        case FILE -> openFile(requireNonNull(from.file(), "a file"), selection);
      };
    } catch (IOException | RuntimeException e) {
      throw new EndpointException(from, e);
    }
  }

  /** A dump, or what is taken for an RDB file. */
  private static Source openFile(Path file, Selection selection) throws IOException {
    return DumpReader.isDump(file)
        ? new DumpSource(file, selection)
        : new RdbSource(file, selection);
  }

  private Verification.Result verify(
      Endpoint from, CopyRun.Plan plan, Target there, Selection selection, long keys)
      throws IOException {
    Predicate<byte[]> sample = Verification.sample(ALL.equals(verify), keys);
    boolean isFile = from.protocol() == Endpoint.Protocol.FILE;
    try (Source again = openSource(from, selection.only(sample));
        Target byKey = isFile ? null : openTarget(from);
        Progress progress = new Progress(shell)) {
      return new Verification(again, there, byKey, selection.rules(), plan).run(progress);
    }
  }

  private ParameterException wrong(String message) {
    return new ParameterException(spec.commandLine(), message);
  }

  private void say(String message) {
    shell.err().println("speicher: " + message);
  }
}
