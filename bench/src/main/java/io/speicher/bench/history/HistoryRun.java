package io.speicher.bench.history;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.toList;

import io.speicher.bench.history.NodeConnection.Dialect;
import io.speicher.bench.history.Operation.Model;
import io.speicher.bench.history.Operation.Outcome;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Clients of all dialects work while one fault after the other happens to a node, each when the
 * cluster is whole again; then what they have seen is checked.
 */
public final class HistoryRun {
  private static final int CLIENTS = 12;

  /** For a cluster to be whole again after a fault. */
  private static final Duration PATIENCE = Duration.ofSeconds(90);

  private static final long LOOK_MILLIS = 50;
  private static final int MAX_VIOLATIONS = 20;

  private final List<Node> nodes;
  private final @Nullable Network network;
  private final List<Fault> faults;
  private final long seed;
  private final Consumer<String> log;
  private final long originNanos = System.nanoTime();
  private final Queue<Operation> history = new ConcurrentLinkedQueue<>();
  private final List<Incident> incidents = new ArrayList<>();

  /**
   * @param network null where it cannot be cut
   * @param faults to draw from; none needs a network that is not there
   * @param log is told what happens, a line at a time
   */
  public HistoryRun(
      List<Node> nodes,
      @Nullable Network network,
      List<Fault> faults,
      long seed,
      Consumer<String> log) {
    this.nodes = List.copyOf(nodes);
    this.network = network;
    this.faults = List.copyOf(faults);
    this.seed = seed;
    this.log = log;
  }

  /** A fault, from its begin until the cluster was whole again. */
  private record Incident(Fault fault, int victim, long beginNanos, long endNanos) {
    boolean concerns(Operation operation) {
      return operation.endNanos() - beginNanos >= 0 && endNanos - operation.beginNanos() >= 0;
    }
  }

  /**
   * What came of a run.
   *
   * @param summary one line, and one for each kind of fault
   * @param violations what is wrong, each in a line; none if the cluster kept its word
   */
  public record Result(String summary, List<String> violations) {}

  /**
   * Lets clients work for so many seconds, and as long as the last fault takes, on a cluster that
   * is whole and has none of their keys.
   *
   * @throws IOException if the cluster does not become whole again
   */
  public Result run(int seconds) throws IOException, InterruptedException {
    Random random = new Random(seed);
    AtomicIntegerArray tokens = Client.newTokens();
    List<Client> clients = new ArrayList<>();
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < CLIENTS; i++) {
      Client client =
          new Client(i, nodes, new Random(random.nextLong()), tokens, history::add, originNanos);
      clients.add(client);
      threads.add(Thread.ofPlatform().daemon().name("history-client-" + i).unstarted(client));
    }
    awaitWhole();
    threads.forEach(Thread::start);
    try {
      letFaultsHappen(random, seconds);
    } finally {
      clients.forEach(Client::stop);
    }
    for (Thread thread : threads) {
      thread.join();
    }
    readAll(tokens);
    return result();
  }

  private void letFaultsHappen(Random random, int seconds)
      throws IOException, InterruptedException {
    Fault.Scene scene = new Fault.Scene(nodes, network, random);
    long endNanos = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
    while (System.nanoTime() - endNanos < 0) {
      scene.pass(300, 1_500);
      Fault fault = faults.get(random.nextInt(faults.size()));
      int victim = random.nextInt(nodes.size());
      log.accept("%s of node %d".formatted(fault, victim + 1));
      long beginNanos = System.nanoTime();
      try {
        fault.happen(scene, victim);
      } finally {
        scene.heal();
      }
      long overNanos = System.nanoTime();
      awaitWhole();
      incidents.add(new Incident(fault, victim, beginNanos, System.nanoTime()));
      log.accept("whole again after %.1f s".formatted((System.nanoTime() - overNanos) / 1e9));
    }
  }

  /** Until each node sees all others, answers for keys, and no copy of anything is missing. */
  private void awaitWhole() throws IOException, InterruptedException {
    long endNanos = System.nanoTime() + PATIENCE.toNanos();
    for (Node node : nodes) {
      while (!isWhole(node)) {
        if (System.nanoTime() - endNanos > 0) {
          throw new IOException(
              "the cluster is not whole again: seed=%d seconds=%d node=%s"
                  .formatted(seed, PATIENCE.toSeconds(), node.address()));
        }
        Thread.sleep(LOOK_MILLIS);
      }
    }
  }

  private boolean isWhole(Node node) {
    try (NodeConnection connection = NodeConnection.open(Dialect.RESP, node.address())) {
      String info = ((NodeConnection.Resp) connection).ask("INFO", "cluster");
      return info != null
          && info.contains("cluster_available:1\r")
          && info.contains("cluster_nodes:" + nodes.size() + "\r")
          && info.contains("cluster_lonely_segments:0\r")
          && info.contains("cluster_transfer_segments:0\r");
    } catch (IOException | ErrorReplyException e) {
      return false; // It is asked again.
    }
  }

  /** On each node, in each dialect: what was acknowledged has to be there. */
  private void readAll(AtomicIntegerArray tokens) {
    Map<String, Model> keys = new TreeMap<>();
    history.forEach(operation -> keys.put(operation.key(), operation.model()));
    for (int i = 0; i < Dialect.values().length; i++) {
      Client reader = new Client(i, nodes, new Random(seed), tokens, history::add, originNanos);
      keys.forEach((key, model) -> reader.readEverywhere(model, key));
      reader.stop();
      reader.run(); // Closes its connections.
    }
  }

  private Result result() {
    List<Operation> all = List.copyOf(history);
    List<Violation> violations = HistoryChecker.check(all);
    String summary =
        "seed %d: operations %,d, writes acknowledged %,d, refused %,d, unknown %,d, worst acknowledged %.2f s, violations %d%s"
            .formatted(
                seed,
                all.size(),
                count(all, Outcome.DONE),
                count(all, Outcome.REFUSED),
                count(all, Outcome.UNKNOWN),
                worstSeconds(all.stream()),
                violations.size(),
                stalls(all));
    return new Result(
        summary, violations.stream().limit(MAX_VIOLATIONS).map(Violation::toString).toList());
  }

  /** A line for each kind of fault: how long the slowest operations took that were acknowledged. */
  private String stalls(List<Operation> all) {
    Map<Fault, List<Incident>> kinds =
        incidents.stream().collect(groupingBy(Incident::fault, TreeMap::new, toList()));
    StringBuilder text = new StringBuilder();
    kinds.forEach((fault, same) -> {
      text.append("\n  %-9s %2d, worst at other nodes:".formatted(fault, same.size()));
      same.forEach(one -> text.append(" %.2f".formatted(worstSeconds(during(one, all, false)))));
      text.append(" s; at the node itself:");
      same.forEach(one -> text.append(" %.2f".formatted(worstSeconds(during(one, all, true)))));
      text.append(" s");
    });
    return text.toString();
  }

  private static Stream<Operation> during(
      Incident incident, List<Operation> all, boolean isAtVictim) {
    return all.stream()
        .filter(incident::concerns)
        .filter(operation -> (operation.node() == incident.victim()) == isAtVictim);
  }

  private static double worstSeconds(Stream<Operation> operations) {
    return operations.filter(Operation::isDone).mapToLong(Operation::nanos).max().orElse(0) / 1e9;
  }

  /** Of writes. */
  private static long count(List<Operation> operations, Outcome outcome) {
    return operations.stream()
        .filter(operation -> !operation.isRead() && operation.outcome() == outcome)
        .count();
  }
}
