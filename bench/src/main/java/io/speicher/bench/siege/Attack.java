package io.speicher.bench.siege;

import java.util.List;
import java.util.Optional;

/**
 * A hostile behaviour that a siege can draw.
 *
 * @param title how it is called on the command line
 * @param wires the dialects in which there is such a thing
 */
record Attack(String title, List<Wire> wires, Behaviour behaviour) {
  static final List<Attack> ALL =
      List.of(
          new Attack("slow-reader", Wires.ALL, new SlowReader()),
          new Attack("never-reader", Wires.ALL, new NeverReader()),
          new Attack("batch-pipeliner", Wires.ALL, new BatchPipeliner()),
          new Attack("dribbler", Wires.ALL, new Dribbler()),
          new Attack("half-open", Wires.ALL, new HalfOpen()),
          new Attack("cut-short", Wires.ALL, new CutShort()),
          new Attack("flooder", Wires.ALL, new Flooder()),
          new Attack("huge-values", Wires.ALL, new HugeValues()),
          new Attack("value-grower", Wires.ALL, new ValueGrower()),
          new Attack("stalled-crowd", Wires.ALL, new StalledCrowd()),
          new Attack("escaped-json", List.of(Wires.JSON), new EscapedJson()),
          new Attack("large-mover", Wires.RESP, new LargeMover()),
          new Attack("many-keys", Wires.ALL, new ManyKeys()),
          new Attack("queued-transactions", Wires.RESP, new QueuedTransactions()),
          new Attack("half-arrays", Wires.RESP, new HalfArrays()),
          new Attack("long-transactions", Wires.RESP, new LongTransactions()),
          new Attack("watcher", Wires.RESP, new Watcher()),
          new Attack("name-setter", Wires.RESP, new NameSetter()),
          new Attack("key-asker", Wires.RESP, new KeyAsker()),
          new Attack("mutated-bytes", Wires.ALL, new MutatedBytes()),
          new Attack("faulty-requests", Wires.ALL, new FaultyRequests()),
          new Attack("delayed-flusher", List.of(Wires.TEXT), new DelayedFlusher()),
          new Attack("connection-storm", Wires.ALL, new ConnectionStorm()));

  static Optional<Attack> titled(String title) {
    return ALL.stream().filter(attack -> attack.title.equals(title)).findFirst();
  }
}
