package io.speicher.tck;

import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What the protocol says of the members of every reply (section 6): which names have a meaning, and
 * what a member of that name looks like. A reply may have members of other names, which nobody has
 * to understand; one with a meaning must be there only where section 5 says so.
 */
final class ReplyMembers {
  private static final Pattern COUNT = Pattern.compile("0|[1-9][0-9]{0,18}");
  private static final Pattern POSITIVE = Pattern.compile("[1-9][0-9]{0,18}");
  private static final Pattern CURSOR = Pattern.compile("0|[1-9][0-9]{0,19}");

  private record Rule(String description, Predicate<Json> holds) {}

  private static final Rule TEXT = new Rule("a string", Json.Text.class::isInstance);
  private static final Rule NUMBER = literal("a number of digits only", COUNT);
  private static final Rule TOKEN = text("a string of digits without a zero in front", POSITIVE);
  private static final Rule ARRAY = new Rule("an array", Json.Array.class::isInstance);
  private static final Rule ANYTHING = new Rule("anything", json -> true);

  /** What a reply has only where it is expected. */
  private static final Map<String, Rule> MEANT =
      Map.ofEntries(
          Map.entry("value", ANYTHING),
          Map.entry("encoding", text("the string base64", Pattern.compile("base64"))),
          Map.entry("version", TOKEN),
          Map.entry("lease", TOKEN),
          Map.entry("stale", literal("true", Pattern.compile("true"))),
          Map.entry("items", ARRAY),
          Map.entry("keys", ARRAY),
          Map.entry("namespaces", ARRAY),
          Map.entry("nodes", ARRAY),
          Map.entry("ranges", ARRAY),
          Map.entry("cluster", TEXT),
          Map.entry("available", literal("true or false", Pattern.compile("true|false"))),
          Map.entry("epoch", NUMBER),
          Map.entry("cursor", text("a string of digits", CURSOR)),
          Map.entry("deleted", NUMBER),
          Map.entry("length", NUMBER),
          Map.entry("count", NUMBER),
          Map.entry("ttl", NUMBER),
          Map.entry("push", TEXT));

  private ReplyMembers() {}

  private static Rule text(String description, Pattern pattern) {
    return new Rule(
        description,
        json -> json instanceof Json.Text t && pattern.matcher(t.characters()).matches());
  }

  private static Rule literal(String description, Pattern pattern) {
    return new Rule(
        description, json -> json instanceof Json.Literal l && pattern.matcher(l.text()).matches());
  }

  /** What is wrong with a reply, whatever was asked, or null. */
  static @Nullable String flaw(String place, Json.Members expected, Json.Members seen) {
    Set<String> names = new HashSet<>();
    for (Json.Member member : seen.members()) {
      String name = place + member.name();
      if (!names.add(member.name())) {
        return "the reply has " + name + " twice";
      }
      Rule rule = MEANT.get(member.name());
      Json wanted = expected.last(member.name());
      if (rule != null && wanted == null) {
        return "the reply has " + name + ", which it must not have";
      }
      if (rule != null && !Replies.isAny(wanted) && !rule.holds().test(member.value())) {
        return "%s: expected %s, seen %s"
            .formatted(name, rule.description(), Json.brief(member.value()));
      }
    }
    return seen.last("message") instanceof Json.Literal
            || seen.last("message") instanceof Json.Array
            || seen.last("message") instanceof Json.Members
        ? place + "message is not a string"
        : null;
  }
}
