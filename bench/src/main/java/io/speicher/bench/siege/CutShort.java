package io.speicher.bench.siege;

import java.io.IOException;
import java.util.List;

/** Ends connections in the middle of a request or of a reply, orderly or by a reset. */
final class CutShort implements Behaviour {
  private static final int CONNECTIONS = 200;
  private static final int VALUE_BYTES = 50_000;

  @Override
  public void attack(Attacker attacker) throws IOException, InterruptedException {
    Value value = attacker.value(0, VALUE_BYTES);
    byte[] set = attacker.wire.set(value.key(), value.bytes());
    byte[] get = attacker.wire.get(List.of(value.key()));
    for (int i = 0; i < CONNECTIONS; i++) {
      try (Peer peer = attacker.connect()) {
        if (attacker.random.nextBoolean()) {
          peer.send(set, 0, attacker.random.nextInt(set.length));
        } else {
          peer.send(set);
          peer.send(get);
        }
        attacker.countCommands(1);
        if (attacker.random.nextBoolean()) {
          peer.resetOnClose();
        }
      }
      attacker.pause(5);
    }
  }
}
