package io.speicher.bench.siege;

import java.io.IOException;
import java.util.Arrays;

/** Appends to a value until it is refused as too long, however the dialect spells that. */
final class ValueGrower implements Behaviour {
  private static final int PIECE_BYTES = 1 << 20;

  @Override
  public void attack(Attacker attacker) throws IOException, InterruptedException {
    Peer peer = attacker.connect();
    Value value = attacker.value(0, PIECE_BYTES);
    peer.set(value);
    byte[] piece = new byte[PIECE_BYTES];
    Arrays.fill(piece, (byte) 'p');
    byte[] request = attacker.wire.append(value.key(), piece);
    while (true) {
      peer.send(request);
      attacker.wire.readAppended(peer.in);
      attacker.countCommands(1);
      attacker.pause(20);
    }
  }
}
