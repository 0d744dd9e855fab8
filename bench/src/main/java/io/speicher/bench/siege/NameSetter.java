package io.speicher.bench.siege;

import java.io.IOException;

/** Gives connections long names, and asks for the list of all clients. */
final class NameSetter implements Behaviour {
  private static final int CONNECTIONS = 30;
  private static final int MOST_NAME_BYTES = 100_000;
  private static final int HUGE_NAME_BYTES = 8 << 20;

  @Override
  public void attack(Attacker attacker) throws IOException, InterruptedException {
    for (int i = 0; i < CONNECTIONS; i++) {
      Peer peer = attacker.connect();
      boolean isHuge = attacker.random.nextInt(10) == 0;
      int length = isHuge ? HUGE_NAME_BYTES : attacker.random.nextInt(1, MOST_NAME_BYTES);
      String name = "n".repeat(length);
      peer.send(RespWire.command("CLIENT", "SETNAME", name));
      try {
        RespWire.skipReply(peer.in);
      } catch (RefusedException _) {
        // A name may be too long.
      }
      peer.send(RespWire.command("CLIENT", "LIST"));
      RespWire.skipReply(peer.in);
      attacker.countCommands(2);
      attacker.pause(100);
    }
    attacker.stay();
  }
}
