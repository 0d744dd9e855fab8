package io.speicher.compat;

import static org.assertj.core.api.Assertions.assertThat;

import io.speicher.compat.CommandLine.Outcome;
import io.speicher.testing.OriginalServer;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The commands that speak RESP, with Speicher and with the original. */
final class OperatorCommandsIT {

  /** What both servers answer. */
  @TestInstance(Lifecycle.PER_CLASS)
  abstract static class Commands {
    @TempDir Path folder;

    abstract String url();

    Outcome run(String... arguments) throws Exception {
      return new CommandLine(folder).with("SPEICHER_URL", url()).run(arguments);
    }

    @Test
    void shell_pipe() throws Exception {
      String session =
          """
          set greeting "hello w\\xc3\\xb6rld"
          get greeting
          nope
          mset a 1 b 2
          mget a none b
          """;
      Outcome outcome =
          new CommandLine(folder).with("SPEICHER_URL", url()).runWith(session, "shell");
      assertThat(outcome.out()).isEqualTo("OK\nhello wörld\nOK\n1\n\n2\n");
      assertThat(outcome.err()).startsWith("speicher: line 3: ERR unknown command 'nope'");
      assertThat(outcome.status()).isEqualTo(1);
    }

    @Test
    void shell_types() throws Exception {
      assertThat(run("shell", "--typed", "mset", "t1", "x", "t2", "\"").out()).isEqualTo("OK\n");
      assertThat(run("shell", "--typed", "mget", "t1", "t0", "t2").out())
          .isEqualTo("1) \"x\"\n2) (nil)\n3) \"\\\"\"\n");
      assertThat(run("shell", "--typed", "--resp3", "get", "t0").out()).isEqualTo("(nil)\n");
      assertThat(run("shell", "--json", "--resp3", "config", "get", "maxclients").out())
          .isEqualTo("{\"maxclients\":\"10000\"}\n");
      assertThat(run("shell", "--typed", "info", "clients").out()).startsWith("# Clients\n");
    }

    @ParameterizedTest
    @CsvSource(
        delimiter = ';',
        value = {
          "stat --interval 10ms --count 2; ^  ops/s  hit%.*\\n( +[^ ]+){11}\\n( +[^ ]+){11}\\n$",
          "stat --interval 10ms --count 1 --json; ^\\{\"time\":.*\"processors\":[0-9.]+\\}\\n$",
          "latency; ^command +calls .*",
          "clients; ^ *id +address .*\\n *\\d+ +127\\.0\\.0\\.1:\\d+ +default .*client list\\n",
          "config get maxmemory maxclients; ^setting +value\\nmaxclients +10000\\nmaxmemory +\\d+\\n$",
          "config get --json maxclients; ^\\{\"maxclients\":\"10000\"\\}\\n$",
          "info memory; ^# Memory\\n.*used_memory:\\d+\\n",
          "info --json stats; ^\\{.*\"keyspace_hits\":\\d+",
        })
    void prints(String command, String expected) throws Exception {
      Outcome outcome = run(command.split(" ", -1));
      assertThat(outcome.err()).isEmpty();
      assertThat(outcome.status()).isZero();
      assertThat(outcome.out()).containsPattern("(?s)" + expected);
    }

    @Test
    void scan() throws Exception {
      StringBuilder sets = new StringBuilder();
      for (int i = 0; i < 1_200; i++) {
        sets.append("set scan:").append(i).append(" x\n");
      }
      new CommandLine(folder).with("SPEICHER_URL", url()).runWith(sets.toString(), "shell");
      assertThat(run("scan", "scan:*").out().lines())
          .hasSize(1_200)
          .doesNotHaveDuplicates()
          .contains("scan:0", "scan:1199");
      assertThat(run("scan", "scan:*", "--count", "7").out()).hasLineCount(7);
      assertThat(run("scan", "none*").status()).isEqualTo(1);
    }

    @Test
    void slowLog() throws Exception {
      assertThat(run("config", "set", "slowlog-log-slower-than", "0").status()).isZero();
      assertThat(run("slowlog", "--reset").status()).isZero();
      run("shell", "exists", "slow:key");
      Outcome outcome = run("slowlog");
      assertThat(run("config", "set", "slowlog-log-slower-than", "10000").status()).isZero();
      assertThat(outcome.out()).containsPattern("(?m)^when +took +client +command$");
      assertThat(outcome.out()).containsPattern("127\\.0\\.0\\.1:\\d+ +exists slow:key\n");
    }

    @Test
    void refusal() throws Exception {
      Outcome outcome = run("config", "set", "no-such-setting", "1");
      assertThat(outcome.status()).isEqualTo(1);
      assertThat(outcome.err()).contains(" refused: ERR ").hasLineCount(1);
    }
  }

  @Nested
  final class OfSpeicher extends Commands {
    private ServerUnderTest server;

    @BeforeAll
    void start() throws IOException {
      server = ServerUnderTest.speicher();
    }

    @AfterAll
    void stop() {
      server.close();
    }

    @Override
    String url() {
      return "speicher://127.0.0.1:" + server.port();
    }

    @Test
    void help_hasASyntax() throws Exception {
      Outcome outcome = run("shell", "--json", "--resp3", "command", "docs", "get");
      assertThat(outcome.out())
          .isEqualTo(
              "{\"get\":{\"summary\":\"Gives the value of a key.\",\"since\":\"1.0.0\",\"group\":"
                  + "\"string\",\"complexity\":\"O(1)\",\"arguments\":[{\"name\":\"key\",\"type\":"
                  + "\"key\"}]}}\n");
    }
  }

  @Nested
  final class OfRedis extends Commands {
    private OriginalServer server;

    @BeforeAll
    void start(@TempDir Path parent) throws IOException {
      server =
          OriginalServer.redis(
              parent,
              "--unixsocket",
              parent.resolve("socket").toString(),
              "--maxmemory-policy",
              "allkeys-lfu",
              "--maxmemory",
              "100mb");
      socket = parent.resolve("socket");
    }

    private Path socket;

    @AfterAll
    void stop() {
      server.close();
    }

    @Override
    String url() {
      return "redis://" + server.hostAndPort();
    }

    @Test
    void socket() throws Exception {
      CommandLine commandLine = new CommandLine(folder);
      assertThat(commandLine.run("shell", "--url", "redis+unix:" + socket, "ping").out())
          .isEqualTo("PONG\n");
      assertThat(commandLine.run("shell", "--socket", socket.toString(), "ping").out())
          .isEqualTo("PONG\n");
    }

    @Test
    void database() throws Exception {
      assertThat(run("shell", "--url", url() + "/3", "set", "in3", "x").out()).isEqualTo("OK\n");
      assertThat(run("scan", "--url", url() + "/3").out()).isEqualTo("in3\n");
      assertThat(run("shell", "-n", "3", "get", "in3").out()).isEqualTo("x\n");
      assertThat(run("shell", "get", "in3").out()).isEqualTo("\n");
    }

    /** What Redis does not rank, SCAN finds. */
    @Test
    void keys() throws Exception {
      run("shell", "set", "huge", "x".repeat(10_000));
      assertThat(run("bigkeys", "--count", "1").out())
          .containsPattern("bytes  key\n *\\d+\\.\\dK  huge\n");
      assertThat(run("hotkeys").out()).startsWith("frequency  key\n");
      assertThat(run("monitor", "--url", url(), "--count", "0").status()).isEqualTo(2);
    }
  }
}
