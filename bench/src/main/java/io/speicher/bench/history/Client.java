package io.speicher.bench.history;

import io.speicher.bench.history.NodeConnection.Dialect;
import io.speicher.bench.history.Operation.Model;
import io.speicher.bench.history.Operation.Outcome;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Asks any node for anything, again and again, in a dialect of its own, and writes it down. */
final class Client implements Runnable {
  private static final List<Dialect> DIALECTS = List.of(Dialect.values());
  private static final List<Model> MODELS = List.of(Model.values());

  private static final int REGISTERS = 6;
  private static final int COUNTERS = 4;
  private static final int LOGS = 3;

  /** Then another log begins, since a log is read and written whole. */
  private static final int LOG_TOKENS = 200;

  /** One value in so many is a large one. */
  private static final int LARGE_EVERY = 40;

  private static final int LARGE_CHARACTERS = 40_000;
  private static final int SMALL_CHARACTERS = 100;
  private static final long PAUSE_NANOS = 5_000_000;

  private final int number;
  private final Dialect dialect;
  private final List<Node> nodes;
  private final Random random;
  private final AtomicIntegerArray tokens;
  private final Consumer<Operation> history;
  private final long originNanos;
  private final @Nullable NodeConnection[] connections;
  private volatile boolean isStopped;
  private int written;

  /** How many tokens each log has, of all clients. */
  static AtomicIntegerArray newTokens() {
    return new AtomicIntegerArray(LOGS);
  }

  /**
   * @param tokens how many tokens were appended to each log, of all clients
   * @param history takes what was asked, from this client's thread
   * @param originNanos when the run began
   */
  Client(
      int number,
      List<Node> nodes,
      Random random,
      AtomicIntegerArray tokens,
      Consumer<Operation> history,
      long originNanos) {
    this.number = number;
    dialect = DIALECTS.get(number % DIALECTS.size());
    this.nodes = nodes;
    this.random = random;
    this.tokens = tokens;
    this.history = history;
    this.originNanos = originNanos;
    connections = new NodeConnection[nodes.size()];
  }

  void stop() {
    isStopped = true;
  }

  @Override
  public void run() {
    while (!isStopped) {
      int node = random.nextInt(nodes.size());
      if (!work(node)) {
        LockSupport.parkNanos(PAUSE_NANOS); // What refuses is not to be asked without a pause.
      }
    }
    for (NodeConnection connection : connections) {
      close(connection);
    }
  }

  private boolean work(int node) {
    boolean isRead = random.nextInt(100) < 50;
    return switch (MODELS.get(random.nextInt(MODELS.size()))) {
      case REGISTER -> {
        String key = "register" + random.nextInt(REGISTERS);
        yield perform(node, Model.REGISTER, key, isRead ? null : number + "." + ++written);
      }
      case COUNTER -> {
        String key = "counter" + random.nextInt(COUNTERS);
        yield perform(node, Model.COUNTER, key, isRead ? null : "1");
      }
      case LOG -> {
        int log = random.nextInt(LOGS);
        int count = isRead ? tokens.get(log) : tokens.incrementAndGet(log);
        String key = "log" + log + "-" + count / LOG_TOKENS;
        yield perform(node, Model.LOG, key, isRead ? null : number + "." + ++written + ";");
      }
    };
  }

  /** The value with a name, which is the client's number, a dot, and how many it has written. */
  private static String value(String name) {
    int written = Integer.parseInt(name.substring(name.indexOf('.') + 1));
    int characters = written % LARGE_EVERY == 0 ? LARGE_CHARACTERS : written % SMALL_CHARACTERS;
    return name + ":" + "x".repeat(characters);
  }

  /** The name of a value, or all of it if it is not whole. */
  private static @Nullable String name(@Nullable String value) {
    if (value == null || !value.matches("(?s)\\d+\\.\\d+:.*")) {
      return value;
    }
    String name = value.substring(0, value.indexOf(':'));
    return value.equals(value(name)) ? name : value;
  }

  /** Reads a key of each node once more, in its own dialect. */
  void readEverywhere(Model model, String key) {
    for (int node = 0; node < nodes.size(); node++) {
      perform(node, model, key, null);
    }
  }

  /** Returns whether it was done. */
  private boolean perform(int node, Model model, String key, @Nullable String argument) {
    String by = "client %d in %s of node %d".formatted(number, dialect, node + 1);
    long begin = System.nanoTime();
    Outcome outcome = Outcome.REFUSED;
    String result = null;
    try {
      NodeConnection connection = connection(node);
      outcome = Outcome.UNKNOWN; // Until it has answered.
      result = ask(connection, model, key, argument);
      outcome = Outcome.DONE;
    } catch (ErrorReplyException e) {
      outcome = e.isUnknown() ? Outcome.UNKNOWN : Outcome.REFUSED;
    } catch (IOException e) {
      close(connections[node]);
      connections[node] = null;
    }
    long end = System.nanoTime();
    String at = by + " at %.3f s".formatted((end - originNanos) / 1e9);
    history.accept(new Operation(model, key, argument, outcome, result, begin, end, node, at));
    return outcome == Outcome.DONE;
  }

  private NodeConnection connection(int node) throws IOException {
    NodeConnection open = connections[node];
    if (open == null) {
      open = NodeConnection.open(dialect, nodes.get(node).address());
      connections[node] = open;
    }
    return open;
  }

  private static @Nullable String ask(
      NodeConnection connection, Model model, String key, @Nullable String argument)
      throws IOException, ErrorReplyException {
    if (argument == null) {
      String value = connection.get(key);
      return model == Model.REGISTER ? name(value) : value;
    }
    return switch (model) {
      case REGISTER -> {
        connection.set(key, value(argument));
        yield null;
      }
      case COUNTER -> connection.increment(key);
      case LOG -> connection.append(key, argument);
    };
  }

  private static void close(@Nullable NodeConnection connection) {
    if (connection != null) {
      try {
        connection.close();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
