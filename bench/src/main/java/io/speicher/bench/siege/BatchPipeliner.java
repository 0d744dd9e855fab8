package io.speicher.bench.siege;

import java.io.IOException;
import java.util.List;
import java.util.stream.IntStream;

/** Pipelines batches of large values, begins to read when all have been sent, and stays idle. */
final class BatchPipeliner implements Behaviour {
  private static final int VALUES = 16;
  private static final int VALUE_BYTES = 256 << 10;
  private static final int BATCHES = 8;

  @Override
  public void attack(Attacker attacker) throws IOException, InterruptedException {
    Peer peer = attacker.connect();
    List<Value> values =
        IntStream.range(0, VALUES).mapToObj(i -> attacker.value(i, VALUE_BYTES)).toList();
    for (Value value : values) {
      peer.set(value);
    }
    for (int i = 0; i < BATCHES; i++) {
      peer.ask(values);
    }
    attacker.pause(attacker.random.nextInt(2_000));
    for (int i = 0; i < BATCHES; i++) {
      peer.readAndCheck(values);
    }
    attacker.stay();
  }
}
