package io.speicher.server;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.speicher.store.Ticker;
import io.speicher.store.segment.SegmentStore;
import io.speicher.testing.CapturedLog;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a server tells of its commands, over real sockets. */
final class CommandFiguresIT {
  private final SpeicherServer server;
  private final RawClient client;

  CommandFiguresIT() throws IOException {
    server =
        SpeicherServer.start(
            TestSettings.of(1, Transport.best())
                .with(ServerSettings.SLOWLOG_LOG_SLOWER_THAN, Duration.ZERO)
                .with(ServerSettings.SLOWLOG_MAX_LEN, 3),
            new SegmentStore(64 << 20, Ticker.system()));
    client = new RawClient(server.port());
  }

  @AfterEach
  void close() throws IOException {
    client.close();
    server.close();
  }

  /** All that is answered until a PING is. */
  private String ask(String commands) throws IOException {
    client.send((commands + "PING end\r\n").getBytes(ISO_8859_1));
    StringBuilder all = new StringBuilder();
    while (all.indexOf("$3\r\nend\r\n") < 0) {
      byte[] next = client.read(1);
      assertThat(next).as(all.toString()).isNotEmpty(); // Or it has ended.
      all.append(new String(next, ISO_8859_1));
    }
    return all.toString();
  }

  @Test
  void info() throws IOException {
    ask("SET a x\r\nGET a\r\nGET a\r\nINCR a\r\nGET\r\nNOSUCH\r\nCONFIG GET save\r\n");
    String commands = ask("INFO commandstats\r\n");
    assertThat(commands)
        .contains("# Commandstats\r\n")
        .containsPattern(
            "cmdstat_get:calls=2,usec=\\d+,usec_per_call=\\d+\\.\\d\\d,rejected_calls=1")
        .containsPattern("cmdstat_incr:calls=1,.*,rejected_calls=0,failed_calls=1")
        .contains("cmdstat_config|get:calls=1,")
        .doesNotContain("cmdstat_:");
    assertThat(ask("INFO\r\n"))
        .contains("errorstat_ERR:count=3\r\n")
        .doesNotContain("# Commandstats");
    assertThat(ask("INFO all\r\n"))
        .containsSubsequence("# Commandstats", "# Errorstats", "# Latencystats")
        .containsPattern("latency_percentiles_usec_[a-z|]+:p50=\\d+\\.\\d{3},p99=.*,p99\\.9=");
    ask("CONFIG RESETSTAT\r\n");
    assertThat(ask("INFO all\r\n")).doesNotContain("cmdstat_set", "errorstat_");
  }

  @Test
  void latencyHistogram() throws IOException {
    ask("GET a\r\n".repeat(1_000));
    assertThat(ask("LATENCY HISTOGRAM get\r\n"))
        .startsWith("*2\r\n$3\r\nget\r\n*4\r\n$5\r\ncalls\r\n:1000\r\n$14\r\nhistogram_usec\r\n*")
        .contains(":1000\r\n$3\r\nend"); // The last bucket holds all.
    assertThat(ask("LATENCY HISTOGRAM nosuch\r\n")).startsWith("*0\r\n");
  }

  @Test
  void slowLog() throws IOException {
    ask("CLIENT SETNAME me\r\nSET key value\r\nMGET a b\r\n");
    String slow = ask("SLOWLOG GET -1\r\n");
    assertThat(slow).startsWith("*3\r\n*6\r\n:").contains("$2\r\nme\r\n", "127.0.0.1:");
    assertThat(slow).contains("*3\r\n$4\r\nmget\r\n$1\r\na\r\n$1\r\nb\r\n").doesNotContain("value");
    assertThat(ask("SLOWLOG GET 1\r\n")).startsWith("*1\r\n");
    assertThat(ask("SLOWLOG LEN\r\n")).startsWith(":3\r\n");
    ask("SLOWLOG RESET\r\n");
    assertThat(ask("SLOWLOG GET -1\r\n")).contains("$5\r\nreset").doesNotContain("mget");
    assertThat(ask("SLOWLOG GET -2\r\n")).startsWith("-ERR count should be");
  }

  @Test
  void configSet() throws IOException {
    assertThat(ask("CONFIG SET slowlog-log-slower-than 2500000 slowlog-max-len 7\r\n"))
        .startsWith("+OK\r\n");
    assertThat(ask("CONFIG GET slowlog-*\r\n")).contains("$7\r\n2500000\r\n", "$1\r\n7\r\n");
    ask("SLOWLOG RESET\r\n");
    assertThat(ask("SLOWLOG LEN\r\n")).startsWith(":0\r\n"); // Nothing is as slow.
    assertThat(ask("CONFIG SET slowlog-max-len 8 slowlog-log-slower-than x\r\n"))
        .startsWith(
            "-ERR CONFIG SET failed (possibly related to argument 'slowlog-log-slower-than')");
    assertThat(ask("CONFIG SET slowlog-max-len -1\r\n")).contains("out of bounds");
    assertThat(ask("CONFIG GET slowlog-max-len\r\n")).contains("$1\r\n7\r\n");
    assertThat(ask("CONFIG SET maxclients 5\r\n"))
        .startsWith(
            "-ERR CONFIG SET failed (possibly related to argument 'maxclients')"
                + " - can't set immutable config\r\n");
    assertThat(ask("CONFIG SET maxclients 10000 save \"\"\r\n")).startsWith("+OK\r\n");
  }

  /** It is executed in slices, and counted once. */
  @Test
  void slicedCommand() throws IOException {
    StringBuilder delete = new StringBuilder("*30001\r\n$3\r\nDEL\r\n");
    for (int i = 0; i < 30_000; i++) {
      delete.append("$5\r\n").append(10_000 + i).append("\r\n");
    }
    assertThat(ask(delete + "SLOWLOG GET\r\n")).contains("$3\r\ndel\r\n", "more arguments)");
    assertThat(ask("INFO commandstats\r\n")).contains("cmdstat_del:calls=1,");
  }

  /** What is answered later than it was received belongs to it, not to the next command. */
  @Test
  void failureOfCommandThatWaits() throws IOException {
    try (CapturedLog log = CapturedLog.ofServer()) {
      ask("AUTH nobody wrong\r\nGET a\r\n");
      assertThat(log.lines()).hasSize(1);
    }
    assertThat(ask("INFO commandstats\r\n"))
        .containsPattern("cmdstat_auth:calls=1,.*,rejected_calls=0,failed_calls=1\r\n")
        .containsPattern("cmdstat_get:calls=1,.*,rejected_calls=0,failed_calls=0\r\n");
    assertThat(ask("INFO errorstats\r\n")).contains("errorstat_WRONGPASS:count=1\r\n");
  }

  /** What other dialects are asked is counted by kind. */
  @Test
  void otherDialects() throws IOException {
    try (RawClient memcached = new RawClient(server.port())) {
      memcached.send("get a\r\nversion\r\n".getBytes(ISO_8859_1));
      memcached.read(5);
    }
    assertThat(ask("CLIENT LIST\r\n")).contains("cmd=client|list");
    assertThat(ask("INFO commandstats\r\n")).doesNotContain("cmdstat_get");
  }
}
