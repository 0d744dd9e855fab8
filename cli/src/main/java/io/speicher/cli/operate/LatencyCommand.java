package io.speicher.cli.operate;

import io.speicher.cli.console.JsonObject;
import io.speicher.cli.console.Printable;
import io.speicher.cli.console.Shell;
import io.speicher.cli.console.Table;
import io.speicher.cli.console.Units;
import io.speicher.cli.resp.RespConnection;
import java.io.IOException;
import java.util.Comparator;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Option;

/** {@code speicher latency}: how long each command takes. */
@Command(
    name = "latency",
    description = "Print how often each command was executed and how long that took.",
    sortOptions = false,
    footerHeading = "%nExamples:%n",
    footer = {
      "  speicher latency                         since the start, the one that took most time first",
      "  speicher latency --json                  a JSON object a line",
      "  speicher shell config resetstat          begins anew",
      "",
      "mean is the time of execution alone. The percentiles of a Speicher server are the time from",
      "the bytes received to the reply written; those of Redis are of the execution, as INFO",
      "latencystats has them. speicher ping measures a round trip from here.",
    })
public final class LatencyCommand extends RespCommand {
  private static final String COUNTS = "cmdstat_";
  private static final String PERCENTILES = "latency_percentiles_usec_";

  /** What INFO says of a command. */
  private record CommandRow(String name, String counts, String percentiles) {
    double count(String part) {
      return ServerInfo.part(counts, part);
    }

    String percentile(String part) {
      return Units.micros(ServerInfo.part(percentiles, part));
    }
  }

  @Option(names = "--json", order = 1, description = "Print a JSON object a line.")
  private boolean json;

  public LatencyCommand(Shell shell) {
    super(shell);
  }

  @Override
  protected int run(RespConnection server) throws IOException {
    // Before Redis 7, INFO took one section.
    ServerInfo counted = ServerInfo.read(server, "commandstats");
    ServerInfo measured = ServerInfo.read(server, "latencystats");
    List<CommandRow> rows =
        counted.fields().keySet().stream()
            .filter(field -> field.startsWith(COUNTS))
            .map(field -> field.substring(COUNTS.length()))
            .map(name ->
                new CommandRow(
                    name, counted.text(COUNTS + name), measured.text(PERCENTILES + name)))
            .sorted(Comparator.comparingDouble((CommandRow row) -> row.count("usec")).reversed())
            .toList();
    if (json) {
      rows.forEach(row -> shell.out().println(json(row)));
      return ExitCode.OK;
    }
    Table table =
        new Table(
            "command",
            ">calls",
            ">failed",
            ">rejected",
            ">time",
            ">mean",
            ">p50",
            ">p99",
            ">p99.9");
    for (CommandRow row : rows) {
      table.add(
          Printable.text(row.name()).replace('|', ' '),
          Units.count(row.count("calls")),
          Units.count(row.count("failed_calls")),
          Units.count(row.count("rejected_calls")),
          Units.micros(row.count("usec")),
          Units.micros(row.count("usec_per_call")),
          row.percentile("p50"),
          row.percentile("p99"),
          row.percentile("p99.9"));
    }
    return print(table, "no command was executed yet");
  }

  private static String json(CommandRow row) {
    return new JsonObject()
        .add("command", row.name())
        .add("calls", row.count("calls"))
        .add("failed_calls", row.count("failed_calls"))
        .add("rejected_calls", row.count("rejected_calls"))
        .add("micros", row.count("usec"))
        .add("micros_per_call", row.count("usec_per_call"))
        .add("p50_micros", ServerInfo.part(row.percentiles(), "p50"))
        .add("p99_micros", ServerInfo.part(row.percentiles(), "p99"))
        .add("p99_9_micros", ServerInfo.part(row.percentiles(), "p99.9"))
        .toString();
  }
}
