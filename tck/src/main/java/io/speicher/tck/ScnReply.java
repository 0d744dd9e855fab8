package io.speicher.tck;

import java.io.IOException;
import java.util.List;

/** What {@code SCN} of framed JSON answered: a step of a walk. */
record ScnReply(String cursor, List<Json> keys) {
  /** Begins a walk, and ends it. */
  static final String DONE = "0";

  /** Asks for the next step, with a pattern that has no quotes and its backslashes once. */
  static ScnReply ask(Wire wire, String match, int count, String cursor) throws IOException {
    return ask(wire, "", match, count, cursor);
  }

  /** The same on the connection of that name. */
  static ScnReply ask(Wire wire, String connection, String match, int count, String cursor)
      throws IOException {
    Json.Members reply =
        Replies.ask(
            wire,
            connection,
            "{\"command\":\"SCN\",\"match\":\"%s\",\"count\":%d,\"cursor\":\"%s\"}"
                .formatted(match.replace("\\", "\\\\"), count, cursor));
    if (!(reply.last("cursor") instanceof Json.Text next)
        || !(reply.last("keys") instanceof Json.Array keys)) {
      throw new CaseFailure("another reply came", "a cursor and keys");
    }
    return new ScnReply(next.characters(), keys.elements());
  }
}
