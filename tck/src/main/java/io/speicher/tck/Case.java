package io.speicher.tck;

import java.util.List;

/**
 * One thing that a server has to do, with the steps that show whether it does.
 *
 * @param topic the file that holds the case, without its ending
 * @param name the name within the topic
 * @param section the section of {@code docs/protocol.md} that asks for it, such as {@code 4.2}
 * @param purpose one sentence: what is right
 * @param delivery how the bytes of the requests are cut into segments
 */
record Case(
    String topic,
    String name,
    String section,
    Level level,
    String purpose,
    Delivery delivery,
    List<Step> steps) {

  /** The levels of the protocol, the smaller first: every level includes those before it. */
  enum Level {
    core,
    full
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

  /** Where the rule stands, for a person. */
  String reference() {
    return "docs/protocol.md, section " + section;
  }
}
