package io.speicher.bench.siege;

import java.io.IOException;
import java.util.List;

/** Sends a request a few bytes at a time. It is a right one, so it has to be answered. */
final class Dribbler implements Behaviour {
  private static final int VALUE_BYTES = 300;
  private static final int MOST_BYTES = 7;

  @Override
  public void attack(Attacker attacker) throws IOException, InterruptedException {
    Peer peer = attacker.connect();
    Value value = attacker.value(0, VALUE_BYTES);
    byte[] request = attacker.wire.set(value.key(), value.bytes());
    attacker.countCommands(1);
    for (int offset = 0; offset < request.length; ) {
      int count = Math.min(attacker.random.nextInt(1, MOST_BYTES + 1), request.length - offset);
      peer.send(request, offset, count);
      offset += count;
      attacker.pause(attacker.random.nextInt(10));
    }
    attacker.wire.readStored(peer.in);
    byte[] question = attacker.wire.get(List.of(value.key()));
    for (int offset = 0; offset < question.length; offset++) {
      peer.send(question, offset, 1);
      attacker.pause(1);
    }
    peer.readAndCheck(List.of(value));
  }
}
