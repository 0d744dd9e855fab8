package io.speicher.bench.siege;

import java.util.List;
import java.util.Optional;

/** All hostile behaviours there are. */
final class Attacks {
  static final List<Attack> ALL =
      List.of(
          new SlowReader(),
          new NeverReader(),
          new BatchPipeliner(),
          new Dribbler(),
          new HalfOpen(),
          new CutShort(),
          new Flooder(),
          new HugeValues(),
          new EscapedJson(),
          new LargeMover(),
          new ManyKeys(),
          new QueuedTransactions(),
          new Watcher(),
          new NameSetter(),
          new KeyAsker(),
          new MutatedBytes(),
          new FaultyRequests(),
          new DelayedFlusher(),
          new ConnectionStorm());

  private Attacks() {}

  static Optional<Attack> named(String title) {
    return ALL.stream().filter(attack -> attack.title().equals(title)).findFirst();
  }
}
