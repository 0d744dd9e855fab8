package io.speicher.bench.siege;

import java.io.IOException;
import java.util.List;

/** Writes values of many megabytes and reads them back. */
final class HugeValues implements Behaviour {
  private static final int LEAST_BYTES = 1 << 20;
  private static final int MOST_BYTES = 8 << 20;
  private static final int ROUNDS = 3;

  @Override
  public void attack(Attacker attacker) throws IOException, InterruptedException {
    Peer peer = attacker.connect();
    for (int i = 0; i < ROUNDS; i++) {
      Value value = attacker.value(i, attacker.random.nextInt(LEAST_BYTES, MOST_BYTES));
      peer.set(value);
      attacker.pause(20);
      peer.check(List.of(value));
    }
  }
}
