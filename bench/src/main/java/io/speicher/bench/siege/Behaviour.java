package io.speicher.bench.siege;

import java.io.IOException;

/** What a hostile peer does. Stateless, so that any number of attackers share one. */
@FunctionalInterface
interface Behaviour {
  /**
   * Attacks once: until it has done all it wants, or until its connections are closed under it
   * because its time is over. Runs on a virtual thread, so it may block.
   *
   * @throws IOException if the server refuses it or cuts it off, which is the server's right, or if
   *     a reply is wrong ({@link WrongReplyException}), which is not
   */
  void attack(Attacker attacker) throws IOException, InterruptedException;
}
