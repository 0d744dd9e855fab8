package io.speicher.bench.siege;

import java.io.IOException;
import java.util.List;

/**
 * Queues hundreds of commands that take long or answer at length, has all of them executed at once,
 * and stays connected.
 */
final class LongTransactions implements Behaviour {
  private static final int COMMANDS = 500;
  private static final List<byte[]> COSTLY =
      List.of(
          RespWire.command("INFO"),
          RespWire.command("CLIENT", "LIST"),
          RespWire.command("SCAN", "0", "COUNT", "1000", "MATCH", "nothing*"),
          RespWire.command("DBSIZE"));

  @Override
  public void attack(Attacker attacker) throws IOException, InterruptedException {
    Peer peer = attacker.connect();
    byte[] command = COSTLY.get(attacker.random.nextInt(COSTLY.size()));
    peer.send(RespWire.command("MULTI"));
    RespWire.skipReply(peer.in);
    for (int i = 0; i < COMMANDS; i++) {
      peer.send(command);
      RespWire.skipReply(peer.in);
    }
    peer.send(RespWire.command("EXEC"));
    RespWire.skipReply(peer.in);
    attacker.countCommands(COMMANDS + 2L);
    attacker.stay();
  }
}
