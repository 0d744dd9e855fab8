package io.speicher.tck;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Compares replies: the expected members have to be there, others may be. The elements of {@code
 * items} are replies too. Where a member is expected to be {@code "$(save NAME)"}, any string or
 * number is right, and is saved under the name. Where it is expected to be {@code "$(absent)"}, the
 * reply must not have it.
 */
final class Replies {
  private static final String ABSENT = "$(absent)";
  private static final Pattern SAVE = Pattern.compile("\\$\\(save ([^)]+)\\)");

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
      if (member.value() instanceof Json.Text text && text.characters().equals(ABSENT)) {
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
      } else if (!isSaved(member.value(), value, saved)) {
        String difference = Json.difference(name, member.value(), value);
        if (difference != null) {
          throw new CaseFailure(difference, shown);
        }
      }
    }
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
    Matcher save = SAVE.matcher(expected instanceof Json.Text text ? text.characters() : "");
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
    wire.sendFrame("", request.getBytes(UTF_8));
    String awaited = "a reply to " + request;
    return object(wire.receive("", awaited), awaited);
  }

  /** The reply as an object, whatever it says. */
  static Json.Members object(byte[] payload, String shown) {
    try {
      if (Json.parse(payload) instanceof Json.Members object) {
        return object;
      }
      throw new CaseFailure("the reply is not an object", shown);
    } catch (Json.MalformedException e) {
      throw new CaseFailure("the reply is " + e.getMessage(), shown);
    }
  }

  /** The text of the status code of a reply, or null when it has none. */
  static @Nullable String status(Json.Members reply) {
    return reply.last("status_code") instanceof Json.Literal status ? status.text() : null;
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
