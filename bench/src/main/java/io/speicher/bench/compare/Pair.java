package io.speicher.bench.compare;

/** Whose cost is divided by whose. */
record Pair(Contender of, Contender to) {
  String title() {
    return of.title() + " / " + to.title();
  }
}
