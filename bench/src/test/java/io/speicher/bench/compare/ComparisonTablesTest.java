package io.speicher.bench.compare;

import static io.speicher.bench.compare.Samples.GET_16;
import static io.speicher.bench.compare.Samples.REDIS;
import static io.speicher.bench.compare.Samples.SET_16;
import static io.speicher.bench.compare.Samples.SPEICHER;
import static io.speicher.bench.compare.Samples.VALKEY;
import static org.assertj.core.api.Assertions.assertThat;

import io.speicher.bench.process.Measurement;
import io.speicher.load.Protocol;
import java.util.List;
import org.junit.jupiter.api.Test;

final class ComparisonTablesTest {
  private final Results results =
      new Results(Samples.comparison(List.of(SPEICHER, VALKEY, REDIS), GET_16, SET_16));

  {
    Samples.add(results, SPEICHER, GET_16, 1.0, 1.1, 0.9);
    Samples.add(results, VALKEY, GET_16, 2.0, 2.0, 2.0);
    Samples.add(results, REDIS, GET_16, 3.0, 2.2, 3.0);
    Samples.add(results, SPEICHER, SET_16, 1.5, 1.5, 1.5);
    Samples.add(results, VALKEY, SET_16, 2.0, 2.0, 2.0);
    Samples.add(results, REDIS, SET_16, 6.0, 6.0, 6.0);
  }

  @Test
  void costs_besideTargets() {
    assertThat(page().lines())
        .contains(
            "| operation | pipeline | Speicher (µs) | Valkey (µs) | Redis (µs) | Speicher / Valkey | Speicher / Redis |",
            "| GET | 16 | 1.000 (0.900 to 1.100) | 2.000 (2.000 to 2.000) | 3.000 (2.200 to 3.000)"
                + " | 0.500 (0.450 to 0.550), ≤ 0.70 met | 0.333 (0.300 to 0.500), ≤ 0.33 **not met** |",
            "| SET | 16 | 1.500 (1.500 to 1.500) | 2.000 (2.000 to 2.000) | 6.000 (6.000 to 6.000)"
                + " | 0.750 (0.750 to 0.750), ≤ 0.70 **not met** | 0.250 (0.250 to 0.250), ≤ 0.33 met |");
  }

  @Test
  void targets_thatAreNotMet() {
    assertThat(page())
        .contains(
            """
            2 of 4 met. Not met:

            - RESP, values of 100 bytes, 1,000,000 keys, GET, pipeline 16: Speicher / Redis 0.333 (0.300 to 0.500), wanted ≤ 0.33
            - RESP, values of 100 bytes, 1,000,000 keys, SET, pipeline 16: Speicher / Valkey 0.750 (0.750 to 0.750), wanted ≤ 0.70
            """);
  }

  @Test
  void rates() {
    assertThat(page().lines())
        .contains("| GET | 16 | Redis | 250,000 | 120 | 341 | 0.250 (0.250 to 0.250) |");
  }

  @Test
  void mark_whereTheLoadWasTheBottleneck() {
    results.add(SPEICHER, GET_16, new Measurement(1, 1, 0, 0, 1, 1, 1, 1.0, 0.1, 1.0, true));
    results.add(VALKEY, GET_16, Samples.costing(2));
    results.add(REDIS, GET_16, Samples.costing(3));

    assertThat(page().lines())
        .filteredOn(line -> line.startsWith("| GET | 16 | 1"))
        .first()
        .asString()
        .contains("1.000 (0.900 to 1.100) ◦ | 2.000 (2.000 to 2.000) |");
  }

  @Test
  void contenderOfAnotherProtocol_isNamedWithIt() {
    Contender json = new Contender(Server.SPEICHER, Protocol.JSON, 1);
    Results ofJson =
        new Results(
            new Comparison(
                Protocol.JSON, Samples.DATA_SET, List.of(json, VALKEY), List.of(GET_16)));
    Samples.add(ofJson, json, GET_16, 1);
    Samples.add(ofJson, VALKEY, GET_16, 1);

    assertThat(new ComparisonTables(List.of(ofJson)).show("", List.of(), 5, 3))
        .contains(
            "| operation | pipeline | Speicher (µs) | Valkey, RESP (µs) | Speicher / Valkey |")
        .contains("1 of 1 met.\n");
  }

  private String page() {
    return new ComparisonTables(List.of(results)).show("", List.of(), 3, 3);
  }
}
