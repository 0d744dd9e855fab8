package io.speicher.tck;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.math.BigInteger;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Compares replies: the expected members have to be there, and no other one that has a meaning
 * ({@link ReplyMembers}). The elements of {@code items} are replies too. Of an expected member,
 *
 * <pre>
 *  "$(save NAME)"  is any string or number, and is saved under the name
 *  "$(int A..B)"   is an integer within these bounds
 *  "$(any)"        is there or not, whatever it is
 *  "$(absent)"     must not be there
 * </pre>
 */
final class Replies {
  private static final String ABSENT = "$(absent)";
  private static final String ANY = "$(any)";
  private static final Pattern SAVE = Pattern.compile("\\$\\(save ([^)]+)\\)");
  private static final Pattern INT = Pattern.compile("\\$\\(int (-?\\d+)\\.\\.(-?\\d+)\\)");

  /** How many elements of an array are shown to a person. */
  private static final int SHOWN_ELEMENTS = 4;

  private Replies() {}

  /**
   * Checks the payload of a reply.
   *
   * @param shown the expected reply for the message of a failure
   * @param saved what the case has saved so far, by name; it grows
   * @throws CaseFailure if it is not a JSON object, or lacks a member, or has another value there
   */
  static void check(byte[] payload, byte[] expected, String shown, Map<String, String> saved) {
    checkMembers("", expectedObject(expected), object(payload, shown), shown, saved);
  }

  private static void checkMembers(
      String place, Json expected, Json seen, String shown, Map<String, String> saved) {
    if (!(expected instanceof Json.Members e) || !(seen instanceof Json.Members reply)) {
      throw new CaseFailure(place + " is not an object", shown);
    }
    for (Json.Member member : e.members()) {
      String name = place + member.name();
      Json value = reply.last(member.name());
      if (isAny(member.value())) {
        continue;
      }
      if (isAbsent(member.value())) {
        if (value != null) {
          throw new CaseFailure("the reply has " + name + ", which it must not have", shown);
        }
        continue;
      }
      if (value == null) {
        throw new CaseFailure("the reply has no " + name, shown);
      }
      if (name.equals("items") && value instanceof Json.Array items) {
        checkItems(member.value(), items, shown, saved);
      } else {
        checkValue(name, member.value(), value, shown, saved);
      }
    }
    String flaw = ReplyMembers.flaw(place, e, reply);
    if (flaw != null) {
      throw new CaseFailure(flaw, shown);
    }
  }

  private static void checkValue(
      String name, Json expected, Json seen, String shown, Map<String, String> saved) {
    Matcher bounds = place(INT, expected);
    if (bounds.matches()) {
      if (!isWithin(new BigInteger(bounds.group(1)), new BigInteger(bounds.group(2)), seen)) {
        throw new CaseFailure(
            "%s: expected %s to %s, seen %s"
                .formatted(name, bounds.group(1), bounds.group(2), Json.brief(seen)),
            shown);
      }
    } else if (!isSaved(expected, seen, saved)) {
      String difference = Json.difference(name, expected, seen);
      if (difference != null) {
        throw new CaseFailure(difference, shown);
      }
    }
  }

  private static boolean isWithin(BigInteger least, BigInteger most, Json seen) {
    if (!(seen instanceof Json.Literal number) || !number.text().matches("-?\\d{1,30}")) {
      return false;
    }
    BigInteger value = new BigInteger(number.text());
    return value.compareTo(least) >= 0 && value.compareTo(most) <= 0;
  }

  /** Whether an expected member may be there or not. */
  static boolean isAny(@Nullable Json expected) {
    return expected instanceof Json.Text text && text.characters().equals(ANY);
  }

  private static boolean isAbsent(Json expected) {
    return expected instanceof Json.Text text && text.characters().equals(ABSENT);
  }

  private static Matcher place(Pattern pattern, Json expected) {
    return pattern.matcher(expected instanceof Json.Text text ? text.characters() : "");
  }

  private static void checkItems(
      Json expected, Json.Array seen, String shown, Map<String, String> saved) {
    List<Json> wanted = ((Json.Array) expected).elements();
    if (wanted.size() != seen.elements().size()) {
      throw new CaseFailure(
          "items: expected %d elements, seen %d".formatted(wanted.size(), seen.elements().size()),
          shown);
    }
    for (int i = 0; i < wanted.size(); i++) {
      checkMembers("items[" + i + "].", wanted.get(i), seen.elements().get(i), shown, saved);
    }
  }

  private static boolean isSaved(Json expected, Json seen, Map<String, String> saved) {
    Matcher save = place(SAVE, expected);
    if (!save.matches()) {
      return false;
    }
    if (seen instanceof Json.Text text) {
      saved.put(save.group(1), text.characters());
    } else if (seen instanceof Json.Literal literal) {
      saved.put(save.group(1), literal.text());
    }
    return saved.containsKey(save.group(1));
  }

  /** Sends a request and takes the object that comes as its reply. */
  static Json.Members ask(Wire wire, String request) throws IOException {
    return ask(wire, "", request);
  }

  /** The same on the connection of that name. */
  static Json.Members ask(Wire wire, String connection, String request) throws IOException {
    wire.sendFrame(connection, request.getBytes(UTF_8));
    String awaited = "a reply to " + request;
    return object(wire.receive(connection, awaited), awaited);
  }

  /** The reply as an object, whatever it says. */
  static Json.Members object(byte[] payload, String shown) {
    try {
      if (Json.parse(payload) instanceof Json.Members object) {
        return object;
      }
      throw new CaseFailure("the reply is not an object", shown);
    } catch (Json.MalformedException e) {
      throw new CaseFailure("the reply is " + e.getMessage() + lostBytes(payload), shown);
    }
  }

  /** A frame that has lost bytes takes them from the next one, which begins with zeros. */
  private static String lostBytes(byte[] payload) {
    int end = payload.length;
    while (end > 0 && payload[end - 1] == 0) {
      end--;
    }
    int lost = payload.length - end;
    return lost == 0 || end == 0 || payload[end - 1] != '}'
        ? ""
        : "; it lacks %d byte%s: its length says %d, and the next frame begins after %d"
            .formatted(lost, lost == 1 ? "" : "s", payload.length, end);
  }

  /** The text of the status code of a reply, or null when it has none. */
  static @Nullable String status(Json.Members reply) {
    return reply.last("status_code") instanceof Json.Literal status ? status.text() : null;
  }

  /** An expected reply, as a person reads it: what may vary in words, and long values cut. */
  static String shown(byte[] expected) {
    StringBuilder shown = new StringBuilder();
    appendShown(shown, expectedObject(expected));
    return shown.toString();
  }

  private static void appendShown(StringBuilder out, Json json) {
    if (json instanceof Json.Members object) {
      out.append('{');
      String separator = "";
      for (Json.Member member : object.members()) {
        if (!isAny(member.value())) {
          out.append(separator);
          appendShown(out, member);
          separator = ",";
        }
      }
      out.append('}');
    } else if (json instanceof Json.Array array) {
      out.append('[');
      List<Json> elements = array.elements();
      for (int i = 0; i < Math.min(elements.size(), SHOWN_ELEMENTS); i++) {
        out.append(i == 0 ? "" : ",");
        appendShown(out, elements.get(i));
      }
      int more = elements.size() - SHOWN_ELEMENTS;
      out.append(more > 0 ? ", and " + more + " more]" : "]");
    } else {
      out.append(Json.brief(json));
    }
  }

  private static void appendShown(StringBuilder out, Json.Member member) {
    String name = Json.brief(new Json.Text(member.name()));
    Matcher bounds = place(INT, member.value());
    if (isAbsent(member.value())) {
      out.append("no ").append(name);
    } else if (bounds.matches()) {
      out.append(name).append(": ").append(bounds.group(1)).append(" to ").append(bounds.group(2));
    } else if (place(SAVE, member.value()).matches()) {
      out.append(name).append(": any");
    } else {
      out.append(name).append(':');
      appendShown(out, member.value());
    }
  }

  private static Json.Members expectedObject(byte[] expected) {
    try {
      return (Json.Members) Json.parse(expected);
    } catch (Json.MalformedException e) {
      throw new IllegalArgumentException(
          "the case expects what is no JSON: " + new String(expected, UTF_8), e);
    }
  }
}
