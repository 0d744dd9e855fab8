package io.speicher.bench.compare;

import io.speicher.bench.process.Measurement;
import io.speicher.load.Protocol;
import java.util.List;

/** Contenders, and results as if they had been measured. */
final class Samples {
  static final Contender SPEICHER = new Contender(Server.SPEICHER, Protocol.RESP, 1);
  static final Contender SPEICHER_2 = new Contender(Server.SPEICHER, Protocol.RESP, 2);
  static final Contender VALKEY = new Contender(Server.VALKEY, Protocol.RESP, 1);
  static final Contender REDIS = new Contender(Server.REDIS, Protocol.RESP, 1);

  static final Cell GET_1 = new Cell(Operation.GET, 1);
  static final Cell GET_16 = new Cell(Operation.GET, 16);
  static final Cell SET_16 = new Cell(Operation.SET, 16);

  static final DataSet DATA_SET = new DataSet(100, 1_000_000);

  private Samples() {}

  static Comparison comparison(List<Contender> contenders, Cell... cells) {
    return new Comparison(Protocol.RESP, DATA_SET, contenders, List.of(cells));
  }

  /** A measurement of which nothing but the cost matters. */
  static Measurement costing(double serverCpuMicros) {
    return new Measurement(
        1_000, 250_000.4, 0, 0, 120.4, 340.6, 900, serverCpuMicros, 0.25, 0.8, false);
  }

  /** One round for each of {@code serverCpuMicros}. */
  static void add(Results results, Contender contender, Cell cell, double... serverCpuMicros) {
    for (double micros : serverCpuMicros) {
      results.add(contender, cell, costing(micros));
    }
  }
}
