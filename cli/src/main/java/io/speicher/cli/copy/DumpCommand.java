package io.speicher.cli.copy;

import io.speicher.cli.console.Progress;
import io.speicher.cli.console.Shell;
import io.speicher.cli.console.Units;
import io.speicher.cli.operate.RespCommand;
import io.speicher.cli.resp.RespConnection;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code speicher dump}: the items of a running server, in a file. */
@Command(
    name = "dump",
    description = "Write the items of a running server to a file, for speicher restore.",
    sortOptions = false,
    footerHeading = "%nExamples:%n",
    footer = {
      "  speicher dump items.dump                      all databases",
      "  speicher dump items.dump --match 'user:*'     keys that begin so",
      "  speicher dump items.dump --rate 20000         slowly, beside much other work",
      "",
      "The file is called items.dump.part until it is whole. The same command goes on with such a",
      "file, if the server still runs. It holds values, kinds, flags, dates of expiry and versions,",
      "each item as it was at some moment meanwhile; tags are not kept. Any RESP server can be",
      "dumped; of Redis, values that are no strings are counted and left out."
    })
public final class DumpCommand extends RespCommand {
  private static final String ALL = "all";

  @Parameters(paramLabel = "FILE", description = "Where to write. It must not exist.")
  private Path target = Path.of("");

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
      description = "Only this database (default: all, whatever the URL names).")
  private @Nullable Integer database;

  @Option(
      names = "--rate",
      paramLabel = "N",
      order = 3,
      description = "Read at most so many items a second.")
  private @Nullable Long rate;

  @Option(names = "--replace", order = 4, description = "Replace the file if it exists.")
  private boolean replaces;

  @Option(names = "--json", order = 5, description = "Print the summary as JSON.")
  private boolean json;

  public DumpCommand(Shell shell) {
    super(shell);
  }

  @Override
  protected void checkOptions() {
    if (rate != null) {
      requireAtLeastOne("--rate", rate);
    }
    if (database != null && database < 0) {
      throw wrong("--db=" + database + " (expected: a number from 0)");
    }
    if (Files.exists(target) && !replaces) {
      throw wrong("FILE=" + target + " exists: name another one, or say --replace");
    }
  }

  @Override
  protected int run(RespConnection server) throws IOException, InterruptedException {
    Skips skips = new Skips();
    Tally tally = new Tally();
    Selection selection =
        new Selection(
            database, new KeyRules(match, "", ""), ValueLimit.of(Integer.MAX_VALUE), skips);
    long startNanos = System.nanoTime();
    try (Source source = new RespSource(RespServer.of(server), selection);
        DumpWriter file = open(source, tally)) {
      String position = file.position();
      if (position != null) {
        source.resume(position);
        say("going on after " + Units.count(tally.copied) + " items");
      }
      dump(source, file, tally, skips);
      finish(file);
    }
    double seconds = (System.nanoTime() - startNanos) / 1e9;
    new Summary(tally, skips, seconds, -1, null, false, replaces)
        .print(shell, "dump", "dumped", json);
    return ExitCode.OK;
  }

  /** Goes on with a file that an earlier dump has not finished, or begins one. */
  private DumpWriter open(Source source, Tally tally) throws IOException {
    Map<String, String> origin = new LinkedHashMap<>();
    origin.put("server", connection.server());
    origin.put("db", database == null ? ALL : database.toString());
    origin.put("match", match == null ? "*" : match);
    Path part = DumpWriter.part(target);
    try {
      if (Files.exists(part)) {
        Map<String, String> before = origin(part);
        origin.forEach((name, value) -> requireSame(part, name, value, before.get(name)));
        if (source.incarnation().equals(before.get("run_id"))) {
          return DumpWriter.resume(target, tally);
        }
        say("the server was started anew since " + part + " was begun, so it is begun anew");
      }
      origin.put("run_id", source.incarnation());
      origin.put("keys", Long.toString(source.total()));
      origin.put("created", Long.toString(System.currentTimeMillis()));
      return DumpWriter.begin(target, origin, tally);
    } catch (IOException e) {
      throw fileFailure(e);
    }
  }

  private static Map<String, String> origin(Path part) throws IOException {
    try (DumpReader reader = new DumpReader(part)) {
      return reader.origin();
    }
  }

  private void requireSame(Path part, String name, String value, @Nullable String before) {
    if (!value.equals(before)) {
      throw wrong(
          "%s is an unfinished dump of something else: %s=%s (expected: %s); remove it, or name another FILE"
              .formatted(part, name, before, value));
    }
  }

  private void dump(Source source, DumpWriter file, Tally tally, Skips skips)
      throws IOException, InterruptedException {
    Throttle throttle = new Throttle(rate == null ? 0 : rate);
    long startNanos = System.nanoTime();
    long seenBefore = tally.seen;
    try (Progress progress = new Progress(shell);
        Reading reading = new Reading(source)) {
      Runnable show =
          () -> {
            double seconds = (System.nanoTime() - startNanos) / 1e9;
            progress.show(CopyRun.line(tally, skips, source.total(), seenBefore, seconds));
          };
      for (Batch batch = reading.take(show); batch != null; batch = reading.take(show)) {
        write(batch, file);
        reading.release(batch);
        throttle.add(batch.items().size(), show);
        show.run();
      }
    }
  }

  private void finish(DumpWriter file) throws EndpointException {
    try {
      file.finish();
    } catch (IOException e) {
      throw fileFailure(e);
    }
  }

  private void write(Batch batch, DumpWriter file) throws EndpointException {
    try {
      file.write(batch);
    } catch (IOException e) {
      throw fileFailure(e);
    }
  }

  private EndpointException fileFailure(IOException e) {
    return EndpointException.ofFile(DumpWriter.part(target), e);
  }
}
