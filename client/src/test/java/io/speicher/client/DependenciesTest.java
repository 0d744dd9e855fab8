package io.speicher.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.StringWriter;
import java.lang.module.Configuration;
import java.lang.module.ModuleFinder;
import java.lang.module.ResolvedModule;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a program takes in with the client. The tests run on the class path that Maven resolves. */
final class DependenciesTest {
  @Test
  void modules() {
    Path[] classPath =
        Pattern.compile(File.pathSeparator, Pattern.LITERAL)
            .splitAsStream(classPath())
            .map(Path::of)
            .toArray(Path[]::new);
    Configuration graph =
        Configuration.resolve(
            ModuleFinder.of(classPath),
            List.of(ModuleLayer.boot().configuration()),
            ModuleFinder.of(),
            Set.of("io.speicher.client"));
    assertThat(graph.modules())
        .extracting(ResolvedModule::name)
        .containsExactlyInAnyOrder("io.speicher.client", "io.speicher.protocol");
  }

  @ParameterizedTest
  @ValueSource(strings = {"io/netty", "io/speicher/dialect", "io/speicher/store"})
  void classPath_without(String folder) {
    assertThat(ClassLoader.getSystemResource(folder)).isNull();
  }

  @Test
  void classPath_withAnnotations() {
    assertThat(ClassLoader.getSystemResource("org/jspecify/annotations/Nullable.class"))
        .as("the nullness annotations, which module-info requires of whoever compiles against it")
        .isNotNull();
  }

  /** A module of a user's that says no more than that it needs the client. */
  @Test
  void modulePath_ofAUser(@TempDir Path folder) throws Exception {
    Path moduleInfo =
        Files.writeString(
            folder.resolve("module-info.java"), "module m { requires io.speicher.client; }");
    Path user =
        Files.writeString(
            folder.resolve("User.java"),
            """
            package m;

            import io.speicher.client.*;

            class User {
              void use(Cache<String> cache) {
                cache.async().get("k").thenAccept(value -> {});
                String value = cache.get("k", key -> key);
              }
            }
            """);
    StringWriter messages = new StringWriter();
    boolean isCompiled =
        ToolProvider.getSystemJavaCompiler()
            .getTask(
                messages,
                null,
                null,
                List.of("--module-path", classPath(), "-d", folder.resolve("classes").toString()),
                null,
                ToolProvider.getSystemJavaCompiler()
                    .getStandardFileManager(null, null, null)
                    .getJavaFileObjects(moduleInfo, user))
            .call();
    assertThat(messages.toString()).isEmpty();
    assertThat(isCompiled).isTrue();
  }

  private static String classPath() {
    return System.getProperty("java.class.path", "");
  }
}
