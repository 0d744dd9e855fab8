package io.speicher.tck;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Runs the kit against servers with one mistake each: the right cases have to fail, and no others.
 */
@Tag("waiting")
@Execution(ExecutionMode.CONCURRENT)
class WrongServersTest {
  /** For cases that have to pass: no load on the machine may make them fail. */
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  /** For cases that have to fail, some of them because nothing comes. */
  private static final Duration IMPATIENCE = Duration.ofSeconds(1);

  private static final double SCALE = 0.3;
  private static final int TRIES = 4;

  /**
   * Of the cases whose topic finds nothing of a flaw, one in so many runs against it, which ones
   * depends on the flaw: all of them would take minutes.
   */
  private static final int OTHERS = 12;

  /** All that are for a server that asks for no password, as these do. */
  private static final List<Case> CASES =
      Transcripts.cases(Dialect.json).stream()
          .filter(testCase -> !testCase.isForPassword())
          .toList();

  @Test
  void rightServer_passesAll() throws IOException {
    try (ReferenceServer server = new ReferenceServer(null, 0)) {
      assertThat(failures(server, CASES.stream(), PATIENCE)).isEmpty();
    }
  }

  @ParameterizedTest(name = "{0}")
  @EnumSource(Flaw.class)
  void wrongServer_isFound(Flaw flaw) throws IOException {
    WrongServers expected = WrongServers.read();
    List<Case> cases = expected.running(flaw, CASES);
    Set<String> failing = expected.failing(flaw, cases);
    Predicate<Case> mustFail = testCase -> failing.contains(testCase.fullName());
    Set<String> topics =
        cases.stream().filter(mustFail).map(Case::topic).collect(Collectors.toSet());
    int share = Math.floorMod(flaw.name().hashCode(), OTHERS);
    Stream<Case> others =
        IntStream.range(0, cases.size())
            .filter(i -> i % OTHERS == share || topics.contains(cases.get(i).topic()))
            .mapToObj(cases::get)
            .filter(mustFail.negate());

    try (ReferenceServer server = new ReferenceServer(flaw, 0)) {
      assertThat(failuresInTries(server, cases.stream().filter(mustFail).toList()))
          .as("cases that find it")
          .isNotEmpty()
          .isEqualTo(failing);
      assertThat(failures(server, others, PATIENCE))
          .as("cases that have nothing to do with it")
          .isEmpty();
    }
  }

  /**
   * Those that fail in one of a few tries: a server that is late by some milliseconds is not seen
   * by a client that a busy machine has let wait for longer.
   */
  private static Set<String> failuresInTries(ReferenceServer server, List<Case> cases) {
    Set<String> failing = new TreeSet<>();
    for (int tries = 0; tries < TRIES && failing.size() < cases.size(); tries++) {
      Stream<Case> passing =
          cases.stream().filter(testCase -> !failing.contains(testCase.fullName()));
      failing.addAll(failures(server, passing, IMPATIENCE));
    }
    return failing;
  }

  private static Set<String> failures(
      ReferenceServer server, Stream<Case> cases, Duration timeout) {
    InetSocketAddress address =
        new InetSocketAddress(InetAddress.getLoopbackAddress(), server.port());
    CaseRunner runner = new CaseRunner(address, timeout, SCALE, Map.of());
    return cases
        .map(runner::run)
        .filter(result -> !result.passed())
        .map(result -> result.testCase().fullName())
        .collect(Collectors.toCollection(TreeSet::new));
  }
}
