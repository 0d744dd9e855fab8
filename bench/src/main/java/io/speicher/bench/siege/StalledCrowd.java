package io.speicher.bench.siege;

import java.io.IOException;
import java.util.List;

/** Hundreds of connections that each ask for a large value, and read nothing of it. */
final class StalledCrowd implements Behaviour {
  private static final int CONNECTIONS = 300;
  private static final int VALUE_BYTES = 1 << 20;

  @Override
  public void attack(Attacker attacker) throws IOException, InterruptedException {
    Value value = attacker.value(0, VALUE_BYTES);
    attacker.connect().set(value);
    for (int i = 0; i < CONNECTIONS; i++) {
      attacker.connect(Attacker.SMALL_RECEIVE_BUFFER).greet().ask(List.of(value));
      attacker.pause(5);
    }
    attacker.stay();
  }
}
