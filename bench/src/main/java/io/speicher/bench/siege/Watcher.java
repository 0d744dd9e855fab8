package io.speicher.bench.siege;

import java.io.IOException;

/** Watches thousands of keys on each of many connections. */
final class Watcher implements Behaviour {
  private static final int CONNECTIONS = 20;
  private static final int KEYS = 2_000;

  @Override
  public void attack(Attacker attacker) throws IOException, InterruptedException {
    String[] words = new String[KEYS + 1];
    words[0] = "WATCH";
    for (int i = 0; i < CONNECTIONS; i++) {
      Peer peer = attacker.connect();
      for (int j = 0; j < KEYS; j++) {
        words[j + 1] = attacker.value(i * KEYS + j, 0).key();
      }
      peer.send(RespWire.command(words));
      RespWire.skipReply(peer.in);
      attacker.countCommands(1);
      attacker.pause(50);
    }
    attacker.stay();
  }
}
