package io.speicher.bench.siege;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.util.List;

/** Asks again and again that everything be flushed a day later, each time instead of the last. */
final class DelayedFlusher implements Attack {
  private static final int REQUESTS = 500;
  private static final byte[] FLUSH = "flush_all 100000\r\n".getBytes(ISO_8859_1);

  @Override
  public String title() {
    return "delayed-flusher";
  }

  @Override
  public List<Wire> wires() {
    return List.of(new TextWire());
  }

  @Override
  public void run(Attacker attacker) throws IOException, InterruptedException {
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
