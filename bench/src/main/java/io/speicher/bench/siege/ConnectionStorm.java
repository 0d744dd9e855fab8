package io.speicher.bench.siege;

import java.io.IOException;

/** Connects and disconnects as fast as it can, with a word or without, orderly or by a reset. */
final class ConnectionStorm implements Behaviour {
  private static final int CONNECTIONS = 1_000;

  @Override
  public void attack(Attacker attacker) throws IOException, InterruptedException {
    byte[] request = attacker.wire.delete(attacker.value(0, 0).key());
    for (int i = 0; i < CONNECTIONS; i++) {
      try (Peer peer = attacker.connect(0)) {
        if (attacker.random.nextBoolean()) {
          peer.send(request);
          attacker.countCommands(1);
        }
        // A port that was closed in an orderly way rests for a minute, so most end by a reset.
        if (attacker.random.nextInt(8) != 0) {
          peer.resetOnClose();
        }
      }
      attacker.pause(2);
    }
  }
}
