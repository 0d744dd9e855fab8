package io.speicher.bench.compare;

import static org.assertj.core.api.Assertions.assertThat;

import io.speicher.load.Protocol;
import java.util.List;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class TargetTest {
  @ParameterizedTest
  @CsvSource({
    "RESP, VALKEY, GET, 1, 100, 0.95",
    "RESP, VALKEY, SET, 16, 100, 0.70",
    "RESP, VALKEY, SET, 64, 100, 0.55",
    "RESP, REDIS, SET, 1, 100, 0.95",
    "RESP, REDIS, GET, 16, 100, 0.33",
    "RESP, REDIS, GET, 64, 100, 0.25",
    "JSON, VALKEY, GET, 1, 100, 1.05",
    "JSON, VALKEY, GET, 16, 100, 1.0",
    "JSON, VALKEY, SET, 64, 100, 1.0",
    "MEMCACHED, MEMCACHED, GET, 16, 100, 0.40",
    "MEMCACHED, MEMCACHED, SET, 64, 100, 0.30",
    "RESP, VALKEY, GET, 16, 1024, 0.95",
    "RESP, VALKEY, SET, 64, 10240, 0.95",
  })
  void of(
      Protocol protocol, Server to, Operation operation, int pipeline, int bytes, double wanted) {
    assertThat(target(protocol, 1, to, operation, pipeline, bytes))
        .isEqualTo(OptionalDouble.of(wanted));
  }

  @ParameterizedTest
  @CsvSource({
    "MEMCACHED, 1, MEMCACHED, GET, 1, 100",
    "RESP, 1, VALKEY, MIXED, 16, 100",
    "RESP, 1, VALKEY, GET, 8, 100",
    "RESP, 1, VALKEY, GET, 16, 32",
    "RESP, 1, REDIS, GET, 16, 1024",
    "JSON, 1, VALKEY, GET, 16, 1024",
    "RESP, 2, VALKEY, GET, 16, 100",
  })
  void of_noTarget(
      Protocol protocol, int threads, Server to, Operation operation, int pipeline, int bytes) {
    assertThat(target(protocol, threads, to, operation, pipeline, bytes)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"RESP, GET, 100", "JSON, MIXED, 32", "MEMCACHED, SET, 10240"})
  void of_twoThreads(Protocol protocol, Operation operation, int bytes) {
    assertThat(target(protocol, 2, Server.SPEICHER, operation, 16, bytes))
        .isEqualTo(OptionalDouble.of(1.1));
  }

  @Test
  void verdict_atTheBound() {
    assertThat(new Verdict(0.7, 0.7).show()).isEqualTo("≤ 0.70 met");
    assertThat(new Verdict(0.7001, 0.7).show()).isEqualTo("≤ 0.70 **not met**");
    assertThat(new Verdict(301, 300).show()).isEqualTo("≤ 300 **not met**");
    assertThat(new Verdict(1, 1).show()).isEqualTo("≤ 1.00 met");
  }

  private static OptionalDouble target(
      Protocol protocol, int threads, Server to, Operation operation, int pipeline, int bytes) {
    Contender of = new Contender(Server.SPEICHER, protocol, threads);
    Pair pair = new Pair(of, new Contender(to, protocol, 1));
    Comparison comparison =
        new Comparison(
            protocol, DataSet.fitting(bytes, 1_000_000), List.of(pair.of(), pair.to()), List.of());
    return Target.of(comparison, pair, new Cell(operation, pipeline));
  }
}
