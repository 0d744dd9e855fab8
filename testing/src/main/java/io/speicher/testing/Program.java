package io.speicher.testing;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.opentest4j.TestAbortedException;

/**
 * A program of this machine. One that is missing skips the test that asks for it, and fails it
 * where {@code -Dcompat=true} says that all have to be there.
 */
public final class Program {
  private final String path;

  private Program(String path) {
    this.path = path;
  }

  /** What a program printed, both streams in one, and how it ended. */
  public record Result(int exitCode, String output) {}

  /** The program of that name, which comes with a package of Debian. */
  public static Program find(String name, String debianPackage) {
    return named(name)
        .orElseThrow(() ->
            missing("%s is not installed (Debian package %s)".formatted(name, debianPackage)));
  }

  /** Where it is. */
  public String path() {
    return path;
  }

  /** The program of that name, if there is one. */
  public static Optional<Program> named(String name) {
    return Arrays.stream(System.getenv("PATH").split(File.pathSeparator, -1))
        .map(folder -> new File(folder, name))
        .filter(File::canExecute)
        .findFirst()
        .map(file -> new Program(file.getPath()));
  }

  private static TestAbortedException missing(String what) {
    if (Boolean.getBoolean("compat")) {
      throw new AssertionError(what);
    }
    return new TestAbortedException(what);
  }

  /** Runs it to its end, with {@code input} on its standard input. */
  public Result run(Duration timeout, Path folder, String input, List<String> arguments)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of(path));
    command.addAll(arguments);
    Path in = Files.writeString(folder.resolve("in.txt"), input);
    Path out = folder.resolve("out.txt");
    Process process =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectInput(in.toFile())
            .redirectOutput(out.toFile())
            .start();
    if (!process.waitFor(timeout.toMillis(), TimeUnit.MILLISECONDS)) {
      process.destroyForcibly().waitFor();
      throw new AssertionError(
          "%s took longer than %s:%n%s".formatted(path, timeout, Files.readString(out, UTF_8)));
    }
    return new Result(process.exitValue(), Files.readString(out, UTF_8));
  }
}
