package io.speicher.cli.operate;

import io.speicher.cli.console.Printable;
import io.speicher.cli.console.Shell;
import io.speicher.cli.resp.RespConnection;
import io.speicher.cli.resp.RespReply;
import java.io.IOException;
import java.time.Duration;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Option;

/** {@code speicher monitor}: every command, as it is executed. */
@Command(
    name = "monitor",
    description = "Print every command that the server executes, as it does: MONITOR.",
    sortOptions = false,
    footerHeading = "%nExamples:%n",
    footer = {
      "  speicher monitor                         until Ctrl-C",
      "  speicher monitor --count 100 | cut -d'\"' -f2 | sort | uniq -c",
      "                                           which commands are the most frequent",
      "",
      "This makes every command dearer for as long as it runs: do not leave it running on a busy",
      "server.",
    })
public final class MonitorCommand extends RespCommand {
  @Option(
      names = "--count",
      paramLabel = "N",
      order = 1,
      description = "Stop after so many commands (default: go on until Ctrl-C).")
  private long count = Long.MAX_VALUE;

  public MonitorCommand(Shell shell) {
    super(shell);
  }

  @Override
  protected void checkOptions() {
    requireAtLeastOne("--count", count);
  }

  @Override
  protected int run(RespConnection server) throws IOException {
    RespReply reply = server.call("MONITOR");
    if (isUnknownCommand(reply)) {
      say("this server, " + ServerInfo.read(server, "server").server() + ", has no MONITOR");
      return NOT_DONE;
    }
    reply.orThrow();
    server.timeout(Duration.ZERO);
    for (long i = 0; i < count && !shell.out().checkError(); i++) {
      shell.out().println(Printable.text(server.receive().bytes()));
    }
    return ExitCode.OK;
  }
}
