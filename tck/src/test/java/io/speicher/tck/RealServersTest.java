package io.speicher.tck;

import static org.assertj.core.api.Assertions.assertThat;

import io.speicher.testing.OriginalServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The cases of other dialects pass on the servers that these come from, and can fail. */
@Tag("waiting")
@Execution(ExecutionMode.CONCURRENT)
class RealServersTest {
  /** For cases that have to pass: no load on the machine may make them fail. */
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  /** For cases that have to fail, some of them because nothing comes. */
  private static final Duration IMPATIENCE = Duration.ofSeconds(3);

  @TempDir Path folder;

  @ParameterizedTest(name = "{0}")
  @EnumSource(names = {"resp", "memcached"})
  void realServer_passesAll(Dialect dialect) throws IOException {
    try (OriginalServer server = start(dialect)) {
      assertThat(failures(dialect, server.address(), PATIENCE, testCase -> true)).isEmpty();
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("io.speicher.tck.ProxyFlaw#all")
  void wrongServer_isFound(ProxyFlaw flaw) throws IOException {
    Predicate<Case> finders = testCase -> flaw.finders().contains(testCase.fullName());
    try (OriginalServer server = start(flaw.dialect());
        ChangingProxy proxy = new ChangingProxy(server.address(), flaw)) {
      assertThat(failures(flaw.dialect(), server.address(), PATIENCE, finders))
          .as("without the proxy")
          .isEmpty();
      assertThat(failures(flaw.dialect(), proxy.address(), IMPATIENCE, finders))
          .extracting(result -> result.testCase().fullName())
          .as("through the proxy")
          .containsExactlyInAnyOrderElementsOf(flaw.finders());
    }
  }

  private OriginalServer start(Dialect dialect) throws IOException {
    return dialect == Dialect.resp
        ? OriginalServer.redis(folder)
        : OriginalServer.memcached(folder);
  }

  private static List<CaseResult> failures(
      Dialect dialect, InetSocketAddress address, Duration timeout, Predicate<Case> wanted) {
    CaseRunner runner = new CaseRunner(address, timeout, 1.0, Map.of());
    return Transcripts.cases(dialect).stream()
        .filter(testCase -> testCase.level() != Case.Level.speicher)
        .filter(wanted)
        .map(runner::run)
        .filter(result -> !result.passed())
        .toList();
  }
}
