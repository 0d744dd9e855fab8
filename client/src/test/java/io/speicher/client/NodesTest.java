package io.speicher.client;

import static io.speicher.client.Failures.failure;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.speicher.client.FakeServer.Script;
import io.speicher.client.exception.ConnectFailedException;
import io.speicher.client.exception.ConnectionLostException;
import io.speicher.testing.DeafPort;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A client that was told several nodes of one cluster. */
@Timeout(20)
final class NodesTest {
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  /** No name can be so: a label has up to 63 characters. */
  private static final String NOBODY = "x".repeat(64);

  /** Each order of two or three nodes is met, but once in a million runs. */
  private static final int CLIENTS = 20;

  private final List<AutoCloseable> opened = new ArrayList<>();

  @AfterEach
  void close() throws Exception {
    for (int i = opened.size() - 1; i >= 0; i--) {
      opened.get(i).close();
    }
  }

  private FakeServer start(Script script) {
    FakeServer server = FakeServer.start(script);
    opened.add(server);
    return server;
  }

  private Strings connect(SpeicherBuilder builder) {
    Strings client = new Strings(builder.timeout(PATIENCE).connectTimeout(PATIENCE));
    opened.add(client);
    return client;
  }

  private static SpeicherBuilder builder(FakeServer... nodes) {
    List<String> addresses = new ArrayList<>();
    for (FakeServer node : nodes) {
      addresses.add("127.0.0.1:" + node.port());
    }
    return Speicher.builder().url("speicher://" + String.join(",", addresses));
  }

  // Connecting.

  @Test
  void connect_whicheverNodeIsThere() throws Exception {
    FakeServer server = start(FakeServer.correct());
    try (DeafPort deaf = new DeafPort()) {
      for (int i = 0; i < CLIENTS; i++) {
        connect(
                Speicher.builder()
                    .nodes(NOBODY, "127.0.0.1:" + deaf.port(), "127.0.0.1:" + server.port()))
            .ping();
      }
    }
  }

  @Test
  void connect_clientsSpread() {
    FakeServer first = start(FakeServer.correct());
    FakeServer second = start(FakeServer.correct());
    for (int i = 0; i < CLIENTS; i++) {
      connect(builder(first, second));
    }
    assertThat(first.connectionCount()).isBetween(1, CLIENTS - 1);
    assertThat(first.connectionCount() + second.connectionCount()).isEqualTo(CLIENTS);
  }

  /** What takes connections and says nothing has its share of the time, and no more. */
  @Test
  void connect_nodeThatHangs() {
    FakeServer server = start(FakeServer.correct());
    FakeServer hung = FakeServer.startRaw(FakeServer.Peer::awaitEnd);
    opened.add(hung);
    while (hung.connectionCount() == 0) {
      Strings client =
          new Strings(
              builder(hung, server)
                  .timeout(PATIENCE)
                  .connectTimeout(Duration.ofMillis(400))
                  .connect(ConnectMode.LAZY));
      opened.add(client);
      while (!pings(client)) {
        Thread.onSpinWait(); // An attempt has failed: this machine is as slow.
      }
    }
  }

  private static boolean pings(Strings client) {
    try {
      client.ping();
      return true;
    } catch (ConnectFailedException e) {
      return false;
    }
  }

  @Test
  void connect_noNode() throws Exception {
    try (DeafPort deaf = new DeafPort()) {
      String address = "127.0.0.1:" + deaf.port();
      assertThatExceptionOfType(ConnectFailedException.class)
          .isThrownBy(() -> connect(Speicher.builder().nodes(address, NOBODY)))
          .withMessageStartingWith(
              "cannot connect: server=" + address + "," + NOBODY + ":14567 reason=")
          .withMessageContaining(address + " (Connection refused)")
          .withMessageContaining(NOBODY + ":14567 (unknown host)");
    }
  }

  @Test
  void nodes_none() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Speicher.builder().nodes())
        .withMessage("addresses=0 (expected: at least 1)");
  }

  // A node that goes.

  @Test
  void lostNode_laterCallsGoToAnother() throws Exception {
    BlockingQueue<String> told = new LinkedBlockingQueue<>();
    Script items = FakeServer.correct();
    FakeServer first = start(items);
    FakeServer second = start(items);
    Strings client =
        connect(
            builder(first, second)
                .listener(
                    new ClientListener() {
                      @Override
                      public void connected(String server) {
                        told.add("connected " + server);
                      }

                      @Override
                      public void disconnected(String server, String reason) {
                        told.add("disconnected " + server);
                      }
                    }));
    client.set("k", "v");
    boolean isFirst = first.connectionCount() == 1;
    FakeServer lost = isFirst ? first : second;
    FakeServer left = isFirst ? second : first;
    lost.close();

    assertThat(getAfterLoss(client)).isEqualTo("v");
    assertThat(client.get("k")).isEqualTo("v");
    assertThat(left.connectionCount()).isEqualTo(1);
    assertThat(told.take()).isEqualTo("connected 127.0.0.1:" + lost.port());
    assertThat(told.take()).isEqualTo("disconnected 127.0.0.1:" + lost.port());
    assertThat(told.take()).isEqualTo("connected 127.0.0.1:" + left.port());
  }

  /** The first call may be on its way when the loss is noticed. */
  private static String getAfterLoss(Strings client) {
    try {
      return String.valueOf(client.get("k"));
    } catch (ConnectionLostException e) {
      return String.valueOf(client.get("k"));
    }
  }

  /** The node that is connected to first takes a command and dies; the others serve. */
  private Strings connectToMortal(BlockingQueue<String> received, boolean retriesReads) {
    FakeServer[] nodes = new FakeServer[3];
    for (int i = 0; i < nodes.length; i++) {
      Script correct = FakeServer.correct();
      int own = i;
      nodes[i] =
          start(peer -> {
            int before = 0;
            for (FakeServer node : nodes) {
              before += node.connectionCount();
            }
            if (before > 1) {
              correct.serve(peer);
            }
            received.add(peer.request().command() + " at 127.0.0.1:" + nodes[own].port());
            nodes[own].close();
          });
    }
    return connect(builder(nodes).retryReads(retriesReads));
  }

  @Test
  void lostNode_readIsRepeatedAtAnother() throws Exception {
    BlockingQueue<String> received = new LinkedBlockingQueue<>();
    Strings client = connectToMortal(received, true);
    assertThat(client.get("k")).isNull();
    assertThat(received).hasSize(1);
    Strings other = connectToMortal(received, true);
    assertThat(other.getAsync("k").get()).isNull();
    assertThat(received).hasSize(2);
  }

  @Test
  void lostNode_writeIsNot() throws Exception {
    BlockingQueue<String> received = new LinkedBlockingQueue<>();
    Strings client = connectToMortal(received, true);
    CompletableFuture<Boolean> write = client.setAsync("k", "v");
    String sent = received.take();
    ConnectionLostException lost = failure(ConnectionLostException.class, write);
    assertThat(lost.maybeExecuted()).isTrue();
    assertThat(sent).startsWith("SET at ");
    assertThat(lost)
        .hasMessageStartingWith("set lost its connection: server=" + sent.substring(7) + " ");
    assertThat(client.get("k")).isNull();
  }
}
