package io.speicher.bench.siege;

import java.io.IOException;
import java.util.List;

/** Sends right requests in which some bytes have been changed, left out or repeated. */
final class MutatedBytes implements Behaviour {
  private static final int CONNECTIONS = 200;
  private static final int VALUE_BYTES = 60;
  private static final int READ_MILLIS = 20;

  @Override
  public void attack(Attacker attacker) throws IOException, InterruptedException {
    // Under a name from which no few changes lead to another attacker's key.
    Value value = new Value("mutated:" + attacker.value(0, 0).key(), 1, VALUE_BYTES);
    byte[] requests =
        Wire.concat(
            attacker.wire.greeting(),
            attacker.wire.set(value.key(), value.bytes()),
            attacker.wire.get(List.of(value.key(), value.key())),
            attacker.wire.delete(value.key()));
    for (int i = 0; i < CONNECTIONS; i++) {
      byte[] mutated = requests.clone();
      int changes = attacker.random.nextInt(1, 6);
      for (int j = 0; j < changes; j++) {
        mutated[attacker.random.nextInt(mutated.length)] = (byte) attacker.random.nextInt();
      }
      try (Peer peer = attacker.connect(0)) {
        peer.setReadTimeout(READ_MILLIS);
        peer.send(mutated, 0, attacker.random.nextInt(mutated.length / 2, mutated.length + 1));
        attacker.countCommands(1);
        peer.in.skipSome(Integer.MAX_VALUE);
      } catch (IOException _) {
        // Whatever the server says to that is right, as long as it says it to this peer.
      }
      attacker.pause(5);
    }
  }
}
