package io.speicher.bench.siege;

import java.io.IOException;
import java.util.List;

/**
 * One hostile behaviour. It goes on until it has done all it wants, or until its connections are
 * closed under it when its time is over.
 */
interface Attack {
  /** How it is called on the command line. */
  String title();

  /** The dialects in which there is such a thing. */
  default List<Wire> wires() {
    return Wires.ALL;
  }

  /**
   * Attacks once. Runs on a virtual thread, so it may block.
   *
   * @throws IOException if the server refuses it or cuts it off, which is the server's right, or if
   *     a reply is wrong ({@link WrongReplyException}), which is not
   */
  void run(Attacker attacker) throws IOException, InterruptedException;
}
