package io.speicher.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.speicher.server.ServerSettings;
import io.speicher.server.SpeicherServer;
import io.speicher.store.Ticker;
import io.speicher.store.segment.SegmentStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.HistogramLogReader;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The command against a server of this process. */
final class BenchIT {
  private static SpeicherServer server;

  @TempDir private Path directory;

  @BeforeAll
  static void start() throws IOException {
    server =
        SpeicherServer.start(
            ServerSettings.DEFAULT.withPort(0), new SegmentStore(64 << 20, Ticker.system()));
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  // ---- closed loop ----

  @ParameterizedTest
  @EnumSource(Protocol.class)
  void requests_areCountedExactly(Protocol protocol) {
    BenchOutcome outcome =
        bench(
            protocol,
            "--preload",
            "--keys=1000",
            "--requests=10001",
            "--pipeline=7",
            "--threads=2",
            "--verify",
            "--value-size=16..3000",
            "--json");
    assertThat(outcome.err()).isEmpty();
    assertThat(outcome.status()).isZero();
    assertThat(outcome.number("operations")).isEqualTo(10_001);
    assertThat(seriesOperations(outcome)).isEqualTo(10_001);
    assertThat(outcome.number("hits")).isBetween(8_500.0, 9_500.0);
    assertThat(outcome.number("misses")).isZero();
    assertThat(outcome.number("errors")).isZero();
    assertThat(outcome.number("p50")).isPositive();
  }

  @ParameterizedTest
  @EnumSource(Protocol.class)
  void misses(Protocol protocol) {
    BenchOutcome outcome =
        bench(protocol, "--key-prefix=none:", "--mix=get=1,delete=1", "--requests=1000", "--json");
    assertThat(outcome.number("hits")).isZero();
    assertThat(outcome.number("misses")).isBetween(400.0, 600.0);
    assertThat(outcome.number("errors")).isZero();
  }

  @Test
  void preloadOnly_setsEachKeyOnce() {
    BenchOutcome preload =
        bench(Protocol.JSON, "--key-prefix=once:", "--keys=777", "--preload-only");
    assertThat(preload).isEqualTo(new BenchOutcome(0, "", ""));
    BenchOutcome reading =
        bench(
            Protocol.RESP,
            "--key-prefix=once:",
            "--keys=777",
            "--distribution=sequential",
            "--mix=get=1",
            "--requests=777",
            "--verify",
            "--json");
    assertThat(reading.number("hits")).isEqualTo(777);
  }

  @Test
  void values_largerThanAnyBuffer() {
    BenchOutcome outcome =
        bench(
            Protocol.JSON,
            "--preload",
            "--keys=4",
            "--value-size=3000000",
            "--pipeline=3",
            "--requests=60",
            "--verify",
            "--json");
    assertThat(outcome.err()).isEmpty();
    assertThat(outcome.number("operations")).isEqualTo(60);
  }

  @Test
  void table_andDuration() {
    BenchOutcome outcome = bench(Protocol.RESP, "--duration=300ms", "--mix=get=1,set=1");
    assertThat(outcome.out())
        .containsPattern("measured +0\\.\\d\\d s\\R")
        .containsPattern("throughput +[\\d,]+ operations/s\\R")
        .containsPattern("get( +[\\d,.]+){8}\\R")
        .containsPattern("set( +[\\d,.]+){8}\\R")
        .containsPattern("all( +[\\d,.]+){8}\\R");
  }

  @Test
  void serverPid() {
    BenchOutcome outcome =
        bench(
            Protocol.RESP,
            "--duration=500ms",
            "--json",
            "--server-pid=" + ProcessHandle.current().pid());
    assertThat(outcome.number("serverCpuMicrosPerOperation")).isPositive();
    assertThat(outcome.number("serverBusy")).isPositive();
  }

  // ---- open loop ----

  @Test
  void rate_isKept() {
    BenchOutcome outcome = bench(Protocol.RESP, "--rate=2000", "--duration=1s", "--json");
    assertThat(outcome.number("operations")).isCloseTo(2_000, within(20.0));
    assertThat(outcome.number("rate")).isEqualTo(2_000);
  }

  /** Half of a second goes by without replies, and that many requests were due meanwhile. */
  @Test
  void rate_aStallIsNotHidden() throws Exception {
    try (StallingProxy proxy = new StallingProxy(server.port(), 100, 500)) {
      BenchOutcome outcome =
          BenchOutcome.run(
              "--target=redis://127.0.0.1:" + proxy.port(),
              "--connections=1",
              "--max-outstanding=1",
              "--warm-up=0",
              "--rate=1000",
              "--requests=1000",
              "--json");
      assertThat(outcome.err()).isEmpty();
      assertThat(outcome.number("operations")).isEqualTo(1_000);
      // A third of the requests were due in the stall's first 350 ms, and so took 150 at least.
      assertThat(outcome.number("p90")).isGreaterThan(150_000);
    }
  }

  // ---- files ----

  @Test
  void histogram_hasAllOperations() throws IOException {
    Path file = directory.resolve("run.hlog");
    assertThat(bench(Protocol.RESP, "--requests=5000", "--histogram=" + file).status()).isZero();
    long operations = 0;
    try (HistogramLogReader reader = new HistogramLogReader(file.toFile())) {
      while (reader.nextIntervalHistogram() instanceof Histogram histogram) {
        operations += histogram.getTotalCount();
      }
    }
    assertThat(operations).isEqualTo(5_000);
  }

  @Test
  void report_withAnEarlierRun() throws IOException {
    Path earlier = directory.resolve("earlier.json");
    Files.writeString(earlier, bench(Protocol.RESP, "--requests=1000", "--json").out());
    Path page = directory.resolve("report.html");
    BenchOutcome outcome =
        bench(Protocol.RESP, "--requests=1000", "--report=" + page, "--overlay=" + earlier);
    assertThat(outcome.status()).isZero();
    assertThat(Files.readString(page))
        .contains(", this run\"", ", earlier\"", "\"percentiles\":[[")
        .doesNotContain("@RUNS@")
        .doesNotContainPattern("(src|href)=");
  }

  private static long seriesOperations(BenchOutcome outcome) {
    return Pattern.compile("\"second\":\\d+,\"operations\":(\\d+)")
        .matcher(outcome.out())
        .results()
        .mapToLong(second -> Long.parseLong(second.group(1)))
        .sum();
  }

  private static BenchOutcome bench(Protocol protocol, String... options) {
    String[] all = new String[options.length + 3];
    all[0] = "--target=" + protocol.scheme() + "://127.0.0.1:" + server.port();
    all[1] = "--warm-up=0";
    all[2] = "--connections=10";
    System.arraycopy(options, 0, all, 3, options.length);
    return BenchOutcome.run(all);
  }
}
