package io.speicher.cli.operate;

import io.speicher.cli.console.Progress;
import io.speicher.cli.console.Shell;
import io.speicher.cli.resp.RespConnection;
import java.io.IOException;
import picocli.CommandLine.Option;

/** Prints the keys that lead, as the server knows them or as a walk over all keys finds them. */
abstract class KeyRankingCommand extends RespCommand {
  @Option(
      names = "--count",
      paramLabel = "N",
      order = 1,
      defaultValue = "10",
      description = "How many (default: ${DEFAULT-VALUE}).")
  int count;

  @Option(names = "--json", order = 4, description = "Print JSON.")
  boolean json;

  KeyRankingCommand(Shell shell) {
    super(shell);
  }

  @Override
  protected final void checkOptions() {
    requireAtLeastOne("--count", count);
  }

  /** Asks a server that ranks no keys itself for the number that this command tells of each. */
  final KeyRanking search(RespConnection server, String... command) throws IOException {
    try (Progress progress = new Progress(shell)) {
      return new KeyWalk(server, progress).rank(count, command);
    }
  }
}
