package io.speicher.client;

import static io.speicher.client.Failures.failure;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.speicher.client.exception.ConnectionLostException;
import io.speicher.client.exception.ServerFailedException;
import io.speicher.protocol.KeySlot;
import io.speicher.testing.DeafPort;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A client that knows which node of a cluster decides about which key. */
@Timeout(30)
final class ClusterRoutingTest {
  private static final int KEYS = 50;
  private static final String SPLIT = "{\"status_code\":503,\"message\":\"the cluster is split\"}";

  private final FakeCluster cluster = new FakeCluster(2);
  private final List<Strings> opened = new ArrayList<>();

  @AfterEach
  void close() {
    opened.forEach(Strings::close);
    cluster.close();
  }

  private Strings connect(SpeicherBuilder builder) {
    Strings client = new Strings(builder);
    opened.add(client);
    return client;
  }

  /** A client that has found its way to both nodes. */
  private Strings connected(SpeicherBuilder builder) {
    Strings client = connect(builder);
    String first = key(0, 0);
    String second = key(1, 0);
    callUntil(client, () -> received(0, "GET " + first) && received(1, "GET " + second));
    cluster.nodes.forEach(node -> node.received.clear());
    return client;
  }

  private void callUntil(Strings client, BooleanSupplier done) {
    while (!done.getAsBoolean()) {
      client.get(key(0, 0));
      client.get(key(1, 0));
    }
  }

  private boolean received(int node, String command) {
    return cluster.node(node).received.contains(command);
  }

  /** A key of the lower slots, which the first of two nodes decides about, or of the others. */
  private static String key(int half, int number) {
    for (int i = 0; true; i++) {
      String key = "key:" + number + ":" + i;
      if (KeySlot.of(ByteBuffer.wrap(key.getBytes(UTF_8))) / (KeySlot.SLOTS / 2) == half) {
        return key;
      }
    }
  }

  // Where commands go.

  @Test
  void keys_goToTheNodeThatDecides() {
    Strings client = connected(cluster.client(0));
    for (int i = 0; i < KEYS; i++) {
      client.set(key(i % 2, i), "" + i);
      assertThat(client.getAsync(key(i % 2, i)).join()).isEqualTo("" + i);
      assertThat(cluster.node(i % 2).received)
          .contains("SET " + key(i % 2, i), "GET " + key(i % 2, i));
    }
    assertThat(cluster.node(0).count("SET")).isEqualTo(KEYS / 2);
    assertThat(cluster.node(0).count("GET")).isEqualTo(KEYS / 2);
    assertThat(cluster.node(0).server.connectionCount())
        .as("what the client began with is the connection to that node")
        .isEqualTo(1);
    assertThat(cluster.node(1).server.connectionCount()).isEqualTo(1);
  }

  @Test
  void severalConnections() {
    Strings client = connected(cluster.client(0, 1).connections(3));
    for (int i = 0; i < KEYS; i++) {
      client.set(key(i % 2, i), "" + i);
    }
    int connections = 0;
    for (FakeCluster.Node node : cluster.nodes) {
      assertThat(node.count("SET")).isGreaterThan(KEYS / 2 - 3); // Some connections are late.
      connections += node.server.connectionCount();
    }
    assertThat(connections).isEqualTo(6);
  }

  @Test
  void singleServer_isNotAsked() {
    try (FakeServer server =
            FakeServer.startRaw(peer -> {
              peer.greet("{\"status_code\":200,\"features\":[\"lease\"]}");
              assertThat(peer.request().command()).isEqualTo("SET");
              peer.reply(FakeServer.DONE);
              peer.awaitEnd();
            });
        Strings client = new Strings(server.client())) {
      assertThat(client.set("k", "v")).isTrue();
    }
  }

  @Test
  void batches_areOfTheSizeThatANodeTakes() {
    Strings client = connected(cluster.client(0));
    cluster.nodes.forEach(node ->
        node.behaviour = request -> request.command().equals("MSET") ? FakeServer.DONE : null);
    Map<String, String> values = new HashMap<>();
    for (int i = 0; i < 1_025; i++) {
      values.put("" + i, "v");
    }
    client.cache.setAll(values);
    assertThat(cluster.node(0).count("MSET") + cluster.node(1).count("MSET")).isEqualTo(2);
  }

  /** Nobody waits for the first command, so that one on another connection could overtake it. */
  @Test
  void order_isKeptWhenTheWayChanges() throws Exception {
    CountDownLatch mayAnswer = new CountDownLatch(1);
    CountDownLatch mayGreet = new CountDownLatch(1);
    CountDownLatch connected = new CountDownLatch(2);
    String key = key(1, 0);
    cluster.node(1).mayGreet = mayGreet;
    cluster.node(0).behaviour =
        request -> {
          if (request.command().equals("SET")) {
            mayAnswer.await();
          }
          return null;
        };
    Strings client =
        connect(
            cluster
                .client(0)
                .listener(
                    new ClientListener() {
                      @Override
                      public void connected(String server) {
                        connected.countDown();
                      }
                    }));
    callUntil(client, () -> cluster.node(1).server.connectionCount() > 0);
    CompletableFuture<Boolean> first = client.setAsync(key, "1");
    mayGreet.countDown();
    connected.await();
    CompletableFuture<Boolean> second = client.setAsync(key, "2");
    CompletableFuture<Boolean> other = client.setAsync(key(1, 1), "3");
    assertThat(other.get()).as("another slot need not wait").isTrue();
    assertThat(cluster.node(1).received).contains("SET " + key(1, 1)).doesNotContain("SET " + key);
    mayAnswer.countDown();
    assertThat(first.get()).isTrue();
    assertThat(second.get()).isTrue();
    assertThat(client.get(key)).isEqualTo("2");
    assertThat(client.setAsync(key, "4").get()).isTrue();
    assertThat(cluster.node(1).received).contains("SET " + key);
  }

  // What changes.

  @Test
  void table_isAskedForAfterARefusal() {
    Strings client = connected(cluster.client(0));
    String moved = key(1, 0);
    FakeCluster.Node left = cluster.node(1);
    left.isMember = false;
    left.behaviour = request -> SPLIT;
    assertThatExceptionOfType(ServerFailedException.class)
        .isThrownBy(() -> client.get(moved))
        .withMessageContaining("server=127.0.0.1:" + left.port);
    while (!received(0, "GET " + moved)) {
      try {
        client.get(moved);
      } catch (ServerFailedException e) {
        assertThat(e.statusCode()).isEqualTo(503);
      }
    }
    int connections = left.server.connectionCount();
    left.received.clear();
    for (int i = 0; i < KEYS; i++) {
      client.set(key(i % 2, i), "" + i);
    }
    assertThat(left.received).isEmpty();
    assertThat(left.server.connectionCount()).isEqualTo(connections);
  }

  @Test
  void killedNode_othersAnswer() throws Exception {
    CountDownLatch received = new CountDownLatch(1);
    Strings client = connected(cluster.client(0).retryReads(true));
    FakeCluster.Node killed = cluster.node(1);
    killed.behaviour =
        request -> {
          received.countDown();
          Thread.currentThread().join(); // Until the connection is closed, and longer.
          return null;
        };
    CompletableFuture<Boolean> write = client.setAsync(key(1, 0), "lost");
    received.await();
    CompletableFuture<@Nullable String> read = client.getAsync(key(1, 1));
    killed.server.close();
    assertThat(failure(ConnectionLostException.class, write))
        .hasMessageStartingWith("set lost its connection: server=127.0.0.1:" + killed.port + " ");
    assertThat(read.get()).isNull();
    for (int i = 0; i < KEYS; i++) {
      client.set(key(i % 2, i), "" + i);
      assertThat(client.get(key(i % 2, i))).isEqualTo("" + i);
      assertThat(client.setAsync(key(i % 2, i), "" + i).get()).isTrue();
    }
    assertThat(cluster.node(0).count("SET")).isEqualTo(2 * KEYS);
  }

  /** The client began with it, and knows no other address. */
  @Test
  void killedFirstNode_othersAnswer() {
    Strings client = connected(cluster.client(0));
    cluster.node(0).server.close();
    int lost = 0;
    for (int i = 0; i < KEYS; i++) {
      try {
        client.set(key(i % 2, i), "" + i);
      } catch (ConnectionLostException e) {
        lost++;
      }
    }
    assertThat(lost).isLessThanOrEqualTo(1);
    client.ping();
    assertThat(cluster.node(1).count("SET")).isGreaterThanOrEqualTo(KEYS - 1);
  }

  /** As it is in another network, or behind a name that only nodes know. */
  @Test
  void unreachableNode_isNoReasonToFail() throws Exception {
    try (DeafPort deaf = new DeafPort()) {
      cluster.node(1).port = deaf.port();
      Strings client = connect(cluster.client(0));
      while (cluster.node(0).count("NOD") == 0) {
        client.ping();
      }
      for (int i = 0; i < KEYS; i++) {
        client.set(key(i % 2, i), "" + i);
        assertThat(client.setAsync(key(i % 2, i), "" + i).get()).isTrue();
        assertThat(client.getAsync(key(i % 2, i)).get()).isEqualTo("" + i);
      }
      assertThat(cluster.node(0).count("SET")).isEqualTo(2 * KEYS);
    }
  }

  /** It answers no keys, and the client looks for one that does. */
  @Test
  void nodeThatIsCutOff_isLeft() {
    FakeCluster.Node cutOff = cluster.node(0);
    cutOff.isAvailable = false;
    cutOff.behaviour = request -> request.command().equals("NOD") ? null : SPLIT;
    while (cutOff.received.isEmpty()) { // Until a client begins with it.
      Strings client = connect(cluster.client(0, 1));
      while (!sets(client)) {
        Thread.onSpinWait();
      }
    }
  }

  private static boolean sets(Strings client) {
    try {
      return client.set("k", "v");
    } catch (ServerFailedException | ConnectionLostException e) {
      return false;
    }
  }
}
