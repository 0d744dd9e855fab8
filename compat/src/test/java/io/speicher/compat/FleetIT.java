package io.speicher.compat;

import static org.assertj.core.api.Assertions.assertThat;

import io.speicher.client.Cache;
import io.speicher.client.Codec;
import io.speicher.client.Speicher;
import io.speicher.server.ServerSettings;
import io.speicher.server.SpeicherServer;
import io.speicher.store.Ticker;
import io.speicher.store.segment.SegmentStore;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Loaders of several processes that use one server. */
final class FleetIT {
  private static final int CALLERS = 1_000;
  private static final List<Integer> SHARES = List.of(333, 333, 334);

  private final List<Process> processes = new ArrayList<>();
  private SpeicherServer server;
  private Speicher speicher;

  @BeforeEach
  void start() throws Exception {
    server =
        SpeicherServer.start(
            ServerSettings.DEFAULT.withPort(0), new SegmentStore(64L << 20, Ticker.system()));
    speicher = FleetCaller.connect(server.port());
  }

  @AfterEach
  void stop() throws InterruptedException {
    for (Process process : processes) {
      process.destroyForcibly().waitFor();
    }
    speicher.close();
    server.close();
  }

  private Process startCallers(int callers, int allCallers) throws IOException {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Xmx64m",
                "-cp",
                System.getProperty("java.class.path"),
                FleetCaller.class.getName(),
                Integer.toString(server.port()),
                Integer.toString(callers),
                Integer.toString(allCallers))
            .inheritIO()
            .start();
    processes.add(process);
    return process;
  }

  private @Nullable Long loads() {
    return FleetCaller.counters(speicher).get("loads");
  }

  @Test
  void thousandCallers_oneLoad() throws Exception {
    for (int callers : SHARES) {
      startCallers(callers, CALLERS);
    }
    for (Process process : processes) {
      assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
      assertThat(process.exitValue()).isZero();
    }
    assertThat(FleetCaller.counters(speicher).get("arrived")).isEqualTo(CALLERS);
    assertThat(loads()).isEqualTo(1);
    assertThat(FleetCaller.values(speicher).get(FleetCaller.KEY)).isEqualTo(FleetCaller.VALUE);
  }

  /** What was leased to a process that has died is loaded by another one when the lease ends. */
  @Test
  void loaderDies() throws Exception {
    Process loader = startCallers(1, 0);
    while (loads() == null) {
      assertThat(loader.isAlive()).isTrue();
    }
    loader.destroyForcibly().waitFor();

    Cache<String> other =
        speicher.cache("values", Codec.string(), o -> o.lease(Duration.ofMinutes(5)));
    assertThat(other.get(FleetCaller.KEY, key -> "second")).isEqualTo("second");
    assertThat(other.get(FleetCaller.KEY)).isEqualTo("second");
  }
}
