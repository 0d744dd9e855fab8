package io.speicher.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Three nodes as processes of their own, on ports of the loopback address. */
final class ClusterIT {
  private static final Duration PATIENCE = Duration.ofMinutes(1);
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

  @Test
  void whatAClusterHasNot_isRefusedInWords() throws IOException {
    TestNode node = nodes.get(0);
    for (String command : List.of("DBSIZE", "SCAN 0", "KEYS *", "RENAME a b", "WATCH a")) {
      assertThat(node.resp(command.split(" ", -1)))
          .as(command)
          .startsWith("ERR not available in a cluster: ");
    }
    assertThat(node.memcached("set v 0 0 1\r\n1\r\ngets v\r\n"))
        .contains("not available in a cluster: versions");
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

  // ---- failures ----

  @Test
  void killedNode_losesNoAcknowledgedWriteAndComesBack() throws Exception {
    for (int i = 0; i < KEYS; i++) {
      assertThat(nodes.get(i % 3).resp("SET", "kept:" + i, "" + i)).isEqualTo("OK");
    }
    nodes.get(2).kill();
    for (TestNode node : nodes.subList(0, 2)) {
      awaitNodes(node, 2);
      for (int i = 0; i < KEYS; i++) {
        assertThat(node.resp("GET", "kept:" + i)).isEqualTo("" + i);
      }
    }
    assertThat(nodes.get(0).resp("SET", "kept:0", "new")).isEqualTo("OK");
    nodes.set(2, new TestNode("shop", ports.get(2), ports, folder));
    awaitAllNodes();
    assertThat(nodes.get(2).resp("GET", "kept:0")).isEqualTo("new");
    for (int i = 1; i < KEYS; i++) {
      assertThat(nodes.get(2).resp("GET", "kept:" + i)).isEqualTo("" + i);
    }
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
    awaitAllNodes();
    for (int i = 0; i < KEYS; i++) {
      assertThat(nodes.get(2).resp("GET", "slept:" + i)).isEqualTo("new");
    }
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
    try (TestNode node = new TestNode("shop", three.getFirst(), three, folder)) {
      assertThat(node.awaitEnd()).isEqualTo(1);
      assertThat(node.log()).contains("too few peers answer within 20 s: needed=2 peers=3");
    }
  }
}
