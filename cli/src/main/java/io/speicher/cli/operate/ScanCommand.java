package io.speicher.cli.operate;

import io.speicher.cli.console.Printable;
import io.speicher.cli.console.Progress;
import io.speicher.cli.console.Shell;
import io.speicher.cli.resp.RespConnection;
import io.speicher.cli.resp.RespReply;
import io.speicher.protocol.json.JsonText;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code speicher scan}: the keys that there are. */
@Command(
    name = "scan",
    description = "Print the keys that match a pattern, without holding the server up.",
    sortOptions = false,
    footerHeading = "%nExamples:%n",
    footer = {
      "  speicher scan                            all keys, in no order",
      "  speicher scan 'user:*' --count 10        at most ten that begin so",
      "  speicher scan --json 'user:*'            a JSON string a line, for keys with odd bytes",
      "",
      "In a pattern, * stands for anything, ? for one character, [a-c] for one of some. On a",
      "terminal, bytes that are no text are shown as \\x00; into a pipe, keys are printed as they",
      "are. Exits with 1 if there is no such key.",
    })
public final class ScanCommand extends RespCommand {
  @Parameters(
      paramLabel = "PATTERN",
      arity = "0..1",
      description = "Which keys (default: all of them).")
  private @Nullable String pattern;

  @Option(names = "--count", paramLabel = "N", order = 1, description = "Stop after so many keys.")
  private long count = Long.MAX_VALUE;

  @Option(names = "--json", order = 2, description = "Print a JSON string a line.")
  private boolean json;

  private long printed;

  public ScanCommand(Shell shell) {
    super(shell);
  }

  @Override
  protected void checkOptions() {
    requireAtLeastOne("--count", count);
  }

  @Override
  protected int run(RespConnection server) throws IOException {
    try (Progress progress = new Progress(shell)) {
      new KeyWalk(server, progress).walk(pattern, keys -> print(keys, progress));
    }
    if (printed == 0) {
      say(pattern == null ? "there are no keys" : "no key matches " + pattern);
      return NOT_DONE;
    }
    return ExitCode.OK;
  }

  private boolean print(List<RespReply> keys, Progress progress) throws IOException {
    if (!keys.isEmpty()) {
      progress.hide();
    }
    for (RespReply key : keys) {
      if (printed == count) {
        return false;
      }
      printed++;
      print(key);
    }
    return printed < count && !shell.out().checkError();
  }

  private void print(RespReply key) throws IOException {
    if (json) {
      shell.out().println(JsonText.quote(Printable.forJson(key.bytes())));
    } else if (shell.terminals().out()) {
      shell.out().println(Printable.text(key.bytes()));
    } else {
      byte[] line = new byte[key.bytes().remaining() + 1];
      key.bytes().duplicate().get(line, 0, line.length - 1);
      line[line.length - 1] = '\n';
      shell.bytes().write(line);
    }
  }
}
