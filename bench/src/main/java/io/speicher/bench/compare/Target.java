package io.speicher.bench.compare;

import io.speicher.load.Protocol;
import java.util.OptionalDouble;

/** What the cost of Speicher is wanted to be at most, as a share of another server's. */
final class Target {
  private static final int COMMON_BYTES = 100;
  private static final int LONG_BYTES = 1 << 10;

  private Target() {}

  /** The ratio that a pair should not exceed in a cell, if there is one. */
  static OptionalDouble of(Comparison comparison, Pair pair, Cell cell) {
    if (pair.to().server() == Server.SPEICHER) {
      return pair.of().threads() == 2 ? OptionalDouble.of(1.1) : OptionalDouble.empty();
    }
    if (pair.of().threads() > 1 || cell.operation() == Operation.MIXED) {
      return OptionalDouble.empty();
    }
    int valueBytes = comparison.dataSet().valueBytes();
    if (valueBytes == COMMON_BYTES) {
      return ofCommonValues(comparison.protocol(), pair.to().server(), cell.pipeline());
    }
    boolean isLong = valueBytes >= LONG_BYTES && comparison.protocol() == Protocol.RESP;
    return isLong && pair.to().server() == Server.VALKEY
        ? OptionalDouble.of(0.95)
        : OptionalDouble.empty();
  }

  private static OptionalDouble ofCommonValues(Protocol protocol, Server to, int pipeline) {
    return switch (protocol) {
      case RESP -> ofResp(to, pipeline);
      case MEMCACHED -> atDepths(pipeline, Double.NaN, 0.40, 0.30);
      case JSON -> atDepths(pipeline, 1.05, 1.0, 1.0);
    };
  }

  private static OptionalDouble ofResp(Server to, int pipeline) {
    return to == Server.VALKEY
        ? atDepths(pipeline, 0.95, 0.70, 0.55)
        : atDepths(pipeline, 0.95, 0.33, 0.25);
  }

  /** Not a number where there is no target. */
  private static OptionalDouble atDepths(int pipeline, double one, double sixteen, double more) {
    double wanted =
        switch (pipeline) {
          case 1 -> one;
          case 16 -> sixteen;
          case 64 -> more;
          default -> Double.NaN;
        };
    return Double.isNaN(wanted) ? OptionalDouble.empty() : OptionalDouble.of(wanted);
  }
}
