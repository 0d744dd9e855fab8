package io.speicher.cli.operate;

import io.speicher.cli.console.Shell;
import io.speicher.cli.console.Table;
import io.speicher.cli.console.Units;
import io.speicher.cli.resp.RespConnection;
import io.speicher.cli.resp.RespReply;
import java.io.IOException;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Option;

/** {@code speicher hotkeys}: what is used most. */
@Command(
    name = "hotkeys",
    description = "Print the keys that are used most.",
    sortOptions = false,
    footerHeading = "%nExamples:%n",
    footer = {
      "  speicher hotkeys                         by uses, within the last minute",
      "  speicher hotkeys --hour --bytes          by bytes received and sent, within the last hour",
      "  speicher hotkeys --json",
      "",
      "A Speicher server always counts a sample of its commands; the numbers are estimates. Any other",
      "server is asked for all its keys with SCAN and for the OBJECT FREQ of each, which takes a",
      "while, and works only if its maxmemory-policy is an LFU one. What is shown then is its",
      "counter, from 0 to 255.",
    })
public final class HotKeysCommand extends KeyRankingCommand {
  @Option(
      names = "--hour",
      order = 2,
      description = "Of the last hour (default: of the last minute).")
  private boolean ofHour;

  @Option(names = "--bytes", order = 3, description = "By bytes received and sent for them.")
  private boolean byBytes;

  public HotKeysCommand(Shell shell) {
    super(shell);
  }

  @Override
  protected int run(RespConnection server) throws IOException {
    RespReply told =
        server.call(
            "HOTKEYS", "GET", "WINDOW", ofHour ? "3600" : "60", "COUNT", Integer.toString(count));
    if (!isUnknownCommand(told)) {
      KeyRanking ranking =
          KeyRanking.of(told.orThrow().field(byBytes ? "by-net-bytes" : "by-uses"));
      return print(ranking, byBytes ? "bytes" : "uses", ofHour ? 3_600 : 60);
    }
    if (ofHour || byBytes) {
      throw wrong("--hour and --bytes are for a Speicher server: this one counts neither");
    }
    return print(search(server, "OBJECT", "FREQ"), "frequency", 0);
  }

  private int print(KeyRanking ranking, String what, int windowSeconds) {
    if (json) {
      shell.out().println(ranking.json(what));
      return ExitCode.OK;
    }
    boolean isRate = what.equals("uses");
    Table table = isRate ? new Table(">uses", ">uses/s", "key") : new Table(">" + what, "key");
    for (KeyRanking.Entry e : ranking.entries()) {
      String number = what.equals("bytes") ? Units.bytes(e.number()) : Units.count(e.number());
      if (isRate) {
        table.add(number, Units.count((double) e.number() / windowSeconds), e.text());
      } else {
        table.add(number, e.text());
      }
    }
    return print(table, "no key was used lately");
  }
}
