package io.speicher.bench.siege;

import java.io.IOException;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Asks for more than its socket holds, and takes the replies slowly, into a small receive buffer.
 * It checks every byte: replies that wait are the first to be mixed up.
 */
final class SlowReader implements Behaviour {
  private static final int VALUES = 8;
  private static final int MOST_VALUE_BYTES = 200_000;
  private static final int ROUNDS = 20;
  private static final int REQUESTS = 40;

  @Override
  public void attack(Attacker attacker) throws IOException, InterruptedException {
    Peer peer = attacker.connect(Attacker.SMALL_RECEIVE_BUFFER).greet();
    List<Value> values =
        IntStream.range(0, VALUES)
            .mapToObj(i -> attacker.value(i, attacker.random.nextInt(100, MOST_VALUE_BYTES)))
            .toList();
    for (Value value : values) {
      peer.set(value);
    }
    for (int round = 0; round < ROUNDS; round++) {
      int[] asked = attacker.random.ints(REQUESTS, 0, VALUES).toArray();
      for (int i : asked) {
        peer.ask(List.of(values.get(i)));
      }
      for (int i : asked) {
        attacker.pause(attacker.random.nextInt(30));
        peer.readAndCheck(List.of(values.get(i)));
      }
    }
  }
}
