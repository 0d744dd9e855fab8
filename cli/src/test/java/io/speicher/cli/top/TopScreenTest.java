package io.speicher.cli.top;

import static io.speicher.cli.resp.FakeRespServer.array;
import static io.speicher.cli.resp.FakeRespServer.bulk;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.speicher.cli.operate.ServerInfo;
import io.speicher.cli.resp.FakeRespServer;
import io.speicher.cli.resp.RespConnection;
import io.speicher.cli.resp.UnexpectedReplyException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jline.utils.AttributedString;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class TopScreenTest {
  private static final long SECOND = 1_000_000_000L;

  private static TopSample sample(int second, long usedMemory) {
    Map<String, String> fields = new HashMap<>();
    fields.put("speicher_version", "1.0");
    fields.put("uptime_in_seconds", "" + (3_700 + second));
    fields.put("total_commands_processed", "" + 1_500 * second);
    fields.put("keyspace_hits", "" + 900 * second);
    fields.put("keyspace_misses", "" + 100 * second);
    fields.put("used_memory", "" + usedMemory);
    fields.put("maxmemory", "" + (1 << 20));
    fields.put("connected_clients", "3");
    fields.put(
        "cmdstat_get", "calls=" + 1_000 * second + ",usec=" + 5_000 * second + ",failed_calls=0");
    fields.put(
        "cmdstat_config|get",
        "calls=" + 10 * second + ",usec=" + second + ",failed_calls=" + second);
    fields.put("cmdstat_idle", "calls=7,usec=7,failed_calls=0");
    fields.put("dialect_json", "calls=" + 500 * second);
    fields.put("dialect_resp", "calls=" + 1_010 * second);
    LatencyBuckets get =
        new LatencyBuckets(new TreeMap<>(Map.of(4L, 900L * second, 16L, 1_000L * second)));
    return new TopSample(
        new ServerInfo(fields, second * SECOND), Map.of("get", get), true, List.of());
  }

  private static String screen(int columns, int rows, TopSample before, TopSample now) {
    List<AttributedString> lines =
        new TopScreen(columns, rows, false).lines(before, now, "localhost:1", "");
    assertThat(lines).hasSize(rows);
    assertThat(lines)
        .allSatisfy(line -> assertThat(line.columnLength()).isLessThanOrEqualTo(columns));
    return String.join("\n", lines.stream().map(line -> line.toString().stripTrailing()).toList());
  }

  /** A hostile server can neither break the screen nor command the terminal. */
  @Test
  void lines_ofNonsense() {
    Map<String, String> fields =
        Map.of(
            "speicher_version", "1\u001b[2J",
            "used_memory", "-5",
            "maxmemory", "1",
            "cmdstat_x\u001b", "calls=1e999,usec=-1",
            "total_commands_processed", "NaN");
    TopSample before = new TopSample(new ServerInfo(fields, 0), Map.of(), true, List.of());
    TopSample now = new TopSample(new ServerInfo(fields, SECOND), Map.of(), true, List.of());
    assertThat(screen(80, 24, before, now))
        .contains("speicher 1\\x1b[2J at")
        .doesNotContain("\u001b");
  }

  @Test
  void histogram_ofNonsense() throws Exception {
    String histogram = array(bulk("histogram_usec"), array(bulk("x"), ":1\r\n"));
    try (FakeRespServer server =
            FakeRespServer.knowing(
                "INFO everything",
                bulk("a:1"),
                "LATENCY HISTOGRAM",
                array(bulk("get"), histogram));
        RespConnection connection = server.connect()) {
      assertThatThrownBy(() -> TopSample.read(connection, null))
          .isInstanceOf(UnexpectedReplyException.class)
          .hasMessageContaining("LATENCY HISTOGRAM");
    }
  }

  @Test
  void lines() {
    assertThat(screen(80, 24, sample(1, 1 << 19), sample(2, 1 << 19)))
        .isEqualTo(
            """
            speicher 1.0 at localhost:1, up 1h01m                                 last 1.0 s
            ops/s 1500   hit 90.0 %   in -/s   out -/s   cpu - %   conns 3
            evicted/s -   expired/s -   errors/s -   rejected conns/s -
            memory 512K of 1.0M [||||||||||          ] 50.0 %   keys 0   resident -
            dialects/s   json 500   resp 1010
            latency at most   p50 4us   p99 16us   p99.9 16us

            command     ops/s  mean  p50   p99  failed/s
            get          1000   5us  4us  16us         0
            config get     10   0us    -     -         1
            """
                + "\n".repeat(13)
                + "q quits");
  }

  @ParameterizedTest
  @CsvSource({"80, 24", "20, 5", "40, 10", "200, 60", "1, 1"})
  void lines_fit(int columns, int rows) {
    screen(columns, rows, sample(1, 1), sample(2, 1));
  }

  @Test
  void message() {
    List<AttributedString> lines = new TopScreen(30, 3, true).waiting("a:1", "no connection");
    assertThat(lines.get(0).toString()).isEqualTo("a:1");
    assertThat(lines.get(2).toString()).isEqualTo("no connection");
    assertThat(lines.get(2).toAnsi()).contains("\u001b[");
  }

  /** NO_COLOR leaves bold and faint, which are no colours. */
  @Test
  void memory_nearlyFull() {
    assertThat(ansi(true)).contains("\u001b[33mmemory");
    assertThat(ansi(false)).contains("\nmemory").doesNotContain("\u001b[33m");
  }

  private static String ansi(boolean usesColour) {
    return String.join(
        "\n",
        new TopScreen(80, 24, usesColour)
            .lines(sample(1, 1 << 20), sample(2, 1 << 20), "localhost:1", "").stream()
                .map(AttributedString::toAnsi)
                .toList());
  }

  // Latencies.

  @Test
  void latency_since() {
    LatencyBuckets before = new LatencyBuckets(new TreeMap<>(Map.of(4L, 10L, 64L, 20L)));
    LatencyBuckets now = new LatencyBuckets(new TreeMap<>(Map.of(4L, 10L, 16L, 109L, 64L, 120L)));
    LatencyBuckets between = now.since(before);
    assertThat(between.total()).isEqualTo(100);
    assertThat(between.percentile(50)).isEqualTo(16);
    assertThat(between.percentile(99.9)).isEqualTo(64);
    assertThat(before.since(now)).isEqualTo(before); // It began anew.
    assertThat(LatencyBuckets.NONE.percentile(50)).isNaN();
    assertThat(before.plus(now).total()).isEqualTo(140);
  }
}
