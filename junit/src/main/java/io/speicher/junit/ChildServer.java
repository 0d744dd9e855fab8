package io.speicher.junit;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Properties;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A server in a process of its own, for tests on an older Java than it needs. It has the class path
 * of the tests, and ends when its standard input does: with the tests, however they end.
 */
final class ChildServer {
  private static final String READY = "port ";

  /** Where JDKs lie on the machines that people have. */
  private static final List<String> FOLDERS =
      List.of(
          "/usr/lib/jvm",
          "/opt",
          System.getProperty("user.home") + "/.jdks",
          System.getProperty("user.home") + "/.sdkman/candidates/java",
          "/Library/Java/JavaVirtualMachines");

  private ChildServer() {}

  /** What the process runs. */
  public static void main(String[] arguments) throws IOException {
    System.out.println(READY + InnerServer.start());
    while (System.in.read() >= 0) {
      // Until nobody is there any more who could write.
    }
    System.exit(0);
  }

  /**
   * Starts the process, and waits until the server listens.
   *
   * @return its port
   */
  static int start() throws IOException {
    Process process =
        new ProcessBuilder(
                java().toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Xmx64m",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                ChildServer.class.getName())
            .redirectErrorStream(true)
            .start();
    List<String> said = new ArrayList<>();
    // Not to be closed: it would end the process's standard output.
    BufferedReader out = new BufferedReader(reader(process));
    for (String line = out.readLine(); line != null; line = out.readLine()) {
      if (line.startsWith(READY)) {
        return Integer.parseInt(line.substring(READY.length()));
      }
      said.add(line);
    }
    throw new IOException(
        "the process of the server has ended; it said:\n" + String.join("\n", said));
  }

  private static Reader reader(Process process) {
    return new java.io.InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8);
  }

  /** The launcher of a Java that the server runs on. */
  private static Path java() {
    return homes()
        .filter(home -> feature(home) >= LocalServer.MIN_JAVA)
        .map(home -> home.resolve("bin/java"))
        .filter(Files::isExecutable)
        .findFirst()
        .orElseThrow(() ->
            new IllegalStateException(
                "the server needs Java "
                    + LocalServer.MIN_JAVA
                    + ", the tests run on "
                    + Runtime.version().feature()
                    + ", and no JDK was found in "
                    + FOLDERS
                    + ": install one, let JAVA25_HOME name it, or run the tests on it"));
  }

  private static Stream<Path> homes() {
    Stream<Path> named =
        Stream.of("JAVA25_HOME", "JAVA_25_HOME", "JAVA_HOME_25_X64", "JAVA_HOME")
            .map(System::getenv)
            .filter(Objects::nonNull)
            .map(Path::of);
    Stream<Path> found =
        FOLDERS.stream()
            .map(folder -> new File(folder).listFiles())
            .filter(Objects::nonNull)
            .flatMap(Stream::of)
            .sorted()
            .flatMap(
                folder -> Stream.of(folder.toPath(), folder.toPath().resolve("Contents/Home")));
    return Stream.concat(named, found);
  }

  /** Which Java it is, or 0 if it is none. */
  private static int feature(Path home) {
    Properties release = new Properties();
    try (Reader in = Files.newBufferedReader(home.resolve("release"))) {
      release.load(in);
    } catch (IOException e) {
      return 0; // It is no Java.
    }
    @Nullable String version = release.getProperty("JAVA_VERSION");
    return version == null ? 0 : Runtime.Version.parse(version.replace("\"", "")).feature();
  }
}
