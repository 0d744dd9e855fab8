package io.speicher.cli.top;

import io.speicher.cli.console.Printable;
import io.speicher.cli.console.Table;
import io.speicher.cli.console.Units;
import io.speicher.cli.operate.Activity;
import io.speicher.cli.operate.KeyRanking;
import io.speicher.cli.operate.ServerInfo;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jline.utils.AttributedString;
import org.jline.utils.AttributedStyle;

/**
 * What {@code top} shows of two samples, made for a screen of some size: the more important a part,
 * the higher it stands, so that a small screen loses the least.
 */
final class TopScreen {
  private static final String COMMANDS = "cmdstat_";
  private static final String DIALECTS = "dialect_";
  private static final int BAR_COLUMNS = 20;

  /** From here on, memory is shown as something to look at. */
  private static final double NEARLY_FULL = 0.95;

  /** So many hot keys have a place before commands take the rest of the screen. */
  private static final int HOT_KEY_LINES = 6;

  private final int columns;
  private final int rows;
  private final boolean usesColour;
  private final List<AttributedString> lines = new ArrayList<>();

  TopScreen(int columns, int rows, boolean usesColour) {
    this.columns = columns;
    this.rows = rows;
    this.usesColour = usesColour;
  }

  /** A command, by what it did between the samples. */
  private record CommandRow(String name, double perSecond, double micros, double failed) {}

  /**
   * Exactly as many lines as there are rows, none of them too long.
   *
   * @param server what the server is called
   * @param message what is to be said below, or the empty text
   */
  List<AttributedString> lines(TopSample before, TopSample now, String server, String message) {
    Activity activity = new Activity(before.info(), now.info());
    addHead(activity, server);
    addRates(activity);
    addMemory(activity);
    addDialects(activity);
    addLatency(before, now);
    add("");
    List<String> hotKeys = hotKeys(now);
    addCommands(before, now, activity, rows - 1 - lines.size() - hotKeys.size());
    if (!hotKeys.isEmpty()) {
      add("");
      addTable(hotKeys.subList(1, hotKeys.size()));
    }
    return fitted(message);
  }

  /** The same, as long as there is nothing to show. */
  List<AttributedString> waiting(String server, String message) {
    add(server, AttributedStyle.BOLD);
    return fitted(message);
  }

  private List<AttributedString> fitted(String message) {
    List<AttributedString> fitted = new ArrayList<>();
    for (int i = 0; i < rows - 1; i++) {
      AttributedString line = i < lines.size() ? lines.get(i) : AttributedString.EMPTY;
      fitted.add(line.columnSubSequence(0, columns));
    }
    AttributedString last =
        message.isEmpty()
            ? new AttributedString("q quits", AttributedStyle.DEFAULT.faint())
            : new AttributedString(message, style(AttributedStyle.RED));
    fitted.add(last.columnSubSequence(0, columns));
    return fitted;
  }

  // The parts.

  private void addHead(Activity activity, String server) {
    ServerInfo now = activity.now();
    double uptime = now.number("uptime_in_seconds");
    String text =
        now.server()
            + " at "
            + server
            + (Double.isNaN(uptime) ? "" : ", up " + Units.seconds((long) uptime));
    String interval = String.format(Locale.ROOT, "last %.1f s", activity.seconds());
    add(
        text + " ".repeat(Math.max(2, columns - text.length() - interval.length())) + interval,
        AttributedStyle.BOLD);
  }

  private void addRates(Activity activity) {
    add(
        "ops/s %s   hit %s %%   in %s/s   out %s/s   cpu %s %%   conns %s"
            .formatted(
                Units.count(activity.rate("total_commands_processed")),
                Units.percent(activity.hitRatio()),
                Units.bytes(activity.rate("total_net_input_bytes")),
                Units.bytes(activity.rate("total_net_output_bytes")),
                Units.count(100 * activity.processors()),
                Units.count(activity.now().number("connected_clients"))));
    add(
        "evicted/s %s   expired/s %s   errors/s %s   rejected conns/s %s"
            .formatted(
                Units.count(activity.rate("evicted_keys")),
                Units.count(activity.rate("expired_keys")),
                Units.count(activity.rate("total_error_replies")),
                Units.count(activity.rate("rejected_connections"))));
  }

  private void addMemory(Activity activity) {
    ServerInfo now = activity.now();
    double full = now.full();
    int filled =
        Double.isNaN(full) ? 0 : (int) Math.round(BAR_COLUMNS * Math.max(0, Math.min(1, full)));
    String bar = "[" + "|".repeat(filled) + " ".repeat(BAR_COLUMNS - filled) + "]";
    add(
        "memory %s%s   keys %s   resident %s"
            .formatted(
                Units.bytes(now.number("used_memory")),
                Double.isNaN(full)
                    ? " of no limit"
                    : " of %s %s %s %%"
                        .formatted(Units.bytes(now.number("maxmemory")), bar, Units.percent(full)),
                Units.count(now.keys()),
                Units.bytes(now.number("used_memory_rss"))),
        full >= NEARLY_FULL ? style(AttributedStyle.YELLOW) : AttributedStyle.DEFAULT);
  }

  private void addDialects(Activity activity) {
    String dialects =
        activity.now().fields().keySet().stream()
            .filter(field -> field.startsWith(DIALECTS))
            .map(field ->
                field.substring(DIALECTS.length())
                    + " "
                    + Units.count(partRate(activity, field, "calls")))
            .collect(Collectors.joining("   "));
    if (!dialects.isEmpty()) {
      add("dialects/s   " + dialects);
    }
  }

  private void addLatency(TopSample before, TopSample now) {
    LatencyBuckets all =
        now.latencies().keySet().stream()
            .map(name -> now.latency(name).since(before.latency(name)))
            .reduce(LatencyBuckets.NONE, LatencyBuckets::plus);
    if (all.total() > 0) {
      add(
          "latency at most   p50 %s   p99 %s   p99.9 %s"
              .formatted(
                  Units.micros(all.percentile(50)),
                  Units.micros(all.percentile(99)),
                  Units.micros(all.percentile(99.9))));
    }
  }

  private void addCommands(TopSample before, TopSample now, Activity activity, int room) {
    List<CommandRow> commands =
        now.info().fields().keySet().stream()
            .filter(field -> field.startsWith(COMMANDS))
            .map(field ->
                new CommandRow(
                    field.substring(COMMANDS.length()),
                    partRate(activity, field, "calls"),
                    partRate(activity, field, "usec"),
                    partRate(activity, field, "failed_calls")))
            .filter(command -> command.perSecond() > 0)
            .sorted(Comparator.comparingDouble(CommandRow::perSecond).reversed())
            .limit(Math.max(0, room - 1))
            .toList();
    Table table = new Table("command", ">ops/s", ">mean", ">p50", ">p99", ">failed/s");
    for (CommandRow command : commands) {
      LatencyBuckets latency = now.latency(command.name()).since(before.latency(command.name()));
      table.add(
          command.name().replace('|', ' '),
          Units.count(command.perSecond()),
          Units.micros(command.micros() / command.perSecond()),
          Units.micros(latency.percentile(50)),
          Units.micros(latency.percentile(99)),
          Units.count(command.failed()));
    }
    addTable(table.lines());
  }

  /** With an empty line before them; none if the server does not tell them. */
  private static List<String> hotKeys(TopSample now) {
    if (now.hotKeys().isEmpty()) {
      return List.of();
    }
    Table table = new Table(">uses/s", "hot keys of the last minute");
    for (KeyRanking.Entry key : now.hotKeys().stream().limit(HOT_KEY_LINES).toList()) {
      table.add(Units.count((double) key.number() / TopSample.HOT_KEY_SECONDS), key.text());
    }
    List<String> lines = new ArrayList<>(List.of(""));
    lines.addAll(table.lines());
    return lines;
  }

  private void addTable(List<String> table) {
    add(table.get(0), AttributedStyle.BOLD);
    table.subList(1, table.size()).forEach(this::add);
  }

  private void add(String line) {
    add(line, AttributedStyle.DEFAULT);
  }

  private void add(String line, AttributedStyle style) {
    lines.add(new AttributedString(Printable.text(line), style));
  }

  private AttributedStyle style(int colour) {
    return usesColour ? AttributedStyle.DEFAULT.foreground(colour) : AttributedStyle.DEFAULT;
  }

  private static double partRate(Activity activity, String field, String part) {
    double before = ServerInfo.part(activity.before().text(field), part);
    double growth =
        ServerInfo.part(activity.now().text(field), part) - (Double.isNaN(before) ? 0 : before);
    return Math.max(0, growth) / activity.seconds();
  }
}
