package io.speicher.compat;

import static org.assertj.core.api.Assertions.assertThat;

import io.speicher.testing.Program;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.opentest4j.TestAbortedException;

/**
 * The scripts in {@code src/test/node}, which end with {@code passed}, and the packages that they
 * use. npm installs these, below {@code target}. Where there is no Node that they run on, or
 * nothing to install from, the tests are skipped: not every Debian has one.
 */
final class NodeScripts {
  private static final int MIN_NODE = 20;
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Path SCRIPTS = Path.of("src", "test", "node");
  private static final Path INSTALLED = Path.of("target", "node");

  private final Program node;
  private final Path folder;

  private NodeScripts(Program node, Path folder) {
    this.node = node;
    this.folder = folder;
  }

  /**
   * Installs what the scripts need.
   *
   * @param folder where programs run
   */
  static NodeScripts install(Path folder) throws IOException, InterruptedException {
    Program node = Program.named("node").orElseThrow(() -> skipped("node is not installed"));
    String version = node.run(PATIENCE, folder, "", List.of("--version")).output().strip();
    if (major(version) < MIN_NODE) {
      throw skipped("node is too old: version=" + version + " (expected: 20 or later)");
    }
    Program npm = Program.named("npm").orElseThrow(() -> skipped("npm is not installed"));
    copyScripts();
    List<String> arguments =
        List.of(
            "install",
            "--no-package-lock",
            "--ignore-scripts",
            "--no-audit",
            "--no-fund",
            "--prefer-offline",
            "--prefix",
            INSTALLED.toAbsolutePath().toString());
    Program.Result result = npm.run(PATIENCE.multipliedBy(3), folder, "", arguments);
    if (result.exitCode() != 0) {
      throw skipped("npm could not install the packages: " + result.output());
    }
    return new NodeScripts(node, folder);
  }

  static TestAbortedException skipped(String why) {
    return new TestAbortedException("not tested with Node: " + why);
  }

  /** Of v20.19.2 it is 20. */
  private static int major(String version) {
    return Integer.parseInt(version.substring(1, version.indexOf('.')));
  }

  private static void copyScripts() throws IOException {
    Files.createDirectories(INSTALLED);
    try (Stream<Path> scripts = Files.list(SCRIPTS)) {
      for (Path script : scripts.toList()) {
        Files.write(INSTALLED.resolve(script.getFileName()), Files.readAllBytes(script));
      }
    }
  }

  /** The command that runs a script. */
  List<String> command(String script, String... arguments) {
    List<String> command = new ArrayList<>();
    command.add(node.path());
    command.add(INSTALLED.resolve(script).toAbsolutePath().toString());
    command.addAll(List.of(arguments));
    return command;
  }

  void assertPasses(String script, String... arguments) throws IOException, InterruptedException {
    List<String> command = command(script, arguments);
    Program.Result result = node.run(PATIENCE, folder, "", command.subList(1, command.size()));
    assertThat(result.output()).isEqualTo("passed\n");
    assertThat(result.exitCode()).isZero();
  }
}
