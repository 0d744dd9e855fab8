package io.speicher.bench.compare;

/** A server in a comparison. */
record Contender(Server server, Dialect dialect, int threads) {
  String title() {
    return threads == 1 ? server.title : "%s, %d threads".formatted(server.title, threads);
  }
}
