package io.speicher.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.lettuce.core.RedisURI;
import io.lettuce.core.ScanArgs;
import io.lettuce.core.ScanIterator;
import io.lettuce.core.cluster.api.StatefulRedisClusterConnection;
import io.lettuce.core.cluster.api.sync.RedisAdvancedClusterCommands;
import io.speicher.bench.history.Fault;
import io.speicher.bench.history.HistoryRun;
import io.speicher.bench.history.Node;
import io.speicher.client.Cache;
import io.speicher.client.Codec;
import io.speicher.client.Speicher;
import io.speicher.client.Ttl;
import io.speicher.client.exception.ConnectionLostException;
import io.speicher.client.exception.ServerFailedException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.SocketException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.RedisClusterClient;
import redis.clients.jedis.ScanIteration;

/** Three nodes as processes of their own, on ports of the loopback address. */
final class ClusterIT {
  private static final Duration PATIENCE = Duration.ofMinutes(1);
  private static final String SPLIT =
      "ERR the cluster is split, or has lost too many nodes: nothing is answered";

  private static final Pattern CURSOR = Pattern.compile("\"cursor\":\"(\\d+)\"");
  private static final Pattern KEY = Pattern.compile("\"(\\w+:\\d+)\"");
  private static final Pattern OPEN = Pattern.compile("open:\\d+");
  private static final int KEYS = 100;
  private static final int ID_CHARACTERS = 40;

  @TempDir private static Path folder;

  private static final List<TestNode> nodes = new ArrayList<>();
  private static List<TestNode.Ports> ports = List.of();

  @BeforeAll
  static void start() throws IOException {
    ports = TestNode.freePorts(3);
    for (TestNode.Ports own : ports) {
      nodes.add(new TestNode("shop", own, ports, folder));
    }
  }

  @AfterAll
  static void stop() {
    nodes.forEach(TestNode::close);
  }

  @BeforeEach
  void awaitAllNodes() {
    await().atMost(PATIENCE).until(() -> nodes.stream().allMatch(TestNode::isListening));
    nodes.forEach(node -> awaitNodes(node, 3));
  }

  /**
   * Until there are so many nodes, and two copies of everything: a range of slots is two lines, and
   * three for each owner.
   */
  private static void awaitNodes(TestNode node, int count) {
    await()
        .atMost(PATIENCE)
        .ignoreExceptions()
        .until(() -> {
          String info = node.resp("CLUSTER", "INFO");
          String slots = node.resp("CLUSTER", "SLOTS");
          long owners = slots.lines().filter(line -> line.length() == ID_CHARACTERS).count();
          return info.contains("cluster_state:ok")
              && info.contains("cluster_known_nodes:" + count + "\r")
              && slots.lines().count() == 4 * owners;
        });
  }

  // ---- commands ----

  @Test
  void everyNode_answersForEveryKey() {
    for (int i = 0; i < 30; i++) {
      String key = "key:" + i;
      assertThat(nodes.get(i % 3).resp("SET", key, "value" + i)).isEqualTo("OK");
      for (TestNode node : nodes) {
        assertThat(node.resp("GET", key)).isEqualTo("value" + i);
      }
      assertThat(nodes.get((i + 1) % 3).resp("DEL", key)).isEqualTo("1");
      for (TestNode node : nodes) {
        assertThat(node.resp("GET", key)).isEqualTo("null");
      }
    }
  }

  @Test
  void counters_areExactWhicheverNodeIsAsked() {
    for (int i = 1; i <= 60; i++) {
      assertThat(nodes.get(i % 3).resp("INCR", "counter")).isEqualTo("" + i);
    }
  }

  @Test
  void writes_keepTimeToLive() {
    assertThat(nodes.get(0).resp("SET", "window", "1", "EX", "100")).isEqualTo("OK");
    for (TestNode node : nodes) {
      node.resp("INCR", "window");
      assertThat(Integer.parseInt(node.resp("TTL", "window"))).isBetween(70, 100);
    }
    assertThat(nodes.get(1).resp("PERSIST", "window")).isEqualTo("1");
    assertThat(nodes.get(2).resp("TTL", "window")).isEqualTo("-1");
  }

  @Test
  void conditionsAndOldValues() {
    assertThat(nodes.get(0).resp("SET", "once", "1", "NX")).isEqualTo("OK");
    assertThat(nodes.get(1).resp("SET", "once", "2", "NX")).isEqualTo("null");
    assertThat(nodes.get(2).resp("GETSET", "once", "3")).isEqualTo("1");
    assertThat(nodes.get(0).resp("APPEND", "once", "4")).isEqualTo("2");
    assertThat(nodes.get(1).resp("GETDEL", "once")).isEqualTo("34");
    assertThat(nodes.get(2).resp("EXISTS", "once")).isEqualTo("0");
  }

  @Test
  void severalKeys() {
    assertThat(nodes.get(0).resp("MSET", "a", "1", "b", "2", "c", "3")).isEqualTo("OK");
    assertThat(nodes.get(1).resp("MGET", "a", "b", "nothing", "c")).isEqualTo("1\n2\nnull\n3");
    assertThat(nodes.get(2).resp("EXISTS", "a", "b", "nothing")).isEqualTo("2");
    assertThat(nodes.get(0).resp("DEL", "a", "b", "c", "nothing")).isEqualTo("3");
  }

  @Test
  void dialects_shareItems() throws IOException {
    for (int i = 0; i < 3; i++) {
      TestNode writer = nodes.get(i);
      TestNode reader = nodes.get((i + 1) % 3);
      assertThat(writer.json("{\"command\":\"SET\",\"key\":\"d\",\"value\":\"j" + i + "\"}"))
          .contains("200");
      assertThat(reader.resp("GET", "d")).isEqualTo("j" + i);
      assertThat(reader.memcached("set d 7 0 2\r\nm" + i + "\r\n")).isEqualTo("STORED\r\n");
      assertThat(writer.memcached("get d\r\n")).isEqualTo("VALUE d 7 2\r\nm" + i + "\r\nEND\r\n");
      assertThat(writer.json("{\"command\":\"GET\",\"key\":\"d\"}")).contains("\"m" + i + "\"");
    }
  }

  @Test
  void clear_isEverywhere() {
    for (int i = 0; i < 20; i++) {
      nodes.get(i % 3).resp("SET", "clear:" + i, "1");
    }
    assertThat(nodes.get(1).resp("FLUSHALL")).isEqualTo("OK");
    for (int i = 0; i < 20; i++) {
      assertThat(nodes.get(i % 3).resp("GET", "clear:" + i)).isEqualTo("null");
    }
  }

  /** What a node tells of by RESP, which is what it is the primary owner of, by SCAN in steps. */
  private static List<String> scan(TestNode node, String... command) {
    List<String> words = new ArrayList<>(List.of(command));
    int cursor = words.size();
    words.addAll(List.of("0", "COUNT", "20"));
    List<String> told = new ArrayList<>();
    do {
      List<String> reply = node.resp(words.toArray(String[]::new)).lines().toList();
      words.set(cursor, reply.getFirst());
      told.addAll(reply.subList(1, reply.size()));
    } while (!words.get(cursor).equals("0"));
    return told;
  }

  /** What framed JSON tells from a cursor on; each node is asked in turn. */
  private static List<String> walk(String from) throws IOException {
    List<String> told = new ArrayList<>();
    String cursor = from;
    for (int i = 0; i == 0 || !cursor.equals("0"); i++) {
      String reply = scanStep(nodes.get(i % 3), cursor, told);
      cursor = CURSOR.matcher(reply).results().findFirst().orElseThrow().group(1);
    }
    return told;
  }

  /** Returns the reply to a step of a scan, whose keys are added to others. */
  private static String scanStep(TestNode node, String cursor, List<String> told)
      throws IOException {
    String reply = node.json("{\"command\":\"SCN\",\"count\":7,\"cursor\":\"" + cursor + "\"}");
    assertThat(reply).startsWith("{\"status_code\":200,\"cursor\":");
    KEY.matcher(reply).results().forEach(key -> told.add(key.group(1)));
    return reply;
  }

  @Test
  void allKeys_areToldOnceOverAllNodes() throws IOException {
    nodes.get(0).resp("FLUSHALL");
    List<String> keys = List.of(keys("all:"));
    for (int i = 0; i < KEYS; i++) {
      assertThat(nodes.get(i % 3).resp("SET", keys.get(i), "1")).isEqualTo("OK");
    }
    List<String> scanned = new ArrayList<>();
    List<String> found = new ArrayList<>();
    for (TestNode node : nodes) {
      List<String> own = scan(node, "SCAN");
      assertThat(node.resp("DBSIZE")).isEqualTo("" + own.size());
      assertThat(own).contains(node.resp("RANDOMKEY"));
      scanned.addAll(own);
      found.addAll(node.resp("KEYS", "all:*").lines().toList());
      assertThat(node.json("{\"command\":\"CNT\"}"))
          .isEqualTo("{\"status_code\":200,\"count\":" + KEYS + "}");
      assertThat(node.resp("SPEICHER", "DBSIZE")).isEqualTo("" + KEYS);
      assertThat(scan(node, "SPEICHER", "SCAN")).containsExactlyInAnyOrderElementsOf(keys);
      assertThat(node.json("{\"command\":\"SCN\",\"match\":\"all:*\",\"count\":1000}"))
          .contains("\"all:");
    }
    assertThat(scanned).containsExactlyInAnyOrderElementsOf(keys);
    assertThat(found).containsExactlyInAnyOrderElementsOf(keys);
    assertThat(walk("0")).containsExactlyInAnyOrderElementsOf(keys);
    assertThat(walk("18446744073709551615")).as("of no cursor").isSubsetOf(keys);
  }

  @Test
  void allKeys_areThoseThatMayBeRead() throws IOException {
    for (int i = 0; i < 20; i++) {
      nodes.get(i % 3).resp("MSET", "open:" + i, "1", "secret:" + i, "1");
    }
    List<String> told = new ArrayList<>();
    for (TestNode node : nodes) {
      assertThat(
              node.resp("ACL", "SETUSER", "reader", "on", "nopass", "~open:*", "+@read", "+@scan"))
          .isEqualTo("OK");
      String reply = node.lines("AUTH reader pw", "KEYS *", "RANDOMKEY", "SCAN 0 COUNT 1000");
      assertThat(reply).contains("open:").doesNotContain("secret:");
      OPEN.matcher(node.lines("AUTH reader pw", "KEYS *"))
          .results()
          .forEach(key -> told.add(key.group()));
      assertThat(
              node.json(
                  "{\"command\":\"AUTH\",\"user\":\"reader\",\"password\":\"pw\"}",
                  "{\"command\":\"SCN\",\"count\":1000}"))
          .startsWith("{\"status_code\":200,\"cursor\":")
          .contains("open:")
          .doesNotContain("secret:");
      assertThat(node.resp("ACL", "DELUSER", "reader")).isEqualTo("1");
    }
    assertThat(told).hasSize(20).doesNotHaveDuplicates();
  }

  @Test
  void whatAClusterHasNot_isRefusedInWords() throws IOException {
    TestNode node = nodes.get(0);
    for (String command : List.of("MOVE a 1", "RENAME {a}1 {a}2", "WATCH a")) {
      assertThat(node.resp(command.split(" ", -1)))
          .as(command)
          .startsWith("ERR not available in a cluster: ");
    }
  }

  // ---- versions and leases ----

  private static final Pattern UNIQUE = Pattern.compile("VALUE \\S+ 0 1 (\\d+)\r\n");
  private static final Pattern LEASE = Pattern.compile("\"lease\":\"(\\d+)\"");

  private static String found(Pattern pattern, String reply) {
    Matcher matcher = pattern.matcher(reply);
    assertThat(matcher.find()).as(reply).isTrue();
    return matcher.group(1);
  }

  private static String unique(TestNode node, String key) throws IOException {
    return found(UNIQUE, node.memcached("gets " + key + "\r\n"));
  }

  private static String cas(TestNode node, String key, String unique) throws IOException {
    return node.memcached("cas " + key + " 0 0 1 " + unique + "\r\n2\r\n").strip();
  }

  @Test
  void versions_areTheSameOnAllNodes() throws IOException {
    for (int i = 0; i < 3; i++) {
      String key = "version:" + i;
      assertThat(nodes.get(0).resp("SET", key, "1")).isEqualTo("OK");
      String unique = unique(nodes.get(0), key);
      assertThat(unique(nodes.get(1), key)).isEqualTo(unique);
      assertThat(
              nodes.get(2).json("{\"command\":\"GET\",\"key\":\"" + key + "\",\"version\":true}"))
          .contains("\"version\":\"" + unique + "\"");
      assertThat(nodes.get(0).resp("EXPIRE", key, "100")).isEqualTo("1"); // Which leaves it.
      assertThat(cas(nodes.get(1), key, unique)).isEqualTo("STORED");
      assertThat(cas(nodes.get(2), key, unique)).isEqualTo("EXISTS");
      String told = nodes.get(2).memcached("ms " + key + " 1 c\r\n3\r\n");
      assertThat(told).isEqualTo("HD c" + unique(nodes.get(0), key) + "\r\n");
    }
  }

  private static String ask(TestNode node, String key, int waitMillis) throws IOException {
    return node.json(
        "{\"command\":\"GET\",\"key\":\"%s\",\"lease\":60000,\"wait\":%d}"
            .formatted(key, waitMillis));
  }

  private static String setLeased(TestNode node, String key, String lease) throws IOException {
    return node.json(
        "{\"command\":\"SET\",\"key\":\"%s\",\"value\":\"made\",\"lease\":\"%s\"}"
            .formatted(key, lease));
  }

  @Test
  void lease_isGivenOnceAndAwaitedOnAllNodes() throws Exception {
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < 3; i++) {
        String key = "leased:" + i;
        String lease = found(LEASE, ask(nodes.get(i), key, 0));
        List<Future<String>> waiting = new ArrayList<>();
        for (TestNode node : nodes) {
          assertThat(ask(node, key, 0)).contains("404").doesNotContain("lease");
          assertThat(node.resp("EXISTS", key)).isEqualTo("0");
          waiting.add(threads.submit(() -> ask(node, key, 30_000)));
        }
        assertThat(setLeased(nodes.get((i + 1) % 3), key, lease)).contains("200");
        for (Future<String> answer : waiting) {
          assertThat(answer.get()).contains("\"value\":\"made\"");
        }
        assertThat(setLeased(nodes.get(i), key, lease)).contains("409");
      }
    }
  }

  @Test
  void deletedKey_endsItsLease() throws IOException {
    String lease = found(LEASE, ask(nodes.get(0), "ended", 0));
    assertThat(nodes.get(1).resp("DEL", "ended")).isEqualTo("0");
    assertThat(setLeased(nodes.get(2), "ended", lease)).contains("409");
    assertThat(found(LEASE, ask(nodes.get(2), "ended", 0))).isNotEqualTo(lease);
  }

  @Test
  void staleValue_isShownWhileOneComputes() throws IOException {
    assertThat(nodes.get(0).resp("SET", "stale", "old")).isEqualTo("OK");
    assertThat(nodes.get(1).json("{\"command\":\"DEL\",\"key\":\"stale\",\"stale\":60000}"))
        .contains("200");
    String first = ask(nodes.get(2), "stale", 0);
    assertThat(first).contains("\"value\":\"old\"", "\"stale\":true");
    for (TestNode node : nodes) {
      assertThat(ask(node, "stale", 1_000)).contains("\"stale\":true").doesNotContain("lease");
    }
    assertThat(setLeased(nodes.get(0), "stale", found(LEASE, first))).contains("200");
    assertThat(ask(nodes.get(1), "stale", 0))
        .contains("\"value\":\"made\"")
        .doesNotContain("stale");
    assertThat(nodes.get(0).memcached("set dead 0 0 1\r\na\r\nmd dead I T30\r\n"))
        .isEqualTo("STORED\r\nHD\r\n");
    assertThat(nodes.get(1).memcached("mg dead v\r\n")).isEqualTo("VA 1 X W\r\na\r\n");
    assertThat(nodes.get(2).memcached("mg dead v\r\n")).isEqualTo("VA 1 Z X\r\na\r\n");
    // memcached's way: the first one who misses is to recache.
    assertThat(nodes.get(0).memcached("mg vivid v N30\r\n")).startsWith("VA 0 W");
    assertThat(nodes.get(1).memcached("mg vivid v N30\r\n")).startsWith("VA 0 Z");
  }

  @Test
  void largeItem_isRefusedWithItsBound() {
    String value = "x".repeat(1 << 20);
    assertThat(nodes.get(0).resp("SET", "large", value + value))
        .contains("expected: up to 1048576");
    assertThat(nodes.get(0).resp("SET", "large", value.substring(100))).isEqualTo("OK");
    assertThat(nodes.get(1).resp("STRLEN", "large")).isEqualTo("" + (value.length() - 100));
    assertThat(nodes.get(2).resp("APPEND", "large", value.substring(100))).contains("OOM");
  }

  // ---- clients of Redis Cluster ----

  @Test
  void info_saysThatItIsANode() {
    for (TestNode node : nodes) {
      assertThat(node.resp("INFO"))
          .contains("redis_mode:cluster\r\n", "# Cluster\r\ncluster_enabled:1\r\n")
          .contains("cluster_nodes:3\r\n", "cluster_peers:3\r\n", "cluster_lonely_segments:0\r\n");
      assertThat(node.resp("READONLY")).isEqualTo("OK");
    }
    assertThat(nodes.stream().mapToLong(node -> node.info("cluster_primary_segments")).sum())
        .isEqualTo(SlotPartitioner.SEGMENTS);
  }

  @Test
  void api_tellsOfNodes() throws IOException {
    String page = TestNode.http(nodes.get(1).port, "/api/v1/cluster");
    assertThat(page)
        .startsWith("200 {\"name\":\"shop\",\"available\":true,\"draining\":false,\"nodes\":[{")
        .contains("\"port\":" + nodes.get(1).port + ",\"myself\":true,\"primary_segments\":")
        .contains("\"port\":" + nodes.get(2).port + ",\"myself\":false,\"primary_segments\":");
    assertThat(Pattern.compile("\"awaited_segments\":0}").matcher(page).results()).hasSize(3);
    assertThat(
            Pattern.compile("_segments\":(\\d+)")
                .matcher(page)
                .results()
                .mapToInt(number -> Integer.parseInt(number.group(1)))
                .sum())
        .isEqualTo(2 * SlotPartitioner.SEGMENTS);
  }

  @Test
  void keysOfSeveralSlots() {
    TestNode node = nodes.get(0);
    String crossSlot = "CROSSSLOT Keys in request don't hash to the same slot";
    assertThat(node.resp("MSETNX", "a", "1", "b", "2")).isEqualTo(crossSlot);
    assertThat(node.resp("RENAME", "a", "b")).isEqualTo(crossSlot);
    assertThat(node.resp("COPY", "a", "b")).isEqualTo(crossSlot);
    assertThat(node.resp("CLUSTER", "KEYSLOT", "{a}1"))
        .isEqualTo(node.resp("CLUSTER", "KEYSLOT", "a"));
  }

  /** A node answers of what it has; each key has two copies. */
  @Test
  void keysOfASlot() {
    TestNode node = nodes.get(0);
    String slot = node.resp("CLUSTER", "KEYSLOT", "slot");
    for (int i = 0; i < 5; i++) {
      assertThat(nodes.get(i % 3).resp("SET", "{slot}" + i, "1")).isEqualTo("OK");
    }
    assertThat(nodes.stream().map(one -> one.resp("CLUSTER", "COUNTKEYSINSLOT", slot)))
        .containsExactlyInAnyOrder("0", "5", "5");
    assertThat(nodes.stream().map(one -> one.resp("CLUSTER", "GETKEYSINSLOT", slot, "10").lines()))
        .filteredOn(keys -> keys.anyMatch("{slot}3"::equals))
        .hasSize(2);
    assertThat(nodes.stream().map(one -> one.resp("CLUSTER", "GETKEYSINSLOT", slot, "3")))
        .filteredOn(keys -> keys.lines().count() == 3)
        .hasSize(2);
    assertThat(node.resp("CLUSTER", "COUNTKEYSINSLOT", "16384")).isEqualTo("ERR Invalid slot");
    assertThat(node.resp("CLUSTER", "GETKEYSINSLOT", "0", "-1"))
        .isEqualTo("ERR Invalid slot or number of keys");
  }

  private static long remoteCommands() {
    return nodes.stream().mapToLong(node -> node.info("cluster_remote_commands")).sum();
  }

  @Test
  void jedis_routesToOwners() {
    try (RedisClusterClient client = jedis()) {
      long before = remoteCommands();
      for (int i = 0; i < KEYS; i++) {
        assertThat(client.set("jedis:" + i, "" + i)).isEqualTo("OK");
        assertThat(client.incr("jedis:" + i)).isEqualTo(i + 1);
        assertThat(client.get("jedis:" + i)).isEqualTo("" + (i + 1));
      }
      assertThat(client.mset("{jedis}a", "1", "{jedis}b", "2")).isEqualTo("OK");
      assertThat(client.mget("{jedis}a", "{jedis}b", "{jedis}c")).containsExactly("1", "2", null);
      assertThat(remoteCommands()).isEqualTo(before);
      List<String> scanned = new ArrayList<>();
      ScanIteration scan = client.scanIteration(20, "jedis:*");
      while (!scan.isIterationCompleted()) {
        scanned.addAll(scan.nextBatchList());
      }
      assertThat(scanned).hasSize(KEYS).doesNotHaveDuplicates();
      assertThat(client.dbSize()).isEqualTo(items(nodes.get(1)));
    }
  }

  private static String[] keys(String prefix) {
    return IntStream.range(0, KEYS).mapToObj(i -> prefix + i).toArray(String[]::new);
  }

  /** As many as there are on all nodes. */
  private static long items(TestNode node) {
    return Long.parseLong(node.resp("SPEICHER", "DBSIZE"));
  }

  private static RedisClusterClient jedis() {
    return RedisClusterClient.create(Set.of(new HostAndPort("127.0.0.1", nodes.get(0).port)));
  }

  @Test
  void lettuce_routesToOwners() {
    io.lettuce.core.cluster.RedisClusterClient client =
        io.lettuce.core.cluster.RedisClusterClient.create(
            RedisURI.create("127.0.0.1", nodes.get(1).port));
    try (StatefulRedisClusterConnection<String, String> connection = client.connect()) {
      RedisAdvancedClusterCommands<String, String> commands = connection.sync();
      long before = remoteCommands();
      Map<String, String> items = new HashMap<>();
      for (int i = 0; i < KEYS; i++) {
        items.put("lettuce:" + i, "" + i);
        assertThat(commands.append("appended:" + i, "x")).isEqualTo(1);
      }
      assertThat(commands.mset(items)).isEqualTo("OK");
      assertThat(commands.mget(items.keySet().toArray(String[]::new)))
          .allSatisfy(item -> assertThat(item.getValue()).isEqualTo(items.get(item.getKey())));
      assertThat(commands.set("{lettuce}a", "1")).isEqualTo("OK");
      assertThat(commands.getdel("{lettuce}a")).isEqualTo("1");
      assertThat(remoteCommands()).isEqualTo(before);
      List<String> scanned = new ArrayList<>();
      ScanIterator.scan(commands, ScanArgs.Builder.matches("lettuce:*").limit(20))
          .forEachRemaining(scanned::add);
      assertThat(scanned).containsExactlyInAnyOrderElementsOf(items.keySet());
      assertThat(commands.keys("lettuce:*")).containsExactlyInAnyOrderElementsOf(items.keySet());
      assertThat(commands.dbsize()).isEqualTo(items(nodes.get(0)));
    } finally {
      client.shutdown(Duration.ZERO, Duration.ofSeconds(5));
    }
  }

  // ---- the client in Java ----

  @Test
  void node_tellsWhoDecides() throws IOException {
    String table = nodes.get(1).json("{\"command\":\"NOD\"}");
    assertThat(table)
        .startsWith("{\"status_code\":200,\"cluster\":\"shop\",\"available\":true,\"epoch\":")
        .contains("\"port\":" + nodes.get(1).port + ",\"myself\":true}")
        .contains("\"port\":" + nodes.get(2).port + ",\"myself\":false}")
        .contains("\"ranges\":[{\"first\":0,\"last\":")
        .contains("\"last\":16383,\"owners\":[");
    assertThat(nodes.get(1).json("{\"command\":\"INF\"}")).contains("\"features\":[\"cluster\"");
  }

  @Test
  void javaClient_routesToOwners() {
    try (Speicher client = javaClient(nodes.subList(0, 1))) {
      await()
          .atMost(PATIENCE)
          .until(() -> {
            long before = remoteCommands();
            count(client.cache("found", Codec.longs()));
            return remoteCommands() == before;
          });
      long before = remoteCommands();
      count(client.cache("routed", Codec.longs()));
      assertThat(remoteCommands()).isEqualTo(before);
      Map<String, Long> all = client.cache("routed", Codec.longs()).getAll(keys());
      assertThat(all).hasSameSizeAs(keys()).containsEntry("7", 9L);
    }
  }

  private static List<String> keys() {
    return IntStream.range(0, KEYS / 4).mapToObj(i -> "" + i).toList();
  }

  private static void count(Cache<Long> cache) {
    for (String key : keys()) {
      cache.set(key, Long.valueOf(key));
      cache.async().add(key, 1, 0, Ttl.forever()).join();
      assertThat(cache.add(key, 1, 0, Ttl.forever())).isEqualTo(Long.parseLong(key) + 2);
    }
  }

  private static Speicher javaClient(List<TestNode> known) {
    return Speicher.builder()
        .nodes(known.stream().map(node -> "127.0.0.1:" + node.port).toArray(String[]::new))
        .timeout(PATIENCE)
        .build();
  }

  /**
   * Writes one value after the other until it is told to end, and knows which were acknowledged.
   */
  private static final class Writer extends Thread {
    final Set<String> acknowledged = ConcurrentHashMap.newKeySet();
    final List<RuntimeException> unknown = new CopyOnWriteArrayList<>();
    private final Cache<String> cache;
    private volatile boolean ends;

    Writer(Cache<String> cache) {
      this.cache = cache;
    }

    @Override
    public void run() {
      for (int i = 0; !ends; i++) {
        try {
          cache.set("" + i, "" + i);
          acknowledged.add("" + i);
        } catch (ConnectionLostException | ServerFailedException e) {
          unknown.add(e);
        }
      }
    }

    /** Waits until it has written more than now. */
    void awaitWrites() {
      int before = acknowledged.size();
      await().atMost(PATIENCE).until(() -> acknowledged.size() > before + KEYS);
    }

    /** One command was in flight, and some were decided about while the owners changed. */
    void assertNothingIsLost() throws InterruptedException {
      awaitWrites();
      ends = true;
      join();
      assertThat(unknown).filteredOn(ConnectionLostException.class::isInstance).hasSizeLessThan(2);
      assertThat(unknown)
          .filteredOn(ServerFailedException.class::isInstance)
          .allSatisfy(failure -> assertThat(failure).hasMessageContaining("outcome unknown"));
      assertThat(cache.getAll(acknowledged)).hasSameSizeAs(acknowledged);
    }
  }

  // ---- failures ----

  @Test
  void killedNode_losesNoAcknowledgedWriteAndComesBack() throws Exception {
    for (int i = 0; i < KEYS; i++) {
      assertThat(nodes.get(i % 3).resp("SET", "kept:" + i, "" + i)).isEqualTo("OK");
    }
    String unique = unique(nodes.get(0), "kept:1");
    RedisClusterClient jedis = jedis();
    Speicher client = javaClient(nodes);
    Writer writer = new Writer(client.cache("written", Codec.string()));
    writer.start();
    writer.awaitWrites();
    nodes.get(2).kill();
    try (client) {
      writer.assertNothingIsLost();
    }
    for (TestNode node : nodes.subList(0, 2)) {
      awaitNodes(node, 2);
      for (int i = 0; i < KEYS; i++) {
        assertThat(node.get("kept:" + i)).isEqualTo("" + i);
      }
    }
    try (jedis) { // It has known the node that was killed, and finds the new owners.
      for (int i = 0; i < KEYS; i++) {
        assertThat(jedis.get("kept:" + i)).isEqualTo("" + i);
      }
    }
    assertThat(nodes.get(0).resp("SET", "kept:0", "new")).isEqualTo("OK");
    nodes.set(2, new TestNode("shop", ports.get(2), ports, folder));
    awaitAllNodes();
    assertThat(nodes.get(2).get("kept:0")).isEqualTo("new");
    for (int i = 1; i < KEYS; i++) {
      assertThat(nodes.get(2).get("kept:" + i)).isEqualTo("" + i);
    }
    assertThat(unique(nodes.get(2), "kept:1")).isEqualTo(unique);
  }

  /** The others have what it had before it goes. */
  @Test
  void drainedNode_handsOverAndLeaves() throws Exception {
    for (int i = 0; i < KEYS; i++) {
      assertThat(nodes.get(i % 3).resp("SET", "drained:" + i, "" + i)).isEqualTo("OK");
    }
    List<String> told = new ArrayList<>(); // In a walk that begins before, and ends afterwards.
    String step = scanStep(nodes.get(0), "0", told);
    String cursor = CURSOR.matcher(step).results().findFirst().orElseThrow().group(1);
    TestNode leaving = nodes.get(2);
    assertThat(leaving.resp("SPEICHER", "DRAIN")).isEqualTo("OK");
    assertThat(leaving.awaitEnd()).isZero();
    assertThat(leaving.log()).contains("the others have what this node had: it leaves");
    for (TestNode node : nodes.subList(0, 2)) {
      awaitNodes(node, 2);
      for (int i = 0; i < KEYS; i++) {
        assertThat(node.get("drained:" + i)).isEqualTo("" + i);
      }
      assertThat(node.resp("SPEICHER", "DRAIN"))
          .isEqualTo("ERR the other nodes would be no majority: needed=2 peers=3");
    }
    nodes.set(2, new TestNode("shop", ports.get(2), ports, folder));
    awaitAllNodes();
    assertThat(nodes.get(2).info("cluster_owned_segments")).isPositive();
    told.addAll(walk(cursor));
    assertThat(told).contains(keys("drained:"));
  }

  /** What a node believes to own after a sleep may have been changed by others. */
  @Test
  void nodeThatSlept_answersNothingStale() throws Exception {
    for (int i = 0; i < KEYS; i++) {
      assertThat(nodes.get(0).resp("SET", "slept:" + i, "old")).isEqualTo("OK");
    }
    nodes.get(2).signal("STOP");
    try {
      awaitNodes(nodes.get(0), 2);
      for (int i = 0; i < KEYS; i++) {
        assertThat(nodes.get(0).resp("SET", "slept:" + i, "new")).isEqualTo("OK");
      }
    } finally {
      nodes.get(2).signal("CONT");
    }
    for (int i = 0; i < KEYS; i++) {
      assertThat(nodes.get(2).resp("GET", "slept:" + i)).isNotEqualTo("old");
    }
    assertThat(TestNode.http(nodes.get(2).port, "/api/v1/cluster"))
        .contains("\"stalls\":[{\"ended_ms\":");
    awaitAllNodes();
    for (int i = 0; i < KEYS; i++) {
      assertThat(nodes.get(2).resp("GET", "slept:" + i)).isEqualTo("new");
    }
  }

  /** A node that does not know what the others do answers nothing, and says why. */
  @Test
  void minority_refusesInWords() throws Exception {
    TestNode alone = nodes.get(0);
    assertThat(alone.resp("SET", "minority", "old")).isEqualTo("OK");
    assertThat(TestNode.http(alone.port, "/health/ready")).isEqualTo("200 ready");
    nodes.get(1).signal("STOP");
    nodes.get(2).signal("STOP");
    try {
      await().atMost(PATIENCE).until(() -> alone.info("cluster_available") == 0);
      await()
          .atMost(PATIENCE)
          .untilAsserted(() -> assertThat(alone.resp("SET", "minority", "new")).isEqualTo(SPLIT));
      assertThat(alone.resp("GET", "minority")).isEqualTo(SPLIT);
      assertThat(alone.memcached("set minority 0 0 1\r\n1\r\n"))
          .startsWith("SERVER_ERROR the cluster is split");
      assertThat(alone.json("{\"command\":\"GET\",\"key\":\"minority\"}"))
          .contains("503", "the cluster is split");
      assertThat(alone.resp("CLUSTER", "INFO")).contains("cluster_state:fail");
      assertThat(TestNode.http(alone.port, "/health/ready"))
          .isEqualTo("503 not ready: not with a majority of its cluster");
      assertThat(TestNode.http(alone.port, "/health/live")).isEqualTo("200 live");
    } finally {
      nodes.get(1).signal("CONT");
      nodes.get(2).signal("CONT");
    }
    awaitAllNodes();
    assertThat(alone.resp("GET", "minority")).isEqualTo("old");
  }

  /** Those that were stopped may be started again without it: then two clusters would answer. */
  @Test
  void lastOfThree_refusesUntilAnotherIsBack() throws Exception {
    TestNode last = nodes.get(0);
    assertThat(last.resp("SET", "last", "old")).isEqualTo("OK");
    for (int stopped = 2; stopped >= 1; stopped--) {
      awaitNodes(last, stopped + 1);
      nodes.get(stopped).signal("TERM");
      assertThat(nodes.get(stopped).awaitEnd()).isZero();
    }
    await().atMost(PATIENCE).until(() -> last.info("cluster_available") == 0);
    assertThat(last.resp("GET", "last")).isEqualTo(SPLIT);
    nodes.set(1, new TestNode("shop", ports.get(1), ports, folder));
    nodes.set(2, new TestNode("shop", ports.get(2), ports, folder));
    awaitAllNodes();
    assertThat(nodes.get(2).resp("GET", "last")).isEqualTo("old");
  }

  /**
   * One fault, of the kind that is over soonest; bench/history has the others, for as long as one
   * likes.
   */
  @Test
  void history_isLinearizableThroughAStop() throws Exception {
    assertThat(nodes.get(0).resp("FLUSHALL")).isEqualTo("OK");
    List<Node> faulty = IntStream.range(0, 3).<Node>mapToObj(FaultyNode::new).toList();
    long seed = Long.getLong("seed", ThreadLocalRandom.current().nextInt(1 << 30));
    List<String> told = new ArrayList<>();
    HistoryRun.Result result =
        new HistoryRun(faulty, null, List.of(Fault.STOP), seed, told::add).run(1);
    assertThat(result.violations()).as("%s%n%s", result.summary(), told).isEmpty();
  }

  /** One of the three, as the history checker knows nodes. */
  private record FaultyNode(int index) implements Node {
    @Override
    public InetSocketAddress address() {
      return new InetSocketAddress(InetAddress.getLoopbackAddress(), ports.get(index).client());
    }

    @Override
    public void kill() throws InterruptedException {
      nodes.get(index).kill();
    }

    @Override
    public void start() throws IOException {
      nodes.set(index, new TestNode("shop", ports.get(index), ports, folder));
    }

    @Override
    public void suspend() throws IOException, InterruptedException {
      nodes.get(index).signal("STOP");
    }

    @Override
    public void resume() throws IOException, InterruptedException {
      nodes.get(index).signal("CONT");
    }
  }

  // ---- other clusters ----

  @Test
  void oneNode_oneCopy() throws Exception {
    List<TestNode.Ports> own = TestNode.freePorts(1);
    try (TestNode node = new TestNode("small", own.getFirst(), own, folder, "--copies", "1")) {
      await().atMost(PATIENCE).until(node::isListening);
      assertThat(node.resp("SET", "a", "1")).isEqualTo("OK");
      assertThat(node.resp("INCR", "a")).isEqualTo("2");
      assertThat(node.resp("GET", "a")).isEqualTo("2");
      assertThat(node.resp("CLUSTER", "INFO")).contains("cluster_state:ok");
    }
  }

  /** A name gets addresses as nodes start, as a headless service of Kubernetes does. */
  @Test
  void nameOfSeveralNodes() throws Exception {
    List<TestNode.Ports> own = TestNode.freePorts(3);
    int bus = own.get(2).bus();
    List<Path> hosts = List.of(folder.resolve("hosts0"), folder.resolve("hosts1"));
    List<String> addresses = List.of("127.0.0.2", "127.0.0.3");
    List<TestNode> pair = new ArrayList<>();
    try {
      for (int i = 0; i < 2; i++) {
        writeHosts(hosts.get(i), addresses.subList(i, i + 1)); // Each knows itself alone.
        pair.add(
            new TestNode(
                "names",
                addresses.get(i),
                new TestNode.Ports(own.get(i).client(), bus),
                "nodes.test:" + bus,
                folder,
                List.of("-Djdk.net.hosts.file=" + hosts.get(i), "-Dsun.net.inetaddr.ttl=0"),
                "--cluster-size",
                "2",
                "--http-port",
                "" + own.get(i).bus()));
      }
      for (int i = 0; i < 2; i++) {
        awaitJoining(pair.get(i), own.get(i).bus());
      }
      for (Path file : hosts) {
        writeHosts(file, addresses);
      }
      await().atMost(PATIENCE).until(() -> pair.stream().allMatch(TestNode::isListening));
      pair.forEach(node -> awaitNodes(node, 2));
      assertThat(pair.get(0).resp("SET", "name", "1")).isEqualTo("OK");
      assertThat(pair.get(1).resp("GET", "name")).isEqualTo("1");
    } finally {
      pair.forEach(TestNode::close);
    }
  }

  /** At once, since it is read meanwhile. */
  private static void writeHosts(Path hosts, List<String> nodes) throws IOException {
    StringBuilder text = new StringBuilder("127.0.0.1 localhost\n");
    nodes.forEach(node -> text.append(node).append(" nodes.test\n"));
    Path written = Files.writeString(Path.of(hosts + ".new"), text);
    Files.move(written, hosts, StandardCopyOption.ATOMIC_MOVE);
  }

  private static void awaitJoining(TestNode node, int http) {
    await()
        .atMost(PATIENCE)
        .ignoreExceptionsInstanceOf(SocketException.class)
        .until(() ->
            !node.isListening()
                && TestNode.http(http, "/health/ready")
                    .equals("503 not ready: joining its cluster"));
  }

  // ---- what cannot start ----

  @Test
  void portInUse() throws Exception {
    List<TestNode.Ports> own = TestNode.freePorts(1);
    try (ServerSocket _ =
            new ServerSocket(own.getFirst().bus(), 1, InetAddress.getLoopbackAddress());
        TestNode node = new TestNode("shop", own.getFirst(), own, folder)) {
      assertThat(node.awaitEnd()).isEqualTo(1);
      assertThat(node.log())
          .contains("cannot listen on 127.0.0.1:" + own.getFirst().bus() + " (--cluster-bind)");
    }
  }

  @Test
  void otherCluster() throws Exception {
    List<TestNode.Ports> more = new ArrayList<>(ports);
    more.addAll(TestNode.freePorts(1));
    try (TestNode node = new TestNode("market", more.getLast(), more, folder)) {
      assertThat(node.awaitEnd()).isEqualTo(1);
      assertThat(node.log()).contains("it belongs to another cluster").contains("name=market");
    }
  }

  @Test
  void peersThatDoNotAnswer() throws Exception {
    List<TestNode.Ports> three = TestNode.freePorts(3);
    try (TestNode node =
        new TestNode(
            "shop",
            "127.0.0.1",
            three.getFirst(),
            TestNode.addresses(three),
            folder,
            List.of("-Dspeicher.cluster.joinSeconds=1"))) {
      assertThat(node.awaitEnd()).isEqualTo(1);
      assertThat(node.log()).contains("too few peers answer within 1 s: needed=2 peers=3");
    }
  }

  /** It waits for long enough to be asked. */
  @Test
  void nodeThatJoins_saysThatItIsNotReady() throws Exception {
    List<TestNode.Ports> three = TestNode.freePorts(3);
    int http = TestNode.freePorts(1).getFirst().client();
    try (TestNode node =
        new TestNode("shop", three.getFirst(), three, folder, "--http-port", "" + http)) {
      awaitJoining(node, http);
    }
  }
}
