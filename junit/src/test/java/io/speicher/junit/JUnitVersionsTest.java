package io.speicher.junit;

import static java.util.function.Predicate.not;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The tests of the extension with the JUnit before this one, in parallel. */
final class JUnitVersionsTest {
  private static final int TESTS = 21;

  @Test
  void junit5() throws Exception {
    File[] jars = new File("target/junit-5").listFiles();
    assertThat(jars).isNotNull();
    String[] classPath = System.getProperty("java.class.path").split(File.pathSeparator, -1);
    String withJunit5 =
        Stream.concat(
                Arrays.stream(jars).map(File::getPath),
                Arrays.stream(classPath).filter(not(JUnitVersionsTest::isJunit)))
            .collect(Collectors.joining(File.pathSeparator));
    List<String> command = new ArrayList<>();
    command.add(System.getProperty("java.home") + "/bin/java");
    if (Runtime.version().feature() >= LocalServer.MIN_JAVA) {
      command.add("--enable-native-access=ALL-UNNAMED");
    }
    command.addAll(List.of("-XX:TieredStopAtLevel=1", "-cp", withJunit5, RunTests.class.getName()));
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).isZero();
    assertThat(said.strip()).matches("JUnit 5\\.[0-9.]+: tests=" + TESTS);
  }

  private static boolean isJunit(String path) {
    return path.contains("junit-jupiter-") || path.contains("junit-platform-");
  }
}
