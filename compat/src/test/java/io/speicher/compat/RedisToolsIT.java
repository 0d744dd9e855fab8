package io.speicher.compat;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;

import io.speicher.testing.Program;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** redis-cli and redis-benchmark. */
final class RedisToolsIT {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final String PACKAGE = "redis-tools";

  private static ServerUnderTest server;

  @TempDir Path folder;

  @BeforeAll
  static void startServer() throws IOException {
    server = ServerUnderTest.resp();
  }

  @AfterAll
  static void stopServer() {
    server.close();
  }

  @BeforeEach
  void wipe() throws Exception {
    assertThat(cli("", "flushall")).isEqualTo("OK\n");
  }

  @Test
  void cli_session() throws Exception {
    String session =
        """
        PING
        SET greeting "hello world" EX 100
        GET greeting
        TTL nothing
        GET nothing
        SET greeting again NX
        INCR counter
        INCRBY counter 41
        INCRBYFLOAT price 10.25
        APPEND greeting !
        GETRANGE greeting 0 4
        MSET a 1 b 2
        MGET a nothing b
        EXISTS a b nothing
        TYPE a
        OBJECT ENCODING counter
        RENAME a c
        COPY b d
        MULTI
        SET x 1
        INCR x
        EXEC
        DEL x c
        DBSIZE
        GET
        NOSUCH a b
        INCR greeting
        SET bytes "\\x00\\xff\\r\\n"
        GET bytes
        QUIT
        """;
    String answers =
        """
        PONG
        OK
        "hello world"
        (integer) -2
        (nil)
        (nil)
        (integer) 1
        (integer) 42
        "10.25"
        (integer) 12
        "hello"
        OK
        1) "1"
        2) (nil)
        3) "2"
        (integer) 2
        string
        "int"
        OK
        (integer) 1
        OK
        QUEUED
        QUEUED
        1) OK
        2) (integer) 2
        (integer) 2
        (integer) 5
        (error) ERR wrong number of arguments for 'get' command
        (error) ERR unknown command 'NOSUCH', with args beginning with: 'a' 'b'\s
        (error) ERR value is not an integer or out of range
        OK
        "\\x00\\xff\\r\\n"
        """;
    assertThat(cli(session, "--no-raw")).isEqualTo(answers);
  }

  @Test
  void cli_sessionInResp3() throws Exception {
    String session =
        """
        GET nothing
        CONFIG GET maxmemory-policy
        SELECT 1
        """;
    assertThat(cli(session, "--no-raw", "-3").lines())
        .hasSize(3)
        .startsWith("(nil)")
        .element(1)
        .asString()
        .startsWith("1# \"maxmemory-policy\" => ");
  }

  @Test
  void cli_info() throws Exception {
    assertThat(cli("", "info"))
        .contains("# Server", "redis_version:", "# Memory", "used_memory:", "# Keyspace");
  }

  @Test
  void cli_readsAValueFromItsInput() throws Exception {
    assertThat(cli("line 1\nline 2\n", "-x", "set", "k")).isEqualTo("OK\n");
    assertThat(cli("", "get", "k")).isEqualTo("line 1\nline 2\n\n");
  }

  @Test
  void cli_pipesAndScansAThousandKeys() throws Exception {
    String sets =
        IntStream.range(0, 1_000).mapToObj(i -> "SET key:" + i + " v\r\n").collect(joining());
    assertThat(cli(sets, "--pipe")).contains("errors: 0, replies: 1000");
    assertThat(cli("", "dbsize")).isEqualTo("1000\n");
    assertThat(cli("", "--scan", "--pattern", "key:*").lines())
        .containsExactlyInAnyOrderElementsOf(
            IntStream.range(0, 1_000).mapToObj(i -> "key:" + i).toList());
    assertThat(cli("", "--bigkeys")).contains("Sampled 1000 keys in the keyspace!");
  }

  @Test
  void benchmark_runs() throws Exception {
    Program benchmark = Program.find("redis-benchmark", PACKAGE);
    Program.Result result =
        benchmark.run(
            PATIENCE,
            folder,
            "",
            arguments("-t", "ping,set,get,incr,mset", "-n", "10000", "-P", "16", "-q"));
    assertThat(result.exitCode()).isZero();
    assertThat(result.output())
        .contains("PING_INLINE: ", "PING_MBULK: ", "SET: ", "GET: ", "INCR: ", "MSET (10 keys): ")
        .doesNotContain("ERR", "WARN");
  }

  private String cli(String input, String... arguments) throws Exception {
    Program cli = Program.find("redis-cli", PACKAGE);
    Program.Result result = cli.run(PATIENCE, folder, input, arguments(arguments));
    assertThat(result.exitCode()).as(result.output()).isZero();
    return result.output();
  }

  private static List<String> arguments(String... arguments) {
    List<String> all = new ArrayList<>(List.of("-h", server.host(), "-p", "" + server.port()));
    all.addAll(List.of(arguments));
    return all;
  }
}
