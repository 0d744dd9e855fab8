package io.speicher.cli.operate;

import io.speicher.cli.console.JsonObject;
import io.speicher.cli.console.Shell;
import io.speicher.cli.console.TimeConverter;
import io.speicher.cli.console.Units;
import io.speicher.cli.resp.RespConnection;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Option;

/** {@code speicher stat}: one line a second. */
@Command(
    name = "stat",
    description = "Print what the server does, one line a second.",
    sortOptions = false,
    footerHeading = "%nExamples:%n",
    footer = {
      "  speicher stat                            one line a second, until Ctrl-C",
      "  speicher stat --interval 10s --count 6   one minute",
      "  speicher stat --json >> cache.jsonl      one JSON object a line, for programs",
      "",
      "Columns:",
      "  ops/s     commands of any dialect",
      "  hit%%      of the keys asked for within the interval, those that had an item",
      "  keys      items",
      "  memory    what items take",
      "  full%%     of the memory that items may take",
      "  evict/s   items removed to make room",
      "  expire/s  items removed because their time had passed",
      "  conns     open connections",
      "  in/s      bytes received",
      "  out/s     bytes sent",
      "  cpu%%      processor time; 100 is one core",
      "",
      "Of a server that does not count something, its column shows a dash.",
    })
public final class StatCommand extends RespCommand {
  private static final int LINES_PER_HEADER = 20;

  /** A column, by what it shows of an interval. */
  private record Column(String title, int width, Function<Activity, String> cell) {
    String padded(String text) {
      return " ".repeat(Math.max(0, width - text.length())) + text;
    }
  }

  private static final List<Column> COLUMNS =
      List.of(
          new Column("ops/s", 7, a -> Units.count(a.rate("total_commands_processed"))),
          new Column("hit%", 6, a -> Units.percent(a.hitRatio())),
          new Column("keys", 7, a -> Units.count(a.now().keys())),
          new Column("memory", 7, a -> Units.bytes(a.now().number("used_memory"))),
          new Column("full%", 6, a -> Units.percent(a.now().full())),
          new Column("evict/s", 8, a -> Units.count(a.rate("evicted_keys"))),
          new Column("expire/s", 9, a -> Units.count(a.rate("expired_keys"))),
          new Column("conns", 6, a -> Units.count(a.now().number("connected_clients"))),
          new Column("in/s", 7, a -> Units.bytes(a.rate("total_net_input_bytes"))),
          new Column("out/s", 7, a -> Units.bytes(a.rate("total_net_output_bytes"))),
          new Column("cpu%", 6, a -> Units.count(100 * a.processors())));

  @Option(
      names = "--interval",
      paramLabel = "TIME",
      order = 1,
      defaultValue = "1s",
      converter = TimeConverter.class,
      description = "The time between two lines (default: ${DEFAULT-VALUE}).")
  private Duration interval = Duration.ZERO;

  @Option(
      names = "--count",
      paramLabel = "N",
      order = 2,
      description = "Print so many lines and stop (default: go on until Ctrl-C).")
  private long count = Long.MAX_VALUE;

  @Option(names = "--json", order = 3, description = "Print a JSON object a line.")
  private boolean json;

  public StatCommand(Shell shell) {
    super(shell);
  }

  @Override
  protected void checkOptions() {
    if (interval.toMillis() < 1) {
      throw wrong("--interval is 0 (expected: at least 1ms)");
    }
    if (count < 1) {
      throw wrong("--count=" + count + " (expected: at least 1)");
    }
  }

  @Override
  protected int run(RespConnection server) throws IOException {
    ServerInfo before = ServerInfo.read(server);
    long nextNanos = before.nanos();
    for (long line = 0; line < count; line++) {
      nextNanos += interval.toNanos();
      if (server.awaitInput(Duration.ofNanos(Math.max(0, nextNanos - System.nanoTime())))) {
        server.receive(); // Nothing was asked: it is the end, and says so.
      }
      ServerInfo now = ServerInfo.read(server);
      Activity activity = new Activity(before, now);
      if (json) {
        shell.out().println(json(activity));
      } else {
        if (line % LINES_PER_HEADER == 0) {
          printTitles();
        }
        shell.out().println(line(activity));
      }
      if (shell.out().checkError()) {
        return NOT_DONE; // Nobody reads on; whoever has called says so.
      }
      before = now;
    }
    return ExitCode.OK;
  }

  private void printTitles() {
    String titles =
        COLUMNS.stream().map(column -> column.padded(column.title())).collect(Collectors.joining());
    shell.out().println(shell.usesColour() ? "\u001b[1m" + titles + "\u001b[0m" : titles);
  }

  private static String line(Activity activity) {
    return COLUMNS.stream()
        .map(column -> column.padded(column.cell().apply(activity)))
        .collect(Collectors.joining());
  }

  private static String json(Activity activity) {
    ServerInfo now = activity.now();
    return new JsonObject()
        .add("time", Instant.now().truncatedTo(ChronoUnit.MILLIS).toString())
        .add("seconds", activity.seconds())
        .add("commands_per_second", activity.rate("total_commands_processed"))
        .add("hit_ratio", activity.hitRatio())
        .add("keys", now.keys())
        .add("used_bytes", now.number("used_memory"))
        .add("memory_bytes", now.number("maxmemory"))
        .add("evicted_per_second", activity.rate("evicted_keys"))
        .add("expired_per_second", activity.rate("expired_keys"))
        .add("connections", now.number("connected_clients"))
        .add("read_bytes_per_second", activity.rate("total_net_input_bytes"))
        .add("written_bytes_per_second", activity.rate("total_net_output_bytes"))
        .add("processors", activity.processors())
        .toString();
  }
}
