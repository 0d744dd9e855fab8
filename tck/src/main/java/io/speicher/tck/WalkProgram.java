package io.speicher.tck;

import java.io.IOException;
import java.util.HashSet;
import java.util.Set;

/**
 * Walks with {@code SCN} of framed JSON while other keys come and go. It may find those or not, and
 * may find a key twice, but it ends, and finds every key that was there from its beginning to its
 * end, and none that the pattern does not match.
 */
final class WalkProgram {
  /** A walk that takes more calls is taken for endless. */
  private static final int CALLS_PER_KEY = 100;

  private static final int CONNECTIONS = 3;

  /** However roughly a server takes the count, it does not give many times as many. */
  private static final int MIN_CALLS = 5;

  private final Wire wire;
  private final String key;

  WalkProgram(Wire wire, String key) {
    this.wire = wire;
    this.key = key;
  }

  /**
   * Runs the program.
   *
   * @param keys how many keys stay
   * @param count how many keys a call is asked to look at
   */
  void run(int keys, int count) throws IOException {
    for (int i = 0; i < keys; i++) {
      Replies.ask(wire, "{\"command\":\"SET\",\"key\":\"" + key + i + "\",\"value\":1}");
    }
    Set<String> found = new HashSet<>();
    String cursor = ScnReply.DONE;
    int calls = 0;
    do {
      ScnReply reply = ScnReply.ask(wire, key + "*", count, cursor);
      take(reply, found);
      cursor = reply.cursor();
      Replies.ask(
          wire, "{\"command\":\"SET\",\"key\":\"" + key + "new" + calls % keys + "\",\"value\":1}");
      Replies.ask(
          wire,
          "{\"command\":\"DEL\",\"key\":\"" + key + "new" + (calls + keys / 2) % keys + "\"}");
      if (++calls > CALLS_PER_KEY * keys) {
        throw new CaseFailure("the walk goes on after %,d calls".formatted(calls), "cursor 0");
      }
    } while (!cursor.equals(ScnReply.DONE));
    for (int i = 0; i < keys; i++) {
      if (!found.contains(key + i)) {
        throw new CaseFailure("the walk has not found key %d of %d".formatted(i, keys), key + i);
      }
    }
  }

  /**
   * Runs a walk that deletes what it finds, each step on another connection: a position that is a
   * number of keys would leave out those that come up.
   */
  void runDeleting(int keys, int count) throws IOException {
    for (int i = 0; i < keys; i++) {
      Replies.ask(wire, "{\"command\":\"SET\",\"key\":\"" + key + i + "\",\"value\":1}");
    }
    Set<String> found = new HashSet<>();
    String cursor = ScnReply.DONE;
    int calls = 0;
    do {
      ScnReply reply = ScnReply.ask(wire, "c" + calls % CONNECTIONS, key + "*", count, cursor);
      take(reply, found);
      cursor = reply.cursor();
      for (Json element : reply.keys()) {
        String name = ((Json.Text) element).characters();
        Replies.ask(wire, "{\"command\":\"DEL\",\"key\":\"" + name + "\"}");
      }
      if (++calls > CALLS_PER_KEY * keys) {
        throw new CaseFailure("the walk goes on after %,d calls".formatted(calls), "cursor 0");
      }
    } while (!cursor.equals(ScnReply.DONE));
    if (calls < MIN_CALLS) {
      throw new CaseFailure(
          "a walk of %,d keys took %d calls with count %d".formatted(keys, calls, count),
          "about as many keys a call as count says");
    }
    if (found.size() != keys) {
      throw new CaseFailure("found %,d keys".formatted(found.size()), "%,d keys".formatted(keys));
    }
  }

  private void take(ScnReply reply, Set<String> found) {
    for (Json element : reply.keys()) {
      if (!(element instanceof Json.Text text) || !text.characters().startsWith(key)) {
        throw new CaseFailure("found " + Json.brief(element), "keys that begin with " + key);
      }
      found.add(text.characters());
    }
  }
}
