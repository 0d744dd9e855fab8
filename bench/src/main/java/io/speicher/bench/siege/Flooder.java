package io.speicher.bench.siege;

import java.io.IOException;
import java.util.List;

/** Sends long pipelines of small requests, and reads and checks all the replies. */
final class Flooder implements Behaviour {
  private static final int REQUESTS = 500;
  private static final int VALUE_BYTES = 100;

  @Override
  public void attack(Attacker attacker) throws IOException, InterruptedException {
    Peer peer = attacker.connect();
    Value value = attacker.value(0, VALUE_BYTES);
    byte[] set = attacker.wire.set(value.key(), value.bytes());
    byte[] get = attacker.wire.get(List.of(value.key()));
    byte[][] requests = new byte[REQUESTS][];
    for (int i = 0; i < REQUESTS; i++) {
      requests[i] = i % 2 == 0 ? set : get;
    }
    byte[] pipeline = Wire.concat(requests);
    while (true) {
      peer.send(pipeline);
      attacker.countCommands(REQUESTS);
      for (int i = 0; i < REQUESTS; i += 2) {
        attacker.wire.readStored(peer.in);
        peer.readAndCheck(List.of(value));
      }
      attacker.pause(50);
    }
  }
}
