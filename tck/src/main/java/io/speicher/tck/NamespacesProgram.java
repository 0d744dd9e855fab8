package io.speicher.tck;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Declares namespaces and looks at how they are listed, among whatever others there are. */
final class NamespacesProgram {
  private static final List<String> NUMBERS =
      List.of("items", "bytes", "hits", "misses", "sets", "evicted", "expired");

  private final Wire wire;
  private final String key;

  NamespacesProgram(Wire wire, String key) {
    this.wire = wire;
    this.key = key;
  }

  void run() throws IOException {
    create("b:", "");
    create("a:", ",\"ttl\":3600000,\"max_ttl\":7200000,\"jitter\":10");
    Replies.ask(wire, "{\"command\":\"SET\",\"key\":\"" + key + "a:1\",\"value\":1}");
    Map<String, Json.Members> listed = list();
    check(listed.get(key + "a:"), "3600000", "7200000", "10", "1");
    check(listed.get(key + "b:"), "0", "0", "0", "0");
    Replies.ask(
        wire,
        "{\"command\":\"NSP\",\"op\":\"alter\",\"namespace\":\"%sa:\",\"jitter\":0,\"max_ttl\":5}"
            .formatted(key));
    check(list().get(key + "a:"), "3600000", "5", "0", "1");
    for (String prefix : List.of("a:", "b:")) {
      Replies.ask(
          wire, "{\"command\":\"NSP\",\"op\":\"drop\",\"namespace\":\"" + key + prefix + "\"}");
    }
    Map<String, Json.Members> left = list();
    if (left.containsKey(key + "a:") || left.containsKey(key + "b:")) {
      throw new CaseFailure("a namespace that was dropped is listed", "it is not");
    }
  }

  private void create(String prefix, String more) throws IOException {
    Replies.ask(
        wire,
        "{\"command\":\"NSP\",\"op\":\"create\",\"namespace\":\""
            + key
            + prefix
            + "\""
            + more
            + "}");
  }

  /** All that are listed, by their prefixes, whose order it checks. */
  private Map<String, Json.Members> list() throws IOException {
    Json.Members reply = Replies.ask(wire, "{\"command\":\"NSP\"}");
    if (!(reply.last("namespaces") instanceof Json.Array array)) {
      throw new CaseFailure("another reply came", "an array of namespaces");
    }
    TreeMap<String, Json.Members> listed = new TreeMap<>();
    for (Json element : array.elements()) {
      if (!(element instanceof Json.Members namespace)
          || !(namespace.last("namespace") instanceof Json.Text prefix)) {
        throw new CaseFailure("an element is " + Json.brief(element), "objects with a namespace");
      }
      if (!listed.isEmpty() && listed.lastKey().compareTo(prefix.characters()) >= 0) {
        throw new CaseFailure(
            "%s is behind %s".formatted(prefix.characters(), listed.lastKey()),
            "the order of the prefixes");
      }
      listed.put(prefix.characters(), namespace);
    }
    return listed;
  }

  private static void check(
      Json.@Nullable Members namespace, String ttl, String maxTtl, String jitter, String items) {
    if (namespace == null) {
      throw new CaseFailure("a namespace is not listed", "all that are declared");
    }
    Map<String, String> expected =
        Map.of("ttl", ttl, "max_ttl", maxTtl, "jitter", jitter, "items", items);
    expected.forEach((name, number) -> {
      if (!new Json.Literal(number).equals(namespace.last(name))) {
        throw new CaseFailure(name + " of a namespace is another", name + " " + number);
      }
    });
    for (String name : NUMBERS) {
      if (!(namespace.last(name) instanceof Json.Literal number)
          || !number.text().matches("\\d{1,19}")) {
        throw new CaseFailure(name + " of a namespace is no number", "a number");
      }
    }
    if (!(namespace.last("counting") instanceof Json.Literal counting)
        || !counting.text().matches("true|false")) {
      throw new CaseFailure("counting is neither true nor false", "true or false");
    }
  }
}
