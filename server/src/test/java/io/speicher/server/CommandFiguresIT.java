package io.speicher.server;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.speicher.dialect.Account;
import io.speicher.testing.CapturedLog;
import java.io.IOException;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What a server tells of its commands, over real sockets. */
final class CommandFiguresIT {
  /**
   * It may hold more than the JVM of all tests can have in memory, so that MEMORY DOCTOR finds
   * nothing wrong with that, whatever ran before.
   */
  private static final long ACCOUNT_BYTES = 4L << 30;

  @RegisterExtension
  final Opened opened = new Opened(new Account(ACCOUNT_BYTES, ACCOUNT_BYTES / 2));

  private final SpeicherServer server;
  private final RawClient client;

  CommandFiguresIT() throws IOException {
    server =
        opened.start(
            TestSettings.of(1, Transport.best())
                .with(ServerSettings.SLOWLOG_LOG_SLOWER_THAN, Duration.ZERO)
                .with(ServerSettings.SLOWLOG_MAX_LEN, 3));
    client = opened.add(new RawClient(server.port()));
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
  void transaction_countsEachCommand() throws IOException {
    ask("SET a x\r\nMULTI\r\nGET a\r\nINCR a\r\nGET a\r\nEXEC\r\n");
    assertThat(ask("INFO commandstats\r\n"))
        .containsPattern("cmdstat_exec:calls=1,.*,rejected_calls=0,failed_calls=0\r\n")
        .containsPattern("cmdstat_multi:calls=1,")
        .containsPattern("cmdstat_incr:calls=1,.*,rejected_calls=0,failed_calls=1\r\n")
        .containsPattern("cmdstat_get:calls=2,.*,failed_calls=0\r\n")
        .containsPattern("cmdstat_set:calls=1,");
    assertThat(ask("CLIENT LIST\r\n")).contains("cmd=client|list");
  }

  @Test
  void otherDialects_countFailures() throws IOException {
    try (RawClient memcached = new RawClient(server.port());
        RawClient json = new RawClient(server.port())) {
      memcached.send("set n 0 0 1\r\nx\r\nincr n 1\r\nget\r\n".getBytes(ISO_8859_1));
      memcached.read(8 + "CLIENT_ERROR cannot increment".length());
      json.ask("{\"command\":\"SET\"}");
    }
    assertThat(ask("INFO errorstats\r\n"))
        .contains("errorstat_CLIENT_ERROR:count=1\r\n", "errorstat_400:count=1\r\n");
  }

  @Test
  void latencyEvents() throws IOException {
    assertThat(ask("LATENCY RESET\r\n")).startsWith(":");
    ask("SET a x\r\n");
    assertThat(ask("LATENCY LATEST\r\n"))
        .containsPattern("\\*4\r\n\\$7\r\ncommand\r\n:\\d+\r\n:[1-9]\\d*\r\n:[1-9]\\d*\r\n");
    assertThat(ask("LATENCY HISTORY command\r\n"))
        .containsPattern("^\\*\\d\r\n\\*2\r\n:\\d+\r\n:[1-9]\\d*\r\n");
    assertThat(ask("LATENCY HISTORY nosuch\r\n")).startsWith("*0\r\n");
    assertThat(ask("LATENCY DOCTOR\r\n")).contains("- command: in ", "SLOWLOG GET tells");
    assertThat(ask("LATENCY RESET nosuch\r\n")).startsWith(":0\r\n");
    assertThat(ask("LATENCY RESET command\r\n")).startsWith(":1\r\n");
  }

  @Test
  void memory() throws IOException {
    ask("SET a x\r\n");
    assertThat(ask("MEMORY STATS\r\n"))
        .contains("keys.count\r\n:1\r\n", "budget.bytes\r\n:67108864\r\n");
    assertThat(ask("MEMORY DOCTOR\r\n")).contains("The memory of this server is in order: ");
    assertThat(ask("MEMORY PURGE\r\n")).startsWith("+OK\r\n");
    assertThat(ask("MEMORY NOSUCH\r\n")).startsWith("-ERR unknown subcommand");
  }

  @Test
  void hotKeys() throws IOException {
    ask("GET hot\r\n".repeat(10_000));
    assertThat(ask("HOTKEYS GET\r\n"))
        .startsWith("*12\r\n$15\r\ntracking-active\r\n:1\r\n$12\r\nsample-ratio\r\n:64\r\n")
        .contains("$14\r\nwindow-seconds\r\n:60\r\n")
        .containsPattern("by-uses\r\n\\*2\r\n\\$3\r\nhot\r\n:\\d+\r\n")
        .containsPattern("by-net-bytes\r\n\\*2\r\n\\$3\r\nhot\r\n:\\d+\r\n");
    assertThat(ask("HOTKEYS GET COUNT 1 WINDOW 3600\r\n")).contains(":3600\r\n", "hot\r\n");
  }

  /** A reply that is sent in slices counts as a whole. */
  @Test
  void hotKeys_longReplies() throws IOException {
    int valueBytes = 100_000;
    ask(""); // The first command of all is always counted.
    ask("SETRANGE v " + (valueBytes - 1) + " x\r\n");
    int keys = 40;
    String mget = "MGET" + " v".repeat(keys) + "\r\n";
    int replyBytes = keys * (valueBytes + 11) + 5;
    for (int i = 0; i < 200; i++) {
      client.send(mget.getBytes(ISO_8859_1));
      assertThat(client.read(replyBytes)).hasSize(replyBytes);
    }
    Matcher hottest =
        Pattern.compile("by-uses\\s+\\*\\d+\\s+\\$1\\s+v\\s+:(\\d+).*v\\s+:(\\d+)", Pattern.DOTALL)
            .matcher(ask("HOTKEYS GET WINDOW 3600\r\n"));
    assertThat(hottest.find()).isTrue();
    assertThat(Double.parseDouble(hottest.group(2)) / Double.parseDouble(hottest.group(1)))
        .isCloseTo(replyBytes, within(0.01 * replyBytes));
  }

  @Test
  void hotKeys_wrong() throws IOException {
    assertThat(ask("HOTKEYS GET WINDOW 61\r\n")).startsWith("-ERR WINDOW is a number of seconds");
    assertThat(ask("HOTKEYS GET WINDOW x\r\n")).startsWith("-ERR WINDOW is a number of seconds");
    assertThat(ask("HOTKEYS GET COUNT 0\r\n")).startsWith("-ERR COUNT is a number of keys");
    assertThat(ask("HOTKEYS GET COUNT\r\n")).startsWith("-ERR syntax error");
    assertThat(ask("HOTKEYS GET EVERY 1\r\n")).startsWith("-ERR syntax error");
    assertThat(ask("HOTKEYS START METRICS 1 CPU\r\n")).startsWith("-ERR unknown subcommand");
    assertThat(ask("BIGKEYS COUNT 101\r\n")).startsWith("-ERR COUNT is a number of keys");
    assertThat(ask("BIGKEYS 5\r\n")).startsWith("-ERR syntax error");
  }

  @Test
  void bigKeys() throws IOException {
    assertThat(ask("BIGKEYS\r\n"))
        .startsWith("*6\r\n$18\r\nwalk-ended-unix-ms\r\n:")
        .contains("by-item-bytes\r\n*");
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
    assertThat(ask("CONFIG SET io-threads 5\r\n"))
        .startsWith(
            "-ERR CONFIG SET failed (possibly related to argument 'io-threads')"
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
