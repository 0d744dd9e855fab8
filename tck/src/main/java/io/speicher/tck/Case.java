package io.speicher.tck;

import java.util.List;

/**
 * One thing that a server has to do, with the steps that show whether it does.
 *
 * @param dialect what the server has to speak
 * @param topic the file that holds the case, without its ending
 * @param name the name within the topic
 * @param section what asks for it: for JSON the section of {@code docs/protocol.md}, such as {@code
 *     4.2}, and otherwise an entry of another documentation, such as {@code redis: SET}
 * @param purpose one sentence: what is right
 * @param delivery how the bytes of the requests are cut into segments
 */
record Case(
    Dialect dialect,
    String topic,
    String name,
    String section,
    Level level,
    String purpose,
    Delivery delivery,
    List<Step> steps) {

  /** The levels of a dialect, the smaller first: every level includes those before it. */
  enum Level {
    core,
    full,
    /** Of another server's dialect: what Debian's server of it has not, and Speicher has. */
    speicher
  }

  /** How the bytes of consecutive sends go out. */
  enum Delivery {
    /** Each send in a write of its own. */
    plain,
    /** All sends up to the next other step in one write. */
    together,
    /** Each byte in a write of its own. */
    dribbled,
    /** As {@link #together}, in two writes; the case is run once for every offset of the cut. */
    cut
  }

  Case {
    steps = List.copyOf(steps);
  }

  /** The name that is unique in the kit. */
  String fullName() {
    return topic + "/" + name;
  }

  /** Whether it is about a server that asks for a password, and says it. */
  boolean isForPassword() {
    return topic.equals("auth") || isForReader();
  }

  /** Whether it needs a user, too, who may only read. */
  boolean isForReader() {
    return topic.equals("rights");
  }

  /** Where the rule stands, for a person. */
  String reference() {
    return dialect.reference(section);
  }
}
