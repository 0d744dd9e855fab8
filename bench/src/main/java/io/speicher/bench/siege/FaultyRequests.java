package io.speicher.bench.siege;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.util.List;

/**
 * Sends requests that are wrong from their first byte to their last, to be answered with errors.
 */
final class FaultyRequests implements Behaviour {
  private static final int ROUNDS = 500;
  private static final List<byte[]> REQUESTS =
      List.of(
          RespWire.command("U".repeat(30_000)),
          RespWire.command("GET"),
          RespWire.command("SET", "hostile:faulty", "value", "EX", "never"),
          RespWire.command("INCRBY", "hostile:faulty", "x".repeat(10_000)),
          "*1\r\n$99999999999\r\n".getBytes(ISO_8859_1),
          "*2147483647\r\n".getBytes(ISO_8859_1),
          "get \r\n".getBytes(ISO_8859_1),
          ("get " + "k".repeat(5_000) + "\r\n").getBytes(ISO_8859_1),
          "set hostile:faulty 0 0 -1\r\n".getBytes(ISO_8859_1),
          "set hostile:faulty 0 0 999999999\r\n".getBytes(ISO_8859_1),
          "mg \r\n".getBytes(ISO_8859_1),
          "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(ISO_8859_1),
          JsonWire.frame("{\"command\":\"SET\",\"key\":\"hostile:faulty\"}"),
          JsonWire.frame("[".repeat(10_000)),
          new byte[] {(byte) 0xff, (byte) 0xff, (byte) 0xff, (byte) 0xff},
          new byte[] {0, 0, 0, 0},
          new byte[] {(byte) 0x80, (byte) 0xee, 0, 0, 0, 0, 0, 0, 0x7f, 0, 0, 0});

  @Override
  public void attack(Attacker attacker) throws IOException, InterruptedException {
    for (int i = 0; i < ROUNDS; i++) {
      try (Peer peer = attacker.connect(0)) {
        peer.setReadTimeout(20);
        peer.send(REQUESTS.get(attacker.random.nextInt(REQUESTS.size())));
        attacker.countCommands(1);
        peer.in.skipSome(Integer.MAX_VALUE);
      } catch (IOException _) {
        // It is to be refused, after all.
      }
      attacker.pause(5);
    }
  }
}
