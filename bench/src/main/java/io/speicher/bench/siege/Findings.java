package io.speicher.bench.siege;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;

/** What a siege has counted, and the first of what went wrong. Any thread. */
final class Findings {
  /** Of each kind: the first ones tell enough. */
  private static final int MOST_MESSAGES = 20;

  private final LongAdder connections = new LongAdder();
  private final LongAdder commands = new LongAdder();
  private final LongAdder refusals = new LongAdder();
  private final Incidents wrongReplies = new Incidents();
  private final Incidents clientErrors = new Incidents();

  /** Things of one kind that went wrong. */
  static final class Incidents {
    private long count;
    private final List<String> messages = new ArrayList<>();

    synchronized void add(String message) {
      count++;
      if (messages.size() < MOST_MESSAGES) {
        messages.add(message);
      }
    }

    synchronized long count() {
      return count;
    }

    synchronized List<String> messages() {
      return List.copyOf(messages);
    }
  }

  void countConnection() {
    connections.increment();
  }

  void countCommands(long count) {
    commands.add(count);
  }

  /** A hostile peer was refused something or cut off, as it may be. */
  void countRefusal() {
    refusals.increment();
  }

  /** Replies to any peer with bytes that do not belong there. */
  Incidents wrongReplies() {
    return wrongReplies;
  }

  /** What well-behaved clients did not get. */
  Incidents clientErrors() {
    return clientErrors;
  }

  long connections() {
    return connections.sum();
  }

  long commands() {
    return commands.sum();
  }

  long refusals() {
    return refusals.sum();
  }
}
