package io.speicher.bench.siege;

import java.io.IOException;

/** Queues transactions of many commands; some are executed, most are abandoned half-way. */
final class QueuedTransactions implements Behaviour {
  private static final int CONNECTIONS = 20;
  private static final int MOST_COMMANDS = 1_000;
  private static final int VALUE_BYTES = 500;

  @Override
  public void attack(Attacker attacker) throws IOException, InterruptedException {
    for (int i = 0; i < CONNECTIONS; i++) {
      Peer peer = attacker.connect();
      int commands = attacker.random.nextInt(1, MOST_COMMANDS);
      peer.send(RespWire.command("MULTI"));
      RespWire.skipReply(peer.in);
      for (int j = 0; j < commands; j++) {
        Value value = attacker.value(j % 10, VALUE_BYTES);
        peer.send(attacker.wire.set(value.key(), value.bytes()));
        RespWire.skipReply(peer.in);
      }
      attacker.countCommands(commands + 1L);
      if (attacker.random.nextInt(3) == 0) {
        peer.send(RespWire.command("EXEC"));
        RespWire.skipReply(peer.in);
      }
      attacker.pause(50);
    }
    attacker.stay();
  }
}
