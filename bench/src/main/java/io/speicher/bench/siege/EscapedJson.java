package io.speicher.bench.siege;

import java.io.IOException;
import java.util.List;

/** Writes long JSON texts that a server has to change: an escape in the middle, or base64. */
final class EscapedJson implements Behaviour {
  private static final int LEAST_BYTES = 1 << 20;
  private static final int MOST_BYTES = 8 << 20;
  private static final int ROUNDS = 5;

  @Override
  public void attack(Attacker attacker) throws IOException, InterruptedException {
    Peer peer = attacker.connect();
    for (int i = 0; i < ROUNDS; i++) {
      String half = "a".repeat(attacker.random.nextInt(LEAST_BYTES, MOST_BYTES) / 2 / 4 * 4);
      boolean isText = attacker.random.nextBoolean();
      String value = isText ? half + "\\u0041" + half : half + half;
      String encoding = isText ? "" : ",\"encoding\":\"base64\"";
      String key = attacker.value(i, 0).key();
      attacker.countCommands(2);
      peer.send(
          JsonWire.frame(
              "{\"command\":\"SET\",\"key\":\"%s\",\"value\":\"%s\"%s}"
                  .formatted(key, value, encoding)));
      attacker.wire.readStored(peer.in);
      peer.send(attacker.wire.get(List.of(key)));
      attacker.wire.readValues(peer.in, List.of(key));
      attacker.pause(50);
    }
  }
}
