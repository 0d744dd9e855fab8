package io.speicher.compat.architecture;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackages;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.Arrays;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which module and which package may know which. */
final class ArchitectureTest {
  private static final String ROOT = "io.speicher.";

  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .withImportOption(location -> !location.contains("-tests.jar"))
          .importPackages("io.speicher");

  // ---- modules ----

  /** A module that is missing on the right knows none of the others. */
  @ParameterizedTest
  @CsvSource({
    "protocol, ''",
    "dialect,  protocol",
    "store,    ''",
    "server,   protocol dialect store",
    "cluster,  protocol dialect store server",
    "client,   protocol",
    "jackson,  client",
    "compression, client",
    "near,     client",
    "telemetry, client",
    "embedded, protocol client store",
    "junit,    client server store",
    "jcache,   client",
    "spring,   client near telemetry",
    "cli,      protocol client",
    "tck,      ''",
    "load,     ''",
    "testing,  ''",
    "compat,   ''", // What has tests, and no classes of its own.
  })
  void module(String module, String known) {
    String[] allowed =
        Stream.concat(
                Stream.of(module), Arrays.stream(known.split(" ", -1)).filter(s -> !s.isEmpty()))
            .map(name -> ROOT + name + "..")
            .toArray(String[]::new);
    noClasses()
        .that()
        .resideInAPackage(ROOT + module + "..")
        .should()
        .dependOnClassesThat(
            resideInAnyPackage("io.speicher..").and(resideOutsideOfPackages(allowed)))
        .check(CLASSES);
  }

  /** A module that is not in the table above would be held by none of its rules. */
  @Test
  void modules() {
    Set<String> modules =
        CLASSES.stream()
            .map(type -> type.getPackageName().substring(ROOT.length()).split("\\.", -1)[0])
            .collect(Collectors.toSet());
    assertThat(modules)
        .containsExactlyInAnyOrder(
            "protocol",
            "dialect",
            "store",
            "server",
            "cluster",
            "client",
            "jackson",
            "compression",
            "near",
            "telemetry",
            "embedded",
            "junit",
            "jcache",
            "spring",
            "cli",
            "tck",
            "load",
            "testing",
            "compat");
  }

  // ---- packages ----

  @Test
  void packages_withoutCycles() {
    slices().matching("io.speicher.(**)").should().beFreeOfCycles().check(CLASSES);
  }

  @Test
  void net_withoutStore() {
    noClasses()
        .that()
        .resideInAPackage("io.speicher.server.net..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("io.speicher.store..")
        .check(CLASSES);
  }

  @Test
  void command_withoutNet() {
    noClasses()
        .that()
        .resideInAPackage("io.speicher.server.command..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("io.speicher.server.net..", "io.netty.channel..")
        .check(CLASSES);
  }

  /** What speaks HTTP does not know what it is about. */
  @Test
  void http_withoutContents() {
    noClasses()
        .that()
        .resideInAPackage("io.speicher.server.http..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "io.speicher.store..", "io.speicher.server.command..", "io.speicher.server.admin..")
        .check(CLASSES);
  }

  @Test
  void httpCodec_onlyInHttp() {
    noClasses()
        .that()
        .resideOutsideOfPackages("io.speicher.server.http..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("io.netty.handler.codec.http..")
        .check(CLASSES);
  }

  /** Only the root assembles: no package below it knows it. */
  @Test
  void root_unknownToItsPackages() {
    noClasses()
        .that()
        .resideInAnyPackage(
            "io.speicher.server.net..",
            "io.speicher.server.command..",
            "io.speicher.server.http..",
            "io.speicher.server.admin..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("io.speicher.server")
        .check(CLASSES);
  }

  // ---- libraries ----

  /** Netty's buffers are in {@code io.netty.buffer}, and how they are counted in its util. */
  @Test
  void dialect_withoutChannels() {
    noClasses()
        .that()
        .resideInAPackage("io.speicher.dialect..")
        .should()
        .dependOnClassesThat(
            resideInAnyPackage("io.netty..")
                .and(resideOutsideOfPackages("io.netty.buffer", "io.netty.util")))
        .check(CLASSES);
  }

  @Test
  void netty_onlyInServerAndDialect() {
    noClasses()
        .that()
        .resideOutsideOfPackages(
            "io.speicher.server..", "io.speicher.dialect..", "io.speicher.testing..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("io.netty..")
        .check(CLASSES);
  }

  /** What stands alone or is embedded needs nothing but the JDK; annotations are no need. */
  @Test
  void protocolStoreAndClient_onJdkAlone() {
    classes()
        .that()
        .resideInAnyPackage("io.speicher.protocol..", "io.speicher.store..", "io.speicher.client..")
        .should()
        .onlyDependOnClassesThat(
            resideInAnyPackage(
                    "java..",
                    "javax.net.ssl..",
                    "jdk.jfr..",
                    "io.speicher..",
                    "org.jspecify..",
                    "com.google.errorprone..")
                .or(describe("primitive arrays", JavaClass::isArray)))
        .check(CLASSES);
  }
}
