package io.speicher.bench.compare;

import io.speicher.load.Protocol;
import java.util.ArrayList;
import java.util.List;

/** What was chosen to be compared; everything with everything. */
record Choice(
    List<Protocol> dialects,
    List<Operation> operations,
    List<Integer> valueBytes,
    List<Integer> pipelines,
    List<Integer> serverThreads,
    List<Integer> keyCounts) {

  /** What the targets are about. */
  static final Choice OF_TARGETS =
      new Choice(
          List.of(Protocol.values()),
          List.of(Operation.GET, Operation.SET),
          List.of(100),
          List.of(1, 16, 64),
          List.of(1),
          List.of(1_000_000));

  /** The whole matrix. */
  static final Choice FULL =
      new Choice(
          List.of(Protocol.values()),
          List.of(Operation.values()),
          List.of(32, 100, 1 << 10, 10 << 10),
          List.of(1, 16, 64),
          List.of(1, 2),
          List.of(1_000_000, 10_000_000));

  /** The comparisons that these servers make possible. */
  List<Comparison> comparisons(List<Server> servers) {
    List<Comparison> comparisons = new ArrayList<>();
    for (Protocol protocol : dialects) {
      List<Contender> contenders =
          contenders(protocol).stream()
              .filter(contender -> servers.contains(contender.server()))
              .toList();
      for (DataSet dataSet : dataSets()) {
        if (!contenders.isEmpty()) {
          comparisons.add(new Comparison(protocol, dataSet, contenders, cells()));
        }
      }
    }
    return comparisons;
  }

  /** Nobody else speaks framed JSON, so what it costs is compared with RESP. */
  private List<Contender> contenders(Protocol protocol) {
    List<Contender> contenders =
        new ArrayList<>(withEachNumberOfThreads(Server.SPEICHER, protocol));
    switch (protocol) {
      case RESP -> contenders.addAll(List.of(single(Server.VALKEY), single(Server.REDIS)));
      case MEMCACHED -> contenders.addAll(withEachNumberOfThreads(Server.MEMCACHED, protocol));
      case JSON -> contenders.add(single(Server.VALKEY));
    }
    return contenders;
  }

  private List<Contender> withEachNumberOfThreads(Server server, Protocol protocol) {
    return serverThreads.stream().map(threads -> new Contender(server, protocol, threads)).toList();
  }

  /**
   * Threads for I/O make each operation cost Valkey and Redis more where there are only two cores.
   */
  private static Contender single(Server server) {
    return new Contender(server, Protocol.RESP, 1);
  }

  private List<DataSet> dataSets() {
    return valueBytes.stream()
        .flatMap(bytes -> keyCounts.stream().map(keys -> DataSet.fitting(bytes, keys)))
        .distinct()
        .toList();
  }

  private List<Cell> cells() {
    return operations.stream()
        .flatMap(operation -> pipelines.stream().map(pipeline -> new Cell(operation, pipeline)))
        .toList();
  }
}
