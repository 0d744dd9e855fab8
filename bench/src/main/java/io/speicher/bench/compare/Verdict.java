package io.speicher.bench.compare;

import io.speicher.bench.Rounds;

/** A figure beside what it should be at most. */
record Verdict(double figure, double wanted) {
  static Verdict of(Rounds rounds, double wanted) {
    return new Verdict(rounds.median(), wanted);
  }

  boolean isMet() {
    return figure <= wanted;
  }

  /** As a part of a cell of a table. */
  String show() {
    return "≤ %s %s".formatted(number(), isMet() ? "met" : "**not met**");
  }

  private String number() {
    return wanted == Math.rint(wanted) && wanted > 1
        ? "%.0f".formatted(wanted)
        : "%.2f".formatted(wanted);
  }
}
