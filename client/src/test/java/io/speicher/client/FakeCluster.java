package io.speicher.client;

import io.speicher.client.FakeServer.Peer;
import io.speicher.client.FakeServer.Request;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Nodes that tell who decides about which slots, and execute everything themselves. */
final class FakeCluster implements AutoCloseable {
  private static final int SLOTS = 16_384;

  /** What a node does in the place of what is right; null for that. */
  interface Behaviour {
    @Nullable String answer(Request request) throws Exception;
  }

  /** A node. */
  final class Node {
    final int index;
    final FakeServer server;

    /** The commands that it has received, without its greetings: {@code GET key}. */
    final Queue<String> received = new ConcurrentLinkedQueue<>();

    /** Where it is told to be. */
    volatile int port;

    volatile boolean isMember = true;
    volatile boolean isAvailable = true;

    /** What it waits for before it answers a greeting. */
    volatile CountDownLatch mayGreet = new CountDownLatch(0);

    volatile Behaviour behaviour = request -> null;

    Node(int index) {
      this.index = index;
      server = FakeServer.startRaw(this::serve);
      port = server.port();
    }

    private void serve(Peer peer) throws Exception {
      mayGreet.await();
      peer.greet("{\"status_code\":200,\"features\":[\"cluster\"]}");
      while (true) {
        Request request = peer.request();
        received.add(request.command() + " " + request.key());
        String answer = behaviour.answer(request);
        if (answer == null) {
          answer =
              request.command().equals("NOD") ? table(this) : FakeServer.execute(request, items);
        }
        peer.reply(answer);
      }
    }

    /** How many commands of such a kind it has received. */
    long count(String command) {
      return received.stream().filter(line -> line.startsWith(command + " ")).count();
    }
  }

  final List<Node> nodes = new ArrayList<>();
  private final Map<String, String> items = new ConcurrentHashMap<>();

  FakeCluster(int size) {
    for (int i = 0; i < size; i++) {
      nodes.add(new Node(i));
    }
  }

  Node node(int index) {
    return nodes.get(index);
  }

  /** Where the client is to begin. */
  SpeicherBuilder client(int... indexes) {
    List<String> addresses = new ArrayList<>();
    for (int index : indexes) {
      addresses.add("127.0.0.1:" + node(index).server.port());
    }
    return node(0).server.client().url("speicher://" + String.join(",", addresses));
  }

  /** The slots are divided evenly among the members, in order. */
  private String table(Node asked) {
    List<Node> members = nodes.stream().filter(node -> node.isMember).toList();
    List<String> ranges = new ArrayList<>();
    for (int i = 0; i < members.size(); i++) {
      ranges.add(
          "{\"first\":%d,\"last\":%d,\"owners\":[%d]}"
              .formatted(SLOTS * i / members.size(), SLOTS * (i + 1) / members.size() - 1, i));
    }
    return "{\"status_code\":200,\"cluster\":\"fake\",\"available\":%s,\"epoch\":1,\"nodes\":[%s],\"ranges\":[%s]}"
        .formatted(
            asked.isAvailable,
            members.stream()
                .map(node ->
                    "{\"id\":\"%d\",\"host\":\"127.0.0.1\",\"port\":%d,\"myself\":%s}"
                        .formatted(node.index, node.port, node == asked))
                .collect(Collectors.joining(",")),
            String.join(",", ranges));
  }

  @Override
  public void close() {
    nodes.forEach(node -> node.server.close());
  }
}
