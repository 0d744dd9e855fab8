package io.speicher.bench.compare;

import io.speicher.bench.Rounds;

/** Two figures that took turns. */
final class PairedRounds {
  final Rounds of = new Rounds();
  final Rounds to = new Rounds();

  /** What the machine does for a while it does to both, so a ratio is taken within each round. */
  final Rounds ratios = new Rounds();

  void add(double ofFigure, double toFigure) {
    of.add(ofFigure);
    to.add(toFigure);
    ratios.add(ofFigure / toFigure);
  }
}
