package io.speicher.cli.operate;

import io.speicher.cli.console.Shell;
import io.speicher.cli.console.Table;
import io.speicher.cli.console.Units;
import io.speicher.cli.resp.RespConnection;
import io.speicher.cli.resp.RespReply;
import java.io.IOException;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;

/** {@code speicher bigkeys}: what takes most memory. */
@Command(
    name = "bigkeys",
    description = "Print the keys whose items take most memory.",
    sortOptions = false,
    footerHeading = "%nExamples:%n",
    footer = {
      "  speicher bigkeys                         the ten largest",
      "  speicher bigkeys --count 50 --json",
      "",
      "A Speicher server finds them itself as it walks through its memory, so this costs nothing;",
      "what has changed since its last walk is not seen. Any other server is asked for all its keys",
      "with SCAN and for the MEMORY USAGE of each, which it bears while it works, and which takes a",
      "while.",
    })
public final class BigKeysCommand extends KeyRankingCommand {
  public BigKeysCommand(Shell shell) {
    super(shell);
  }

  @Override
  protected int run(RespConnection server) throws IOException {
    RespReply told = server.call("BIGKEYS", "COUNT", Integer.toString(count));
    KeyRanking ranking;
    if (isUnknownCommand(told)) {
      ranking = search(server, "MEMORY", "USAGE");
    } else {
      ranking = KeyRanking.of(told.orThrow().field("by-item-bytes"));
      long endedMillis = told.field("walk-ended-unix-ms").number();
      if (endedMillis == 0) {
        say("the server has not walked through its memory yet: try again in a while");
        return NOT_DONE;
      }
    }
    if (json) {
      shell.out().println(ranking.json("bytes"));
      return ExitCode.OK;
    }
    Table table = new Table(">bytes", "key");
    ranking.entries().forEach(e -> table.add(Units.bytes(e.number()), e.text()));
    return print(table, "there are no keys");
  }
}
