package io.speicher.tck;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** Walks with {@code SCN} of framed JSON, once for each kind of pattern in {@code match}. */
final class MatchProgram {
  /** A walk that takes more calls is taken for endless. */
  private static final int MAX_CALLS = 1_000_000;

  private static final int COUNT = 1_000;

  /** What the keys end with. */
  private static final List<String> ENDS =
      List.of("", "a", "b", "c", "-", "]", "*", "?", "^", "ab", "é");

  /** What a pattern ends with, and the ends of those keys that it matches. Sets are of bytes. */
  private static final Map<String, Set<String>> MATCHES =
      Map.ofEntries(
          Map.entry("", Set.of("")),
          Map.entry("*", Set.copyOf(ENDS)),
          Map.entry("?", Set.of("a", "b", "c", "-", "]", "*", "?", "^")),
          Map.entry("??", Set.of("ab", "é")),
          Map.entry("a*", Set.of("a", "ab")),
          Map.entry("*b", Set.of("b", "ab")),
          Map.entry("?*", Set.of("a", "b", "c", "-", "]", "*", "?", "^", "ab", "é")),
          Map.entry("[ab]", Set.of("a", "b")),
          Map.entry("[a-c]", Set.of("a", "b", "c")),
          Map.entry("[^ab]", Set.of("c", "-", "]", "*", "?", "^")),
          Map.entry("[^a-c]", Set.of("-", "]", "*", "?", "^")),
          Map.entry("[a][b]", Set.of("ab")),
          Map.entry("[*?]", Set.of("*", "?")),
          Map.entry("\\*", Set.of("*")),
          Map.entry("\\?", Set.of("?")),
          Map.entry("[c-a]", Set.of("a", "b", "c")),
          Map.entry("[a-]", Set.of("a", "-")),
          Map.entry("[-a]", Set.of("a", "-")),
          Map.entry("[^-a]", Set.of("b", "c", "]", "*", "?", "^")),
          Map.entry("[a-b-c]", Set.of("a", "b", "c", "-")),
          Map.entry("[\\]a]", Set.of("a", "]")),
          Map.entry("[a-\\]]", Set.of("a", "-", "]")),
          Map.entry("[a^]", Set.of("a", "^")),
          Map.entry("[ab", Set.of("a", "b")),
          Map.entry("[^ab", Set.of("c", "-", "]", "*", "?", "^")),
          Map.entry("[]", Set.of()),
          Map.entry("[]a", Set.of()),
          Map.entry("[^]", Set.of("a", "b", "c", "-", "]", "*", "?", "^")),
          Map.entry("é", Set.of("é")),
          Map.entry("d", Set.of()));

  private final Wire wire;
  private final String key;

  MatchProgram(Wire wire, String key) {
    this.wire = wire;
    this.key = key;
  }

  void run() throws IOException {
    for (String end : ENDS) {
      Replies.ask(wire, "{\"command\":\"SET\",\"key\":\"" + key + end + "\",\"value\":1}");
    }
    for (Map.Entry<String, Set<String>> entry : MATCHES.entrySet()) {
      Set<String> expected = new TreeSet<>();
      entry.getValue().forEach(end -> expected.add(key + end));
      Set<String> found = walk(key + entry.getKey());
      if (!found.equals(expected)) {
        throw new CaseFailure(
            "the pattern " + key + entry.getKey() + " found " + found, expected.toString());
      }
    }
  }

  private Set<String> walk(String pattern) throws IOException {
    Set<String> found = new TreeSet<>();
    String cursor = ScnReply.DONE;
    int calls = 0;
    do {
      ScnReply reply = ScnReply.ask(wire, pattern, COUNT, cursor);
      for (Json element : reply.keys()) {
        found.add(element instanceof Json.Text text ? text.characters() : Json.brief(element));
      }
      cursor = reply.cursor();
      if (++calls > MAX_CALLS) {
        throw new CaseFailure("the walk goes on after %,d calls".formatted(calls), "cursor 0");
      }
    } while (!cursor.equals(ScnReply.DONE));
    return found;
  }
}
