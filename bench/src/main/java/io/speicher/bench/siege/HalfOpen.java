package io.speicher.bench.siege;

import java.io.IOException;

/** Begins large requests on many connections, and leaves them there without an end. */
final class HalfOpen implements Behaviour {
  private static final int CONNECTIONS = 30;
  private static final int LEAST_VALUE_BYTES = 64 << 10;
  private static final int MOST_VALUE_BYTES = 4 << 20;

  @Override
  public void attack(Attacker attacker) throws IOException, InterruptedException {
    Value value = attacker.value(0, attacker.random.nextInt(LEAST_VALUE_BYTES, MOST_VALUE_BYTES));
    byte[] request = attacker.wire.set(value.key(), value.bytes());
    for (int i = 0; i < CONNECTIONS; i++) {
      Peer peer = attacker.connect();
      peer.send(request, 0, attacker.random.nextInt(request.length));
      attacker.pause(10);
    }
    Peer last = attacker.connect();
    last.shutdownOutput();
    last.in.readByte(); // Waits for the end.
  }
}
