package io.speicher.compat;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What Kotlin makes of the Java client, by its compiler: whether it finds all that signatures name,
 * and whether it sees what may be null.
 */
final class KotlinIT {
  private static final String CLASS_PATH = System.getProperty("java.class.path", "");

  /** In the compiler's own lines; the JDK warns of what the compiler uses. */
  private static final String ERROR = "error: ";

  @TempDir private Path folder;

  @Test
  void program() throws Exception {
    List<String> errors =
        compile(
            """
            import io.speicher.client.Codec
            import io.speicher.client.Speicher
            import java.time.Duration

            fun told(): String =
                Speicher.inMemory().use { speicher ->
                    val users = speicher.cache("users", Codec.string()) { it.ttl(Duration.ofMinutes(1)) }
                    users.set("ada", "Ada")
                    val told = StringBuilder()
                    users.async().get("ada").thenAccept { value -> told.append(value) }.join()
                    val loaded: String = users.get("bob") { key -> key.uppercase() } ?: "none"
                    val missing: String? = users.get("nobody")
                    "$told $loaded $missing ${speicher.get("users:ada")?.length}"
                }
            """);
    assertThat(errors).isEmpty();
    URL[] classes = {folder.resolve("classes").toUri().toURL()};
    try (URLClassLoader loader = new URLClassLoader(classes, getClass().getClassLoader())) {
      assertThat(loader.loadClass("ProgramKt").getMethod("told").invoke(null))
          .isEqualTo("Ada BOB null 3");
    }
  }

  /** A miss is null, and the compiler knows it. */
  @Test
  void miss_unchecked() throws Exception {
    assertThat(
            compile(
                """
                import io.speicher.client.Cache

                fun lengthOf(cache: Cache<String>): Int = cache.get("k").length
                """))
        .singleElement()
        .asString()
        .contains("nullable receiver of type 'String?'");
  }

  /** The errors that the compiler has found in the program. */
  private List<String> compile(String program) throws IOException, InterruptedException {
    Path source = Files.writeString(folder.resolve("Program.kt"), program);
    Path log = folder.resolve("log");
    Process compiler =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Xmx512m",
                "-cp",
                Arrays.stream(CLASS_PATH.split(File.pathSeparator, -1))
                    .filter(part -> part.contains("jetbrains"))
                    .collect(Collectors.joining(File.pathSeparator)),
                "org.jetbrains.kotlin.cli.jvm.K2JVMCompiler",
                "-no-stdlib",
                "-no-reflect",
                "-cp",
                CLASS_PATH,
                "-d",
                folder.resolve("classes").toString(),
                source.toString())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    int exit = compiler.waitFor();
    String said = Files.readString(log, StandardCharsets.UTF_8);
    List<String> errors = said.lines().filter(line -> line.contains(ERROR)).toList();
    assertThat(exit).as(said).isEqualTo(errors.isEmpty() ? 0 : 1);
    return errors;
  }
}
