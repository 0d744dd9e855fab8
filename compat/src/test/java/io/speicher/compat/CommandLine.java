package io.speicher.compat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/** {@code speicher} as a process of its own, from the class path of the tests. */
final class CommandLine {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final Path folder;
  private final Map<String, String> environment = new TreeMap<>();

  /** What a command did. */
  record Outcome(int status, String out, String err) {}

  /** Runs commands in this folder, which is their home too. */
  CommandLine(Path folder) {
    this.folder = folder;
    environment.put("HOME", folder.toString());
    environment.put("LC_ALL", "C.UTF-8");
  }

  CommandLine with(String variable, String value) {
    environment.put(variable, value);
    return this;
  }

  /** The variables that commands are given beside those of the tests. */
  Map<String, String> environment() {
    return environment;
  }

  /** The words that start a command. */
  static List<String> words(String... arguments) {
    List<String> words = new ArrayList<>();
    words.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    words.addAll(List.of("-XX:TieredStopAtLevel=1", "--enable-native-access=ALL-UNNAMED"));
    words.addAll(List.of("-cp", System.getProperty("java.class.path")));
    words.add("io.speicher.cli.SpeicherCommand");
    words.addAll(List.of(arguments));
    return words;
  }

  Outcome run(String... arguments) throws IOException, InterruptedException {
    return runWith("", arguments);
  }

  /** The same with something on standard input. */
  Outcome runWith(String input, String... arguments) throws IOException, InterruptedException {
    Path in = Files.writeString(folder.resolve("in"), input);
    Path out = folder.resolve("out");
    Path err = folder.resolve("err");
    ProcessBuilder builder =
        new ProcessBuilder(words(arguments))
            .directory(folder.toFile())
            .redirectInput(in.toFile())
            .redirectOutput(out.toFile())
            .redirectError(err.toFile());
    builder.environment().putAll(environment);
    Process process = builder.start();
    if (!process.waitFor(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
      process.destroyForcibly().waitFor();
      throw new AssertionError("it takes longer than " + PATIENCE + ": " + List.of(arguments));
    }
    return new Outcome(process.exitValue(), Files.readString(out), Files.readString(err));
  }
}
