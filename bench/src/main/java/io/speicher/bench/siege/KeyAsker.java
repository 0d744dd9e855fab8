package io.speicher.bench.siege;

import java.io.IOException;
import java.util.List;

/** Asks for all keys, by patterns that take long to compare and by scans, and for figures. */
final class KeyAsker implements Behaviour {
  private static final List<byte[]> QUESTIONS =
      List.of(
          RespWire.command("KEYS", "*"),
          RespWire.command("KEYS", "*a*a*a*a*a*b"),
          RespWire.command("KEYS", "nothing"),
          RespWire.command("KEYS", "*?".repeat(500)),
          RespWire.command("SCAN", "0", "COUNT", "100000"),
          RespWire.command("SCAN", "0", "COUNT", "100000", "MATCH", "nothing*"),
          RespWire.command("RANDOMKEY"),
          RespWire.command("DBSIZE"),
          RespWire.command("INFO"));

  @Override
  public void attack(Attacker attacker) throws IOException, InterruptedException {
    Peer peer = attacker.connect();
    while (true) {
      int count = attacker.random.nextInt(1, 10);
      for (int i = 0; i < count; i++) {
        peer.send(QUESTIONS.get(attacker.random.nextInt(QUESTIONS.size())));
      }
      for (int i = 0; i < count; i++) {
        RespWire.skipReply(peer.in);
      }
      attacker.countCommands(count);
      attacker.pause(100);
    }
  }
}
