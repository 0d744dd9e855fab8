package io.speicher.cli;

import io.speicher.cli.console.Shell;
import io.speicher.client.Speicher;
import io.speicher.client.exception.RefusedException;
import io.speicher.protocol.json.JsonText;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Option;

/** {@code speicher ping}: measures a round trip. */
@Command(
    name = "ping",
    description = "Measure how long the server takes to answer.",
    sortOptions = false,
    footerHeading = "%nExamples:%n",
    footer = {
      "  speicher ping                            localhost:14567 answered in 0.41 ms",
      "  speicher ping --json                     {\"server\":\"localhost:14567\",\"millis\":0.41}",
      "",
      "The second of two round trips counts, since the first would measure the start of Java."
    })
final class PingCommand extends ClientCommand {
  @Option(names = "--json", order = 1, description = "Print JSON.")
  private boolean json;

  PingCommand(Shell shell) {
    super(shell);
  }

  @Override
  int run(Speicher client) {
    roundTrip(client);
    long startNanos = System.nanoTime();
    roundTrip(client);
    long nanos = System.nanoTime() - startNanos;
    String millis = String.format(Locale.ROOT, "%.2f", nanos / 1e6);
    String server = connection.server();
    shell
        .out()
        .println(
            json
                ? "{\"server\":" + JsonText.quote(server) + ",\"millis\":" + millis + "}"
                : server + " answered in " + millis + " ms");
    return ExitCode.OK;
  }

  private static void roundTrip(Speicher client) {
    try {
      client.ping();
    } catch (RefusedException e) {
      // A server that offers the core of the protocol alone answers so, and an answer it is.
    }
  }
}
