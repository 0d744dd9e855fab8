package io.speicher.bench.siege;

import java.io.IOException;
import java.util.List;

/** Asks one by one, in packets of their own, and never reads a reply. */
final class NeverReader implements Behaviour {
  private static final int SMALL_BYTES = 50;
  private static final int LARGE_BYTES = 100_000;

  @Override
  public void attack(Attacker attacker) throws IOException, InterruptedException {
    Peer peer = attacker.connect(Attacker.SMALL_RECEIVE_BUFFER).greet();
    Value value = attacker.value(0, attacker.random.nextBoolean() ? SMALL_BYTES : LARGE_BYTES);
    peer.set(value);
    while (true) {
      peer.ask(List.of(value));
      attacker.pause(1);
    }
  }
}
