package io.speicher.spring.boot;

import io.speicher.client.Speicher;
import io.speicher.client.exception.RefusedException;

/** Asks the server for a sign of life. */
final class SpeicherHealth {
  private SpeicherHealth() {}

  /** Returns if the server answers, and throws what is wrong if it does not. */
  static void check(Speicher speicher) {
    try {
      speicher.ping();
    } catch (RefusedException e) {
      // A server that has no such command is alive, too.
    }
  }
}
