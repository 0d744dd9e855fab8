package io.speicher.bench.compare;

import io.speicher.load.Protocol;
import java.io.IOException;
import java.util.List;
import java.util.stream.Stream;

/**
 * What every measurement needs.
 *
 * @param notes what a reader should know of this run in particular
 */
record Bench(Programs programs, Cores cores, Ports ports, List<String> notes) {
  /** Starts a server for each contender, on cores of its own. */
  RunningServers start(List<Contender> contenders, int connectionLimit) throws IOException {
    return RunningServers.start(contenders, programs, cores, ports, connectionLimit);
  }

  Generator generator() {
    return new Generator(programs, cores::ofLoad, Generator.CONNECTIONS);
  }

  /** A load with a quarter of the connections, on a core that a server may use, too. */
  Generator quarterOfALoad(int core) {
    return new Generator(programs, _ -> Cores.from(core, 1), Generator.CONNECTIONS / 4);
  }

  /** What stands behind figures of these contenders, as Markdown. */
  String surroundings(Stream<Contender> contenders, int connectionLimit) throws IOException {
    return surroundings(
        contenders
            .map(contender ->
                RunningServers.command(contender, programs, cores, "PORT", connectionLimit))
            .distinct()
            .toList());
  }

  /** What stands behind figures of servers that were started by {@code commands}, as Markdown. */
  String surroundings(List<List<String>> commands) throws IOException {
    return Surroundings.show(programs, commands, notes);
  }

  /** Those of {@code servers} that speak RESP, with one thread each. */
  List<Contender> respContenders() {
    return programs.servers().stream()
        .filter(server -> server != Server.MEMCACHED)
        .map(server -> new Contender(server, Protocol.RESP, 1))
        .toList();
  }
}
