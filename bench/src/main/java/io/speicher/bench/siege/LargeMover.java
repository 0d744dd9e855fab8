package io.speicher.bench.siege;

import java.io.IOException;
import java.util.List;

/** Copies, renames, appends to and cuts values of many megabytes. */
final class LargeMover implements Behaviour {
  private static final int VALUE_BYTES = 6 << 20;
  private static final int ROUNDS = 20;

  @Override
  public void attack(Attacker attacker) throws IOException, InterruptedException {
    Peer peer = attacker.connect();
    Value value = attacker.value(0, VALUE_BYTES);
    String key = value.key();
    String other = attacker.value(1, 0).key();
    peer.set(value);
    List<byte[]> moves =
        List.of(
            RespWire.command("COPY", key, other, "REPLACE"),
            RespWire.command("APPEND", other, "and more"),
            RespWire.command("SETRANGE", other, "1000000", "in the middle"),
            RespWire.command("GETRANGE", other, "0", "4000000"),
            RespWire.command("RENAME", other, attacker.value(2, 0).key()));
    for (int i = 0; i < ROUNDS; i++) {
      peer.send(moves.get(attacker.random.nextInt(moves.size())));
      attacker.countCommands(1);
      try {
        RespWire.skipReply(peer.in);
      } catch (RefusedException _) {
        // There may be no such key, and no room.
      }
      attacker.pause(50);
    }
  }
}
