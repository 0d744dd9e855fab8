package io.speicher.bench.siege;

import java.io.IOException;
import java.util.Collections;

/** Asks for tens of thousands of keys in one request. */
final class ManyKeys implements Behaviour {
  private static final int MOST_KEYS = 50_000;
  private static final int VALUE_BYTES = 20;

  @Override
  public void attack(Attacker attacker) throws IOException, InterruptedException {
    Peer peer = attacker.connect();
    Value value = attacker.value(0, VALUE_BYTES);
    peer.set(value);
    int keys = attacker.random.nextInt(1_000, MOST_KEYS);
    byte[] request = attacker.wire.get(Collections.nCopies(keys, value.key()));
    attacker.countCommands(1);
    if (attacker.random.nextInt(4) == 0) {
      peer.send(request, 0, request.length - 1); // And never ends it.
      attacker.stay();
      return;
    }
    peer.send(request);
    peer.readAndCheck(Collections.nCopies(keys, value));
  }
}
