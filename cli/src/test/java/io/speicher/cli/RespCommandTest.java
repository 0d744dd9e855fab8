package io.speicher.cli;

import static io.speicher.cli.resp.FakeRespServer.array;
import static io.speicher.cli.resp.FakeRespServer.bulk;
import static io.speicher.cli.resp.FakeRespServer.bulks;
import static org.assertj.core.api.Assertions.assertThat;

import io.speicher.cli.FakeShell.Outcome;
import io.speicher.cli.resp.FakeRespServer;
import io.speicher.testing.TestCertificate;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The commands that speak RESP, when the server answers as it should, and when it does not. */
final class RespCommandTest {
  private static final String SCAN_ALL = "SCAN 0 COUNT 500";
  private static final String KEYS = array(bulk("0"), bulks("a", "b\n\u001b"));

  private final FakeShell shell = new FakeShell();

  private Outcome run(FakeRespServer server, String... args) {
    List<String> all = new ArrayList<>(List.of(args));
    all.addAll(1, List.of("--url", server.url()));
    return shell.run(all.toArray(String[]::new));
  }

  private Outcome run(String command, String answer, String... args) throws Exception {
    try (FakeRespServer server = FakeRespServer.knowing(command, answer)) {
      return run(server, args);
    }
  }

  private static Outcome printed(String out) {
    return new Outcome(0, out, "");
  }

  private static Outcome failed(String message) {
    return new Outcome(1, "", "speicher: " + message + "\n");
  }

  // stat

  private static String info(int commands, int hits, int misses) {
    return bulk(
        """
        # Stats\r
        total_commands_processed:%d\r
        keyspace_hits:%d\r
        keyspace_misses:%d\r
        used_memory:1572864\r
        maxmemory:3145728\r
        connected_clients:3\r
        db0:keys=12345,expires=0,avg_ttl=0\r
        """
            .formatted(commands, hits, misses));
  }

  private FakeRespServer counting() throws Exception {
    int[] asked = new int[1];
    return FakeRespServer.answering(command -> {
      int n = asked[0]++;
      return info(1_000 * n, 90 * n, 10 * n);
    });
  }

  @Test
  void stat() throws Exception {
    try (FakeRespServer server = counting()) {
      Outcome outcome = run(server, "stat", "--interval", "1ms", "--count", "22");
      assertThat(outcome.status()).isZero();
      List<String> lines = outcome.out().lines().toList();
      assertThat(lines).hasSize(24);
      assertThat(lines.get(0)).isEqualTo(lines.get(21)).startsWith("  ops/s  hit%");
      assertThat(lines.get(1)).contains("  90.0  12.3k   1.5M  50.0 ");
      assertThat(lines).allSatisfy(line -> assertThat(line.length()).isLessThanOrEqualTo(80));
    }
  }

  @Test
  void stat_json() throws Exception {
    try (FakeRespServer server = counting()) {
      Outcome outcome = run(server, "stat", "--interval", "1ms", "--count", "2", "--json");
      assertThat(outcome.out().lines())
          .hasSize(2)
          .allSatisfy(line ->
              assertThat(line)
                  .startsWith("{\"time\":\"2")
                  .contains(
                      "\"hit_ratio\":0.9,\"keys\":12345,\"used_bytes\":1572864,",
                      "\"evicted_per_second\":null,"));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "--interval=0, --interval is 0 (expected: at least 1ms)",
    "--count=-1, --count=-1 (expected: at least 1)",
  })
  void stat_wrong(String option, String message) {
    assertThat(shell.run("stat", option))
        .isEqualTo(new Outcome(2, "", "speicher: " + message + "\n"));
  }

  @Test
  void stat_untilTheServerStops() throws Exception {
    int[] asked = new int[1];
    try (FakeRespServer server =
        FakeRespServer.answering(command -> asked[0]++ < 2 ? info(1, 1, 1) : null)) {
      Outcome outcome = run(server, "stat", "--interval", "1ms");
      assertThat(outcome.status()).isEqualTo(3);
      assertThat(outcome.out()).hasLineCount(2);
      assertThat(outcome.err())
          .isEqualTo(
              "speicher: 127.0.0.1:" + server.port() + ": the server closed the connection\n");
    }
  }

  // info

  @Test
  void info() throws Exception {
    assertThat(run("INFO stats", bulk("# Stats\r\na:1\r\nb:x\r\n"), "info", "stats"))
        .isEqualTo(printed("# Stats\na:1\nb:x\n"));
    assertThat(run("INFO", bulk("# Stats\r\na:1\r\nb:x\r\nc:01\r\n"), "info", "--json"))
        .isEqualTo(printed("{\"a\":1,\"b\":\"x\",\"c\":\"01\"}\n"));
    assertThat(run("INFO nope", bulk(""), "info", "nope"))
        .isEqualTo(failed("the server has no such section: nope"));
  }

  // cluster

  private static String cluster(String command, boolean isOk, int firstPort, int secondPort) {
    return switch (command) {
      case "CLUSTER INFO" ->
          bulk(
              "cluster_enabled:1\r\ncluster_name:shop\r\ncluster_state:%s\r\ncluster_slots_ok:%d\r\n"
                  .formatted(isOk ? "ok" : "fail", isOk ? 16_384 : 0));
      case "CLUSTER NODES" ->
          bulk(
              "aa 127.0.0.1:%d@7801 myself,master - 0 0 7 connected 0-9999\nbb 127.0.0.1:%d@7802 master - 0 0 7 connected 10000-16383\n"
                  .formatted(firstPort, secondPort));
      case "CLUSTER SLOTS" ->
          array(
              array(":0\r\n", ":9999\r\n", owner("aa"), owner("bb")),
              array(":10000\r\n", ":16383\r\n", owner("bb"), owner("aa")));
      default ->
          bulk(
              """
              # Cluster\r
              cluster_nodes:2\r
              cluster_peers:3\r
              cluster_copies:2\r
              cluster_available:%d\r
              cluster_lonely_segments:4\r
              cluster_topology:7\r
              cluster_transfer_segments:12\r
              cluster_stalls:1\r
              used_memory:1572864\r
              instantaneous_ops_per_sec:12345\r
              db0:keys=40,expires=0,avg_ttl=0\r
              """
                  .formatted(isOk ? 1 : 0));
    };
  }

  private static String owner(String id) {
    return array(bulk("127.0.0.1"), ":1\r\n", bulk(id));
  }

  private Outcome cluster(FakeRespServer node, String command, String... options) {
    List<String> all = new ArrayList<>(List.of("cluster", command, "--url", node.url()));
    all.addAll(List.of(options));
    return shell.run(all.toArray(String[]::new));
  }

  @Test
  void cluster_status() throws Exception {
    try (FakeRespServer node = FakeRespServer.answering(command -> cluster(command, true, 1, 1))) {
      assertThat(cluster(node, "status"))
          .isEqualTo(
              printed(
                  """
                  cluster                       shop
                  state                         ok
                  nodes                         2 of 3
                  copies                        2
                  slots answered for            16384
                  segments with too few copies  4
                  topology                      7
                  """));
      assertThat(cluster(node, "status", "--json"))
          .isEqualTo(
              printed(
                  "{\"name\":\"shop\",\"state\":\"ok\",\"nodes\":2,\"peers\":3,\"copies\":2,"
                      + "\"slots_answered\":16384,\"segments_with_too_few_copies\":4,\"topology\":7}\n"));
    }
    try (FakeRespServer node = FakeRespServer.answering(command -> cluster(command, false, 1, 1))) {
      Outcome outcome = cluster(node, "status");
      assertThat(outcome.status()).isEqualTo(1);
      assertThat(outcome.out()).contains("does not answer: too few nodes are together\n");
    }
    try (FakeRespServer single =
        FakeRespServer.knowing(
            "CLUSTER INFO", "-ERR This instance has cluster support disabled\r\n")) {
      assertThat(cluster(single, "status"))
          .isEqualTo(
              failed(
                  "127.0.0.1:"
                      + single.port()
                      + " refused: ERR This instance has cluster support disabled"));
    }
  }

  @Test
  void cluster_nodes() throws Exception {
    try (FakeRespServer second = FakeRespServer.answering(command -> cluster(command, true, 0, 0));
        FakeRespServer first =
            FakeRespServer.answering(command -> cluster(command, true, 1, second.port()))) {
      Outcome outcome = cluster(first, "nodes");
      assertThat(outcome.status()).isZero();
      assertThat(outcome.out().replaceAll(":\\d+ +", ":PORT "))
          .isEqualTo(
              """
              node             state  slots  copies  items  memory  commands/s  receiving  stalls
              127.0.0.1:PORT ok     10000    6384     40    1.5M       12.3k         12       1
              127.0.0.1:PORT ok      6384   10000     40    1.5M       12.3k         12       1
              """);
      assertThat(second.commands()).containsExactly("INFO cluster keyspace memory stats");
    }
  }

  @Test
  void cluster_nodes_oneIsGone() throws Exception {
    int gone;
    try (FakeRespServer server = FakeRespServer.answering(command -> null)) {
      gone = server.port();
    }
    try (FakeRespServer node =
        FakeRespServer.answering(command -> cluster(command, true, 1, gone))) {
      Outcome outcome = cluster(node, "nodes", "--json");
      assertThat(outcome.out().lines().toList().get(1))
          .isEqualTo(
              "{\"id\":\"bb\",\"host\":\"127.0.0.1\",\"port\":%d,\"state\":\"does not answer\",\"primary_slots\":6384,\"copied_slots\":10000,\"items\":null,\"used_bytes\":null,\"commands_per_second\":null,\"receiving_segments\":null,\"stalls\":null}"
                  .formatted(gone));
      assertThat(outcome.err()).contains("127.0.0.1:" + gone + " does not answer: ");
    }
  }

  private static @Nullable String draining(
      String command, int otherPort, Queue<@Nullable String> infos) {
    return switch (command) {
      case "SPEICHER DRAIN" -> "+OK\r\n";
      case "INFO cluster" -> infos.poll();
      default -> cluster(command, true, 1, otherPort);
    };
  }

  private static String info(String... fields) {
    return bulk("# Cluster\r\n" + String.join("\r\n", fields) + "\r\n");
  }

  @Test
  void cluster_drain() throws Exception {
    Queue<@Nullable String> infos =
        new ConcurrentLinkedQueue<>(
            List.of(
                info("cluster_draining:1", "cluster_owned_segments:40"),
                info("cluster_draining:1", "cluster_owned_segments:0"))); // Then it has left.
    AtomicInteger lonely = new AtomicInteger();
    try (FakeRespServer other =
            FakeRespServer.answering(command ->
                info(
                    "cluster_nodes:2",
                    "cluster_peers:3",
                    "cluster_transfer_segments:0",
                    "cluster_lonely_segments:" + lonely));
        FakeRespServer node =
            FakeRespServer.answering(command -> draining(command, other.port(), infos))) {
      assertThat(cluster(node, "drain"))
          .isEqualTo(printed("drained: nodes=2 of 3, segments with too few copies=0\n"));
      assertThat(node.commands())
          .containsExactly(
              "CLUSTER NODES", "SPEICHER DRAIN", "INFO cluster", "INFO cluster", "INFO cluster");
      lonely.set(7); // It has ended before its time.
      assertThat(cluster(node, "drain"))
          .isEqualTo(new Outcome(1, "drained: nodes=2 of 3, segments with too few copies=7\n", ""));
    }
  }

  @Test
  void cluster_drain_stays() throws Exception {
    Queue<@Nullable String> infos =
        new ConcurrentLinkedQueue<>(List.of(info("cluster_draining:0")));
    try (FakeRespServer node = FakeRespServer.answering(command -> draining(command, 1, infos))) {
      assertThat(cluster(node, "drain"))
          .isEqualTo(failed("the node stays, and owns what it did: see its log"));
    }
    try (FakeRespServer node =
        FakeRespServer.answering(command ->
            command.equals("SPEICHER DRAIN")
                ? "-ERR the other nodes would be no majority: needed=2 peers=3\r\n"
                : cluster(command, true, 1, 1))) {
      assertThat(cluster(node, "drain"))
          .isEqualTo(
              failed(
                  "127.0.0.1:"
                      + node.port()
                      + " refused: ERR the other nodes would be no majority: needed=2 peers=3"));
    }
  }

  // scan

  @Test
  void scan() throws Exception {
    try (FakeRespServer server =
        FakeRespServer.knowing(
            "DBSIZE",
            ":3\r\n",
            SCAN_ALL,
            array(bulk("77"), bulks("a", "b\n\u001b")),
            "SCAN 77 COUNT 500",
            array(bulk("0"), bulks("c")),
            "SCAN 0 MATCH x* COUNT 500",
            array(bulk("0"), "*0\r\n"))) {
      assertThat(run(server, "scan")).isEqualTo(printed("a\nb\n\u001b\nc\n"));
      assertThat(run(server, "scan", "--count", "1")).isEqualTo(printed("a\n"));
      assertThat(run(server, "scan", "--json"))
          .isEqualTo(printed("\"a\"\n\"b\\n\\u001b\"\n\"c\"\n"));
      assertThat(run(server, "scan", "x*")).isEqualTo(failed("no key matches x*"));
      shell.typing("");
      assertThat(run(server, "scan").out()).isEqualTo("a\nb\\n\\x1b\nc\n");
    }
  }

  // hotkeys and bigkeys

  @Test
  void bigKeys() throws Exception {
    String answer =
        bulks("walk-ended-unix-ms", "1")
            .replace("*2", "*4")
            .concat(bulk("by-item-bytes"))
            .concat(array(bulk("large"), ":2048\r\n", bulk("small"), ":10\r\n"));
    assertThat(run("BIGKEYS COUNT 10", answer, "bigkeys"))
        .isEqualTo(printed("bytes  key\n 2.0K  large\n  10B  small\n"));
    assertThat(run("BIGKEYS COUNT 5", answer, "bigkeys", "--count=5", "--json").out())
        .isEqualTo("[{\"key\":\"large\",\"bytes\":2048},{\"key\":\"small\",\"bytes\":10}]\n");
  }

  @Test
  void bigKeys_beforeTheFirstWalk() throws Exception {
    Outcome outcome =
        run("BIGKEYS COUNT 10", array(bulk("walk-ended-unix-ms"), ":0\r\n"), "bigkeys");
    assertThat(outcome)
        .isEqualTo(
            failed("the server has not walked through its memory yet: try again in a while"));
  }

  @Test
  void bigKeys_ofAnotherServer() throws Exception {
    try (FakeRespServer server =
        FakeRespServer.knowing(
            "DBSIZE",
            ":2\r\n",
            SCAN_ALL,
            KEYS,
            "MEMORY USAGE a",
            ":100\r\n",
            "MEMORY USAGE b\n\u001b",
            ":3000\r\n")) {
      assertThat(run(server, "bigkeys"))
          .isEqualTo(printed("bytes  key\n 2.9K  b\\n\\x1b\n 100B  a\n"));
      assertThat(run(server, "bigkeys", "--count=1").out()).hasLineCount(2);
    }
  }

  @Test
  void hotKeys() throws Exception {
    String answer = array(bulk("by-uses"), array(bulk("k"), ":600\r\n"));
    assertThat(run("HOTKEYS GET WINDOW 60 COUNT 10", answer, "hotkeys"))
        .isEqualTo(printed("uses  uses/s  key\n 600      10  k\n"));
    String bytes = array(bulk("by-net-bytes"), array(bulk("k"), ":600\r\n"));
    assertThat(run("HOTKEYS GET WINDOW 3600 COUNT 10", bytes, "hotkeys", "--hour", "--bytes"))
        .isEqualTo(printed("bytes  key\n 600B  k\n"));
  }

  @Test
  void hotKeys_ofAnotherServer() throws Exception {
    String refusal = "-ERR An LFU maxmemory policy is not selected, access frequency not tracked.";
    try (FakeRespServer server =
        FakeRespServer.knowing(
            "DBSIZE",
            ":2\r\n",
            SCAN_ALL,
            KEYS,
            "OBJECT FREQ a",
            ":5\r\n",
            "OBJECT FREQ b\n\u001b",
            refusal + "\r\n")) {
      assertThat(run(server, "hotkeys").err()).contains("refused: ERR An LFU maxmemory policy");
      assertThat(run(server, "hotkeys", "--hour").status()).isEqualTo(2);
    }
  }

  // slowlog, latency, clients, monitor

  @Test
  void slowLog() throws Exception {
    String entry =
        array(
            ":7\r\n",
            ":1700000000\r\n",
            ":12345\r\n",
            bulks("keys", "*\n"),
            bulk("127.0.0.1:1"),
            bulk("worker"));
    assertThat(run("SLOWLOG GET 10", array(entry), "slowlog").out())
        .containsPattern("when +took +client +command\n")
        .containsPattern(
            "\n2023-11-1\\d \\d\\d:\\d\\d:20  12.3ms  127.0.0.1:1 worker  keys \\*\\\\n\n");
    assertThat(run("SLOWLOG GET 3", array(entry), "slowlog", "--count=3", "--json"))
        .isEqualTo(
            printed(
                "{\"id\":7,\"time\":\"2023-11-14T22:13:20Z\",\"micros\":12345,"
                    + "\"client\":\"127.0.0.1:1\",\"client_name\":\"worker\","
                    + "\"words\":[\"keys\",\"*\\\\n\"]}\n"));
    assertThat(run("SLOWLOG GET 10", "*0\r\n", "slowlog"))
        .isEqualTo(new Outcome(0, "", "speicher: no command took long\n"));
    assertThat(run("SLOWLOG RESET", "+OK\r\n", "slowlog", "--reset")).isEqualTo(printed(""));
  }

  @Test
  void latency() throws Exception {
    try (FakeRespServer server =
        FakeRespServer.knowing(
            "INFO commandstats",
            bulk(
                """
                cmdstat_get:calls=10,usec=100,usec_per_call=10.00,rejected_calls=0,failed_calls=1\r
                cmdstat_config|get:calls=1,usec=2000,usec_per_call=2000.00\r
                """),
            "INFO latencystats",
            bulk("latency_percentiles_usec_get:p50=9.5,p99=99.0,p99.9=1500.0\r\n"))) {
      assertThat(run(server, "latency"))
          .isEqualTo(
              printed(
                  """
                  command     calls  failed  rejected   time   mean   p50   p99  p99.9
                  config get      1       -         -  2.0ms  2.0ms     -     -      -
                  get            10       1         0  100us   10us  10us  99us  1.5ms
                  """));
      assertThat(run(server, "latency", "--json").out())
          .contains("{\"command\":\"get\",\"calls\":10,\"failed_calls\":1,\"rejected_calls\":0,");
    }
  }

  @Test
  void clients() throws Exception {
    String list =
        """
        id=5 addr=127.0.0.1:35586 name=w age=65 idle=60 tot-mem=2048 cmd=client|list user=default
        id=6 addr=/run/s name= age=1 idle=0 tot-mem=0 cmd=get user=ops
        """;
    assertThat(run("CLIENT LIST", bulk(list), "clients"))
        .isEqualTo(
            printed(
                """
                id  address          user     name    age   idle  memory  last command
                 6  /run/s           ops               1s     0s      0B  get
                 5  127.0.0.1:35586  default  w     1m05s  1m00s    2.0K  client list
                """));
    assertThat(run("CLIENT LIST", bulk(list), "clients", "--json").out())
        .startsWith("{\"id\":5,\"addr\":\"127.0.0.1:35586\",\"name\":\"w\",\"age\":65,")
        .hasLineCount(2);
  }

  @Test
  void monitor() throws Exception {
    String stream = "+OK\r\n+1.5 [0 127.0.0.1:1] \"get\" \"k\"\r\n+1.6 [0 x] \"set\"\r\n";
    assertThat(run("MONITOR", stream, "monitor", "--count=2"))
        .isEqualTo(printed("1.5 [0 127.0.0.1:1] \"get\" \"k\"\n1.6 [0 x] \"set\"\n"));
    assertThat(run("INFO server", bulk("redis_version:9.9\r\n"), "monitor"))
        .isEqualTo(failed("this server, redis 9.9, has no MONITOR"));
  }

  // config

  @Test
  void config() throws Exception {
    try (FakeRespServer server =
        FakeRespServer.knowing(
            "CONFIG GET max*",
            bulks("maxmemory", "0", "maxclients", "10"),
            "CONFIG GET none",
            "*0\r\n",
            "CONFIG SET a 1 b 2",
            "+OK\r\n")) {
      assertThat(shell.run("config", "get", "--url", server.url(), "max*"))
          .isEqualTo(printed("setting     value\nmaxclients  10\nmaxmemory   0\n"));
      assertThat(shell.run("config", "get", "--url", server.url(), "max*", "--json").out())
          .isEqualTo("{\"maxclients\":\"10\",\"maxmemory\":\"0\"}\n");
      assertThat(shell.run("config", "get", "--url", server.url(), "none"))
          .isEqualTo(failed("no setting matches none"));
      assertThat(shell.run("config", "set", "--url", server.url(), "a", "1", "b", "2"))
          .isEqualTo(printed(""));
      assertThat(shell.run("config", "set", "a", "1", "b").status()).isEqualTo(2);
    }
  }

  // top

  @Test
  void top_withoutTerminal() {
    assertThat(shell.run("top"))
        .isEqualTo(
            new Outcome(2, "", "speicher: top needs a terminal: use speicher stat without one\n"));
  }

  // shell

  @Test
  void shell_oneCommand() throws Exception {
    assertThat(run("get -x", bulk("v"), "shell", "get", "-x")).isEqualTo(printed("v\n"));
    assertThat(run("get k", bulk("v"), "shell", "--typed", "get", "k"))
        .isEqualTo(printed("\"v\"\n"));
    assertThat(run("get k", "$-1\r\n", "shell", "--json", "get", "k")).isEqualTo(printed("null\n"));
    assertThat(run("get k", "-WRONGTYPE no\r\n", "shell", "get", "k"))
        .isEqualTo(failed("WRONGTYPE no"));
    assertThat(run("get k", "-ERR no\r\n", "shell", "--typed", "get", "k"))
        .isEqualTo(new Outcome(1, "(error) ERR no\n", ""));
  }

  @Test
  void shell_lastArgumentFromInput() throws Exception {
    shell.input("a b\n");
    assertThat(run("set k a b\n", "+OK\r\n", "shell", "-x", "set", "k")).isEqualTo(printed("OK\n"));
  }

  @Test
  void shell_pipe() throws Exception {
    try (FakeRespServer server =
        FakeRespServer.knowing("set k a b", "+OK\r\n", "get k", bulk("a b"))) {
      shell.input("set k \"a b\"\n\nnope\nget \"\nget k\nexit\nget never\n");
      assertThat(run(server, "shell"))
          .isEqualTo(
              new Outcome(
                  1,
                  "OK\na b\n",
                  """
                  speicher: line 3: ERR unknown command
                  speicher: line 4: a quote is not closed, or no white space follows it
                  """));
      assertThat(server.commands()).containsExactly("set k a b", "nope", "get k");
    }
  }

  @Test
  void shell_database() throws Exception {
    try (FakeRespServer server =
        FakeRespServer.knowing("SELECT 3", "+OK\r\n", "HELLO 3", "%0\r\n", "get k", "_\r\n")) {
      assertThat(run(server, "shell", "-n", "3", "--resp3", "--typed", "get", "k"))
          .isEqualTo(printed("(nil)\n"));
      assertThat(server.commands()).containsExactly("HELLO 3", "SELECT 3", "get k");
    }
  }

  @Test
  void shell_wrong() {
    assertThat(shell.run("shell", "--raw", "--json", "get").err())
        .isEqualTo("speicher: --typed, --raw and --json exclude each other\n");
    assertThat(shell.run("shell", "-x").err())
        .isEqualTo("speicher: -x needs a command, whose last argument it reads\n");
  }

  // What goes wrong with all of them.

  @ParameterizedTest
  @ValueSource(
      strings = {"stat", "hotkeys", "bigkeys", "scan", "slowlog", "latency", "clients", "info"})
  void notAuthenticated(String command) throws Exception {
    try (FakeRespServer server =
        FakeRespServer.answering(any -> "-NOAUTH Authentication required.\r\n")) {
      assertThat(run(server, command))
          .isEqualTo(
              failed(
                  "127.0.0.1:"
                      + server.port()
                      + " refused: NOAUTH Authentication required.; say who you are with"
                      + " SPEICHER_AUTH or --askpass"));
    }
  }

  @Test
  void login() throws Exception {
    shell.with("SPEICHER_AUTH", "alice:secret");
    try (FakeRespServer server =
        FakeRespServer.knowing("AUTH alice secret", "+OK\r\n", "INFO", bulk("a:1\r\n"))) {
      assertThat(run(server, "info")).isEqualTo(printed("a:1\n"));
    }
    try (FakeRespServer server =
        FakeRespServer.answering(any -> "-WRONGPASS invalid username-password pair\r\n")) {
      assertThat(run(server, "info").err())
          .contains("refused: WRONGPASS ", "; check SPEICHER_AUTH, or what was typed\n");
    }
  }

  @Test
  void tls(@TempDir Path folder) throws Exception {
    TestCertificate certificate = new TestCertificate(folder, "server");
    Path authority = Files.writeString(folder.resolve("ca.pem"), certificate.certificate());
    shell.with("SPEICHER_AUTH", "alice:secret");
    try (FakeRespServer server =
        FakeRespServer.answeringOverTls(
            certificate.trusting(certificate),
            command -> command.startsWith("AUTH") ? "+OK\r\n" : bulk("a:1\r\n"))) {
      String url = "rediss://localhost:" + server.port();
      assertThat(shell.run("info", "--url", url, "--cacert", authority.toString()))
          .isEqualTo(printed("a:1\n"));
      assertThat(server.commands()).containsExactly("AUTH alice secret", "INFO");
      Outcome untrusting = shell.run("info", "--url", url);
      assertThat(untrusting.status()).isEqualTo(3);
      assertThat(untrusting.err())
          .startsWith("speicher: cannot agree on TLS with localhost:" + server.port() + ": ")
          .endsWith("; check that it speaks TLS, its certificate, and --cacert\n");
    }
  }

  @Test
  void tls_withAServerThatDoesNotSpeakIt() throws Exception {
    try (FakeRespServer server = FakeRespServer.answering(any -> "+OK\r\n")) {
      Outcome outcome = shell.run("info", "--url", "rediss://127.0.0.1:" + server.port());
      assertThat(outcome.status()).isEqualTo(3);
      assertThat(outcome.err()).startsWith("speicher: cannot ").hasLineCount(1);
    }
  }

  @Test
  void noAnswer() throws Exception {
    try (FakeRespServer server = FakeRespServer.answering(any -> "")) {
      Outcome outcome = run(server, "info", "--timeout", "50ms");
      assertThat(outcome.status()).isEqualTo(4);
      assertThat(outcome.err())
          .isEqualTo(
              "speicher: no answer from 127.0.0.1:"
                  + server.port()
                  + " within 50 ms: is it a RESP server? if it is slow, raise --timeout\n");
    }
  }

  @Test
  void notResp() throws Exception {
    Outcome outcome = run("INFO", "HTTP/1.1 400 Bad Request\r\n\r\n", "info");
    assertThat(outcome.status()).isEqualTo(1);
    assertThat(outcome.err()).contains("the reply is not RESP: it begins with the byte 0x48");
  }

  /** Whatever a server answers in RESP is shown, or refused in a line; nothing crashes. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        ":-9223372036854775808\r\n",
        "$-1\r\n",
        "$0\r\n\r\n",
        "*-1\r\n",
        "*0\r\n",
        "*1\r\n*0\r\n",
        "*1\r\n*4\r\n:1\r\n:9223372036854775807\r\n:-1\r\n$1\r\nx\r\n",
        "*3\r\n:1\r\n$3\r\nx\u001b[\r\n*1\r\n:1\r\n",
        "%1\r\n*0\r\n%0\r\n",
        "~1\r\n_\r\n",
        "(99999999999999999999999\r\n",
        ",nan\r\n",
        "$42\r\ncmdstat_x\u001b:calls=1e999,usec=-1\nused_memory:-5\r\n",
        "*2\r\n$14\r\nhistogram_usec\r\n*2\r\n$1\r\nx\r\n:1\r\n",
      })
  void unexpectedReplies(String answer) throws Exception {
    for (String command :
        List.of(
            "stat --count=1 --interval=1ms",
            "stat --count=1 --interval=1ms --json",
            "info",
            "info --json",
            "hotkeys",
            "bigkeys --json",
            "slowlog",
            "slowlog --json",
            "latency",
            "latency --json",
            "clients",
            "clients --json",
            "monitor --count=1",
            "scan --count=1",
            "shell --typed x",
            "shell --json x")) {
      try (FakeRespServer server =
          FakeRespServer.answering(asked -> asked.equals("MONITOR") ? answer + answer : answer)) {
        List<String> words = new ArrayList<>(List.of(command.split(" ")));
        words.addAll(1, List.of("--url", server.url()));
        Outcome outcome = shell.run(words.toArray(String[]::new));
        assertThat(outcome.status()).as(command + outcome).isIn(0, 1);
        assertThat(outcome.err()).as(command).doesNotContain("bug").matches("(speicher: .*\n)?");
        assertThat(outcome.out() + outcome.err()).as(command).doesNotContain("\u001b");
      }
    }
  }

  @Test
  void slowLog_thatIsNone() throws Exception {
    try (FakeRespServer server = FakeRespServer.knowing("SLOWLOG GET 10", array(array(":1\r\n")))) {
      assertThat(run(server, "slowlog"))
          .isEqualTo(
              failed(
                  "127.0.0.1:"
                      + server.port()
                      + " answered something unexpected: elements=1 (expected: at least 2)"));
    }
  }

  @Test
  void url_wrong() {
    assertThat(shell.run("info", "--url", "http://a").err())
        .startsWith("speicher: url=http://a (expected: speicher://host, ")
        .contains("redis://host:port/database")
        .hasLineCount(1);
  }
}
