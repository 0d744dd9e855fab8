package io.speicher.tck;

import static java.nio.charset.StandardCharsets.UTF_8;

import org.jspecify.annotations.Nullable;

/** Compares replies: the expected members have to be there, others may be. */
final class Replies {
  private Replies() {}

  /**
   * Checks the payload of a reply.
   *
   * @param shown the expected reply for the message of a failure
   * @throws CaseFailure if it is not a JSON object, or lacks a member, or has another value there
   */
  static void check(byte[] payload, byte[] expected, String shown) {
    Json.Members reply = object(payload, shown);
    for (Json.Member member : expectedObject(expected).members()) {
      Json value = reply.last(member.name());
      if (value == null) {
        throw new CaseFailure("the reply has no " + member.name(), shown);
      }
      String difference = Json.difference(member.name(), member.value(), value);
      if (difference != null) {
        throw new CaseFailure(difference, shown);
      }
    }
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
