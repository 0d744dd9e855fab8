package io.speicher.bench.compare;

import static org.assertj.core.api.Assertions.assertThat;

import io.speicher.load.Protocol;
import java.util.List;
import org.junit.jupiter.api.Test;

final class ChoiceTest {
  private static final List<Server> ALL = List.of(Server.values());

  @Test
  void comparisons_ofTargets() {
    List<Comparison> comparisons = Choice.OF_TARGETS.comparisons(ALL);

    assertThat(comparisons)
        .extracting(Comparison::title)
        .containsExactly(
            "RESP, values of 100 bytes, 1,000,000 keys",
            "memcached text, values of 100 bytes, 1,000,000 keys",
            "framed JSON, values of 100 bytes, 1,000,000 keys");
    assertThat(pairs(comparisons.get(0))).containsExactly("Speicher / Valkey", "Speicher / Redis");
    assertThat(pairs(comparisons.get(1))).containsExactly("Speicher / memcached");
    assertThat(pairs(comparisons.get(2))).containsExactly("Speicher / Valkey");
    assertThat(comparisons.get(2).contenders())
        .extracting(Contender::protocol)
        .containsExactly(Protocol.JSON, Protocol.RESP);
    assertThat(comparisons)
        .allSatisfy(comparison ->
            assertThat(comparison.cells())
                .hasSize(6)
                .startsWith(new Cell(Operation.GET, 1), new Cell(Operation.GET, 16)));
  }

  @Test
  void comparisons_twoThreads() {
    List<Comparison> comparisons = Choice.FULL.comparisons(ALL);

    assertThat(pairs(comparisons.get(0)))
        .containsExactly(
            "Speicher / Valkey",
            "Speicher / Redis",
            "Speicher, 2 threads / Speicher",
            "Speicher, 2 threads / Valkey",
            "Speicher, 2 threads / Redis");
    Comparison memcached =
        comparisons.stream()
            .filter(comparison -> comparison.protocol() == Protocol.MEMCACHED)
            .findFirst()
            .orElseThrow();
    assertThat(pairs(memcached))
        .containsExactly(
            "Speicher / memcached",
            "Speicher, 2 threads / Speicher",
            "Speicher, 2 threads / memcached, 2 threads");
  }

  @Test
  void comparisons_longValues_fewerKeys() {
    assertThat(Choice.FULL.comparisons(ALL))
        .filteredOn(comparison -> comparison.protocol() == Protocol.RESP)
        .extracting(Comparison::shortName)
        .containsExactly(
            "resp-32b-1m",
            "resp-32b-10m",
            "resp-100b-1m",
            "resp-100b-10m",
            "resp-1kb-1m",
            "resp-10kb-100k");
  }

  @Test
  void comparisons_absentServers() {
    List<Comparison> comparisons =
        Choice.OF_TARGETS.comparisons(List.of(Server.REDIS, Server.MEMCACHED));

    assertThat(comparisons)
        .extracting(Comparison::protocol)
        .containsExactly(Protocol.RESP, Protocol.MEMCACHED);
    assertThat(comparisons).allSatisfy(comparison -> assertThat(comparison.pairs()).isEmpty());
  }

  private static List<String> pairs(Comparison comparison) {
    return comparison.pairs().stream().map(Pair::title).toList();
  }
}
