package io.speicher.cli;

import io.speicher.cli.console.Shell;
import io.speicher.protocol.json.JsonText;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Option;

/** {@code speicher version}: says which Speicher this is, and which Java runs it. */
@Command(
    name = "version",
    description = "Print the version of Speicher and of the Java that runs it.",
    sortOptions = false)
final class VersionCommand implements Callable<Integer> {
  private final Shell shell;

  @Option(names = "--json", order = 1, description = "Print JSON.")
  private boolean json;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      order = 2,
      description = "Show this help and exit.")
  @SuppressWarnings("UnusedVariable") // For picocli alone.
  private boolean help;

  VersionCommand(Shell shell) {
    this.shell = shell;
  }

  @Override
  public Integer call() {
    shell.out().println(json ? asJson() : asText());
    return ExitCode.OK;
  }

  private static String asText() {
    return "speicher " + version() + " (Java " + Runtime.version() + ", " + jvm() + ")";
  }

  private static String asJson() {
    return "{\"version\":%s,\"java\":%s,\"jvm\":%s}"
        .formatted(
            JsonText.quote(version()),
            JsonText.quote(Runtime.version().toString()),
            JsonText.quote(jvm()));
  }

  /** What the jar says; classes that are in none have no version. */
  static String version() {
    String version = VersionCommand.class.getPackage().getImplementationVersion();
    return version == null ? "unpackaged" : version;
  }

  private static String jvm() {
    return System.getProperty("java.vm.name") + ", " + System.getProperty("java.vendor");
  }

  /** The same for {@code speicher --version}. */
  static final class Provider implements IVersionProvider {
    @Override
    public String[] getVersion() {
      return new String[] {asText()};
    }
  }
}
