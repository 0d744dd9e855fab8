package io.speicher.bench.compare;

import io.speicher.load.Protocol;

/** A server in a comparison. */
record Contender(Server server, Protocol protocol, int threads) {
  String title() {
    return threads == 1 ? server.title : "%s, %d threads".formatted(server.title, threads);
  }
}
