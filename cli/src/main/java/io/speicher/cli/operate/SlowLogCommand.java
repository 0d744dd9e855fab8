package io.speicher.cli.operate;

import io.speicher.cli.console.JsonObject;
import io.speicher.cli.console.Printable;
import io.speicher.cli.console.Shell;
import io.speicher.cli.console.Table;
import io.speicher.cli.console.Units;
import io.speicher.cli.resp.RespConnection;
import io.speicher.cli.resp.RespReply;
import java.io.IOException;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Option;

/** {@code speicher slowlog}: what took long. */
@Command(
    name = "slowlog",
    description = "Print the commands that took long: SLOWLOG.",
    sortOptions = false,
    footerHeading = "%nExamples:%n",
    footer = {
      "  speicher slowlog                         the last ten, the latest first",
      "  speicher slowlog --count 100 --json",
      "  speicher slowlog --reset                 forgets them",
      "",
      "speicher config set slowlog-log-slower-than 1000 writes down what takes a millisecond or more.",
    })
public final class SlowLogCommand extends RespCommand {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss", Locale.ROOT);

  /** An entry of SLOWLOG GET, as Redis has it. */
  private record Entry(
      long id, Instant time, long micros, List<RespReply> words, String address, String name) {
    static Entry of(RespReply reply) {
      int parts = reply.elements().size();
      return new Entry(
          reply.element(0).number(),
          reply.element(1).time(),
          reply.element(2).number(),
          reply.element(3).elements(),
          parts > 4 ? reply.element(4).text() : "",
          parts > 5 ? reply.element(5).text() : "");
    }
  }

  @Option(
      names = "--count",
      paramLabel = "N",
      order = 1,
      defaultValue = "10",
      description = "How many (default: ${DEFAULT-VALUE}).")
  private int count;

  @Option(names = "--json", order = 2, description = "Print a JSON object a line.")
  private boolean json;

  @Option(names = "--reset", order = 3, description = "Print nothing, and forget them.")
  private boolean reset;

  public SlowLogCommand(Shell shell) {
    super(shell);
  }

  @Override
  protected void checkOptions() {
    requireAtLeastOne("--count", count);
  }

  @Override
  protected int run(RespConnection server) throws IOException {
    if (reset) {
      server.ask("SLOWLOG", "RESET");
      return ExitCode.OK;
    }
    RespReply log = server.ask("SLOWLOG", "GET", Integer.toString(count));
    List<Entry> entries = log.elements().stream().map(Entry::of).toList();
    if (json) {
      entries.forEach(entry -> shell.out().println(json(entry)));
      return ExitCode.OK;
    }
    Table table = new Table("when", ">took", "client", "command");
    for (Entry entry : entries) {
      table.add(
          TIME.format(entry.time().atZone(ZoneId.systemDefault())),
          Units.micros((double) entry.micros()),
          entry.address() + (entry.name().isEmpty() ? "" : " " + entry.name()),
          String.join(" ", texts(entry)));
    }
    return print(table, "no command took long");
  }

  private static String json(Entry entry) {
    return new JsonObject()
        .add("id", entry.id())
        .add("time", entry.time().toString())
        .add("micros", entry.micros())
        .add("client", entry.address())
        .add("client_name", entry.name())
        .add("words", texts(entry))
        .toString();
  }

  private static List<String> texts(Entry entry) {
    List<String> texts = new ArrayList<>();
    entry.words().forEach(word -> texts.add(Printable.text(word.bytes())));
    return texts;
  }
}
