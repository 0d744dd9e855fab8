package io.speicher.bench.siege;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;

/** Announces a million words, sends half of them, each a byte long, and never the rest. */
final class HalfArrays implements Behaviour {
  private static final int WORDS = 1_000_000;
  private static final int WORDS_AT_A_TIME = 10_000;
  private static final int CONNECTIONS = 5;
  private static final byte[] HEAD = ("*" + WORDS + "\r\n").getBytes(ISO_8859_1);
  private static final byte[] SOME_WORDS =
      "$1\r\nx\r\n".repeat(WORDS_AT_A_TIME).getBytes(ISO_8859_1);

  @Override
  public void attack(Attacker attacker) throws IOException, InterruptedException {
    for (int i = 0; i < CONNECTIONS; i++) {
      Peer peer = attacker.connect();
      peer.send(HEAD);
      for (int sent = 0; sent < WORDS / 2; sent += WORDS_AT_A_TIME) {
        peer.send(SOME_WORDS);
        attacker.pause(5);
      }
    }
    attacker.stay();
  }
}
