package io.speicher.bench.siege;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;

/** Asks again and again that everything be flushed a day later, each time instead of the last. */
final class DelayedFlusher implements Behaviour {
  private static final int REQUESTS = 500;
  private static final byte[] FLUSH = "flush_all 100000\r\n".getBytes(ISO_8859_1);

  @Override
  public void attack(Attacker attacker) throws IOException, InterruptedException {
    Peer peer = attacker.connect();
    while (true) {
      for (int i = 0; i < REQUESTS; i++) {
        peer.send(FLUSH);
      }
      for (int i = 0; i < REQUESTS; i++) {
        TextWire.readLine(peer.in);
      }
      attacker.countCommands(REQUESTS);
      attacker.pause(100);
    }
  }
}
