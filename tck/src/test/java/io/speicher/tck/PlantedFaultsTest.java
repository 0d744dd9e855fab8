package io.speicher.tck;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Plants one fault after the other in the reference server: the kit has to find each of them. */
@Tag("waiting")
@Execution(ExecutionMode.CONCURRENT)
class PlantedFaultsTest {
  /** For cases that have to fail, some of them because nothing comes. */
  private static final Duration IMPATIENCE = Duration.ofSeconds(3);

  private static final int TRIES = 4;

  static List<PlantedFaults.Fault> faults() throws IOException {
    return PlantedFaults.read();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("faults")
  void fault_isFound(PlantedFaults.Fault fault) throws Exception {
    try (ChangedServer server = ChangedServer.start(fault.changedSources())) {
      InetSocketAddress address =
          new InetSocketAddress(InetAddress.getLoopbackAddress(), server.port());
      CaseRunner runner = new CaseRunner(address, IMPATIENCE, 1.0, Map.of());
      List<String> finders =
          Transcripts.cases(Dialect.json).stream()
              .filter(testCase -> fault.finders().contains(testCase.fullName()))
              .filter(testCase -> fails(testCase, runner))
              .map(Case::fullName)
              .toList();
      assertThat(finders).isNotEmpty().containsExactlyInAnyOrderElementsOf(fault.finders());
    }
  }

  /**
   * In one of a few tries: a server that is late by some milliseconds is not seen by a client that
   * a busy machine has let wait for longer.
   */
  private static boolean fails(Case testCase, CaseRunner runner) {
    return IntStream.range(0, TRIES).anyMatch(i -> !runner.run(testCase).passed());
  }

  @Test
  void names_areUnique() throws IOException {
    assertThat(faults()).extracting(PlantedFaults.Fault::name).doesNotHaveDuplicates();
  }
}
