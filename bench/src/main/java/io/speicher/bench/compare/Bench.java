package io.speicher.bench.compare;

import java.io.IOException;
import java.util.List;
import java.util.stream.Stream;

/** What every measurement needs: programs, cores and ports. */
record Bench(Programs programs, Cores cores, Ports ports) {
  /** Starts a server for each contender, on cores of its own. */
  RunningServers start(List<Contender> contenders, int connectionLimit) throws IOException {
    return RunningServers.start(contenders, programs, cores, ports, connectionLimit);
  }

  Generator generator() {
    return new Generator(programs, cores);
  }

  /** What stands behind figures of these contenders, as Markdown. */
  String surroundings(Stream<Contender> contenders, int connectionLimit) throws IOException {
    return Surroundings.show(
        programs,
        contenders
            .map(contender ->
                RunningServers.command(contender, programs, cores, "PORT", connectionLimit))
            .distinct()
            .toList());
  }

  /** Those of {@code servers} that speak RESP, with one thread each. */
  List<Contender> respContenders() {
    return programs.servers().stream()
        .filter(server -> server != Server.MEMCACHED)
        .map(server -> new Contender(server, Dialect.RESP, 1))
        .toList();
  }
}
