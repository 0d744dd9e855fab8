package io.speicher.cli.operate;

import io.speicher.cli.console.Shell;
import io.speicher.cli.resp.RespConnection;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Option;

/** {@code speicher clear}: removes what belongs together. */
@Command(
    name = "clear",
    description = "Remove all items of a namespace, or all that have a tag.",
    sortOptions = false,
    footerHeading = "%nExamples:%n",
    footer = {
      "  speicher clear --namespace users:",
      "  speicher clear --tag product-17 --tag home",
      "",
      "It takes as long for a million items as for one. speicher reset removes everything.",
    })
public final class ClearCommand extends RespCommand {
  @Option(
      names = "--namespace",
      paramLabel = "PREFIX",
      order = 1,
      description = "Remove the items of this namespace.")
  private List<String> namespaces = new ArrayList<>();

  @Option(
      names = "--tag",
      paramLabel = "TAG",
      order = 2,
      description = "Remove the items that have this tag.")
  private List<String> tags = new ArrayList<>();

  public ClearCommand(Shell shell) {
    super(shell);
  }

  @Override
  protected void checkOptions() {
    if (namespaces.isEmpty() && tags.isEmpty()) {
      throw wrong("what is to be removed? Say --namespace=PREFIX or --tag=TAG");
    }
  }

  @Override
  protected int run(RespConnection server) throws IOException {
    for (String namespace : namespaces) {
      server.ask("SPEICHER", "CLEAR", "NAMESPACE", namespace);
    }
    if (!tags.isEmpty()) {
      List<String> command = new ArrayList<>(List.of("SPEICHER", "CLEAR", "TAG"));
      command.addAll(tags);
      server.ask(command.toArray(String[]::new));
    }
    return ExitCode.OK;
  }
}
