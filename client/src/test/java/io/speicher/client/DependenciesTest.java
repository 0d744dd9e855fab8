package io.speicher.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.lang.module.Configuration;
import java.lang.module.ModuleFinder;
import java.lang.module.ResolvedModule;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a program takes in with the client. The tests run on the class path that Maven resolves. */
final class DependenciesTest {
  @Test
  void modules() {
    Path[] classPath =
        Pattern.compile(File.pathSeparator, Pattern.LITERAL)
            .splitAsStream(System.getProperty("java.class.path"))
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
}
