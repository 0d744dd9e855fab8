package io.speicher.cli.copy;

import io.speicher.cli.console.Progress;
import io.speicher.cli.console.Shell;
import io.speicher.cli.console.Units;
import io.speicher.cli.operate.RespCommand;
import io.speicher.cli.resp.RespConnection;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code speicher restore}: the items of a dump, in a running server. */
@Command(
    name = "restore",
    description = "Write the items of a dump to a running server.",
    sortOptions = false,
    footerHeading = "%nExamples:%n",
    footer = {
      "  speicher restore items.dump --dry-run          is the dump whole, and what is in it?",
      "  speicher restore items.dump --verify=all       restore, and compare all of it",
      "  speicher restore items.dump --replace --resume items.state",
      "",
      "Items that have expired since are left out. Restored items have new versions. Exits with 1 if",
      "the dump is damaged or unfinished (what came before is restored), or --verify finds a",
      "difference."
    })
public final class RestoreCommand extends RespCommand {
  private static final String ALL = "all";
  private static final String SAMPLE = "sample";

  @Parameters(paramLabel = "FILE", description = "What speicher dump has written.")
  private Path file = Path.of("");

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
      description = "Only items of this database (default: all, each to its own).")
  private @Nullable Integer database;

  @Option(
      names = "--skip",
      order = 3,
      description = "Keep what the server has under a key. This is the default.")
  private boolean skips;

  @Option(names = "--replace", order = 4, description = "Replace what the server has.")
  private boolean replaces;

  @Option(
      names = "--rate",
      paramLabel = "N",
      order = 5,
      description = "Write at most so many items a second.")
  private @Nullable Long rate;

  @Option(
      names = "--dry-run",
      order = 6,
      description = "Read and check everything, write nothing, and say what would be restored.")
  private boolean isDry;

  @Option(
      names = "--resume",
      paramLabel = "STATE",
      order = 7,
      description = "Keep in this file how far the restore is, and go on from there if it exists.")
  private @Nullable Path stateFile;

  @Option(
      names = "--verify",
      paramLabel = "WHAT",
      order = 8,
      arity = "0..1",
      fallbackValue = SAMPLE,
      description = "Compare afterwards, a sample of 10,000 items or all: value, expiry, flags.")
  private @Nullable String verify;

  @Option(names = "--json", order = 9, description = "Print the summary as JSON.")
  private boolean json;

  public RestoreCommand(Shell shell) {
    super(shell);
  }

  @Override
  protected void checkOptions() {
    if (skips && replaces) {
      throw wrong("--skip and --replace contradict each other: leave out one of them");
    }
    if (rate != null) {
      requireAtLeastOne("--rate", rate);
    }
    if (database != null && database < 0) {
      throw wrong("--db=" + database + " (expected: a number from 0)");
    }
    if (verify != null && !verify.equals(SAMPLE) && !verify.equals(ALL)) {
      throw wrong("--verify=" + verify + " (expected: " + SAMPLE + " or " + ALL + ")");
    }
    if (isDry && (verify != null || stateFile != null)) {
      throw wrong("--dry-run writes nothing: leave out --verify and --resume");
    }
  }

  @Override
  protected int run(RespConnection server) throws IOException, InterruptedException {
    CopyRun.Plan plan =
        new CopyRun.Plan(
            Endpoint.ofFile("FILE", file, Duration.ZERO),
            connection,
            replaces,
            isDry,
            rate == null ? 0 : rate,
            null);
    RespTarget target = new RespTarget(RespServer.of(server));
    Skips skipped = new Skips();
    Selection selection =
        new Selection(
            database, new KeyRules(match, "", ""), ValueLimit.of(target.longestValue()), skipped);
    long evictedBefore = target.evictions();
    Tally tally;
    double seconds;
    try (Source source = open(selection);
        Progress progress = new Progress(shell)) {
      CopyState state = new CopyState(stateFile, identity());
      CopyRun run = new CopyRun(plan, source, target, state, progress, skipped);
      try {
        if (run.resume()) {
          say("going on after " + Units.count(run.tally().copied) + " restored items");
        }
        run.run();
      } catch (IllegalArgumentException e) {
        throw wrong(String.valueOf(e.getMessage()));
      } catch (IOException e) {
        progress.hide();
        sayHowFar(run.tally());
        throw e;
      }
      tally = run.tally();
      seconds = run.seconds();
    }
    long evicted = target.evictions() - evictedBefore;
    Verification.Result verified =
        verify == null ? null : verify(plan, target, selection, tally.seen);
    new Summary(tally, skipped, seconds, evicted, verified, isDry, replaces)
        .print(shell, "restore", "restored", json);
    return verified == null || verified.isGood() ? ExitCode.OK : NOT_DONE;
  }

  private Source open(Selection selection) throws EndpointException {
    try {
      return new DumpSource(file, selection);
    } catch (IOException e) {
      throw EndpointException.ofFile(file, e);
    }
  }

  private Map<String, String> identity() {
    Map<String, String> identity = new LinkedHashMap<>();
    identity.put("source", file.toString());
    identity.put("target", connection.server());
    identity.put("db", database == null ? ALL : database.toString());
    identity.put("match", match == null ? "*" : match);
    identity.put("mode", replaces ? "replace" : "skip");
    return identity;
  }

  private void sayHowFar(Tally tally) {
    if (tally.copied > 0 && !isDry) {
      say("stopped after " + Units.count(tally.copied) + " restored items, which stay");
    }
  }

  private Verification.Result verify(
      CopyRun.Plan plan, Target target, Selection selection, long keys) throws IOException {
    Predicate<byte[]> sample = Verification.sample(ALL.equals(verify), keys);
    try (Source again = open(selection.only(sample));
        Progress progress = new Progress(shell)) {
      return new Verification(again, target, null, selection.rules(), plan).run(progress);
    }
  }
}
