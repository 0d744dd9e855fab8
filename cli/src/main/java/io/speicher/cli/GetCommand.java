package io.speicher.cli;

import io.speicher.cli.console.Shell;
import io.speicher.client.Codec;
import io.speicher.client.Speicher;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code speicher get}: prints a value. */
@Command(
    name = "get",
    description = "Print the value under a key.",
    sortOptions = false,
    footerHeading = "%nExamples:%n",
    footer = {
      "  speicher get greeting                    hello",
      "  speicher get --json greeting             \"hello\"",
      "  speicher get -n page > page.html         the same bytes that speicher set page - has read",
      "",
      "A value that is not text, such as a number or an object, is printed as JSON with or without",
      "--json. Output is UTF-8 whatever the locale is. Exits with 1 if there is no such key."
    })
final class GetCommand extends ClientCommand {
  @Parameters(paramLabel = "KEY", description = "The key.")
  private String key = "";

  @Option(
      names = "--json",
      order = 1,
      description = "Print the value as JSON, exactly as the server keeps it.")
  private boolean json;

  @Option(
      names = {"-n", "--no-newline"},
      order = 2,
      description = "Print the value alone, without a newline after it.")
  private boolean noNewline;

  GetCommand(Shell shell) {
    super(shell);
  }

  @Override
  int run(Speicher client) {
    String value = client.cache("", json ? Codec.json() : Codec.string()).get(key);
    if (value == null) {
      say("no such key: " + key);
      return NOT_DONE;
    }
    shell.out().print(noNewline ? value : value + System.lineSeparator());
    return ExitCode.OK;
  }
}
