package io.speicher.cli;

import static java.util.Objects.requireNonNull;

import io.speicher.cli.console.Shell;
import io.speicher.protocol.json.JsonText;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
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
    String commit = commit();
    return "{\"version\":%s,\"commit\":%s,\"date\":%s,\"java\":%s,\"jvm\":%s}"
        .formatted(
            JsonText.quote(version()),
            commit == null ? "null" : JsonText.quote(commit),
            JsonText.quote(date()),
            JsonText.quote(Runtime.version().toString()),
            JsonText.quote(jvm()));
  }

  /** What the jar says; classes that are in none have no version. */
  static String version() {
    String version = VersionCommand.class.getPackage().getImplementationVersion();
    return version == null ? "unpackaged" : version;
  }

  /** The commit it was built from; null if it was built from a copy of the sources. */
  private static @Nullable String commit() {
    return filtered("commit");
  }

  /** The day of the commit, or else of the release, as {@code 2026-11-30}. */
  static String date() {
    String committed = filtered("committed");
    String date = committed == null ? requireNonNull(filtered("built")) : committed;
    return date.substring(0, "2026-11-30".length());
  }

  /** What Maven has put in the place of a name; null if it has left the name. */
  private static @Nullable String filtered(String name) {
    Properties built = new Properties();
    try (InputStream in =
        requireNonNull(VersionCommand.class.getResourceAsStream("built.properties"), "built")) {
      built.load(in);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read built.properties", e);
    }
    String value = built.getProperty(name, "");
    return value.isEmpty() || value.startsWith("${") ? null : value;
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
