package io.speicher.bench.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import org.junit.jupiter.api.Test;

final class MeasurementTest {
  private static final String RESULT =
      """
      {"target":"redis://127.0.0.1:21000","connections":50,"pipeline":16,"threads":1,"keys":1000000,
       "distribution":"uniform","valueSize":"100","mix":{"get":1,"set":0,"delete":0},"rate":null,
       "seconds":3.0,"operations":1234567,"operationsPerSecond":411522.3,"hits":1234567,"misses":0,
       "errors":0,"latencyMicros":{"mean":1.0,"p50":95.5,"p90":120.0,"p99":210.0,"p999":480.0,
       "p9999":900.0,"max":1200.0},"clientCpuMicrosPerOperation":0.35,"generatorBusy":0.97,
       "serverCpuMicrosPerOperation":1.25,"serverBusy":0.5,"bottleneck":"generator",
       "series":[{"second":1,"operations":1,"p50":1.0,"p99":1.0,"p999":1.0}],
       "percentiles":[[50.0,12.0],[99.0,13.0]]}
      """;

  @Test
  void parse() throws IOException {
    assertThat(Measurement.parse(RESULT))
        .isEqualTo(
            new Measurement(1_234_567, 411_522.3, 0, 0, 95.5, 210, 480, 1.25, 0.35, 0.97, true));
  }

  @Test
  void parse_serverWasTheBottleneck() throws IOException {
    Measurement measurement =
        Measurement.parse(
            RESULT.replace("\"bottleneck\":\"generator\"", "\"bottleneck\":\"server\""));

    assertThat(measurement.generatorWasTheBottleneck()).isFalse();
  }

  @Test
  void parse_cpuOfServerUnknown() {
    String unknown =
        RESULT.replace(
            "\"serverCpuMicrosPerOperation\":1.25", "\"serverCpuMicrosPerOperation\":null");

    assertThatThrownBy(() -> Measurement.parse(unknown))
        .isInstanceOf(IOException.class)
        .hasMessage("the load generator's result has no number serverCpuMicrosPerOperation");
  }

  @Test
  void parse_innerNumberMissing() {
    assertThatThrownBy(() -> Measurement.parse(RESULT.replace("\"p999\":480.0,", "")))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("latencyMicros.p999");
  }

  @Test
  void parse_notJson() {
    assertThatThrownBy(() -> Measurement.parse("cannot connect\nreally"))
        .isInstanceOf(IOException.class)
        .hasMessage("expected a JSON object: cannot connect");
    assertThatThrownBy(() -> Measurement.parse(""))
        .isInstanceOf(IOException.class)
        .hasMessage("expected a JSON object: nothing at all");
  }

  @Test
  void requireClean() throws IOException {
    Measurement measurement = Measurement.parse(RESULT);

    assertThat(measurement.requireClean("Redis")).isSameAs(measurement);
  }

  @Test
  void requireClean_errors() {
    assertThatThrownBy(() -> with("\"errors\":0", "\"errors\":12").requireClean("Redis, GET"))
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith(
            "Redis, GET: 12 of 1,234,567 operations were answered with an error");
  }

  @Test
  void requireClean_misses() {
    assertThatThrownBy(() -> with("\"misses\":0", "\"misses\":7").requireClean("Redis, GET"))
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith("Redis, GET: 7 of 1,234,567 operations missed");
  }

  @Test
  void requireClean_nothingMeasured() {
    assertThatThrownBy(
            () -> with("\"operations\":1234567", "\"operations\":0").requireClean("Redis"))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("nothing was measured");
  }

  private static Measurement with(String member, String instead) throws IOException {
    return Measurement.parse(RESULT.replace(member, instead));
  }
}
