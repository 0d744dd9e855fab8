package io.speicher.bench.compare;

import static io.speicher.bench.compare.Samples.GET_1;
import static io.speicher.bench.compare.Samples.GET_16;
import static io.speicher.bench.compare.Samples.SPEICHER;
import static io.speicher.bench.compare.Samples.VALKEY;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.speicher.bench.Scale;
import java.io.ByteArrayInputStream;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class BarsSvgTest {
  private final Results results =
      new Results(Samples.comparison(List.of(SPEICHER, VALKEY), GET_1, GET_16));

  {
    Samples.add(results, SPEICHER, GET_1, 10.04);
    Samples.add(results, VALKEY, GET_1, 12);
    Samples.add(results, SPEICHER, GET_16, 1.234);
    Samples.add(results, VALKEY, GET_16, 2);
  }

  @Test
  void draw_isXml() throws Exception {
    byte[] svg = new BarsSvg(results).draw().getBytes(UTF_8);

    var document =
        DocumentBuilderFactory.newInstance()
            .newDocumentBuilder()
            .parse(new ByteArrayInputStream(svg));

    assertThat(document.getDocumentElement().getTagName()).isEqualTo("svg");
  }

  @Test
  void draw_labelsEveryBar() {
    assertThat(new BarsSvg(results).draw())
        .contains(">10.0</text>", ">12.0</text>", ">1.23</text>", ">2.00</text>")
        .contains(">Speicher</text>", ">Valkey</text>", ", pipeline 16</text>", " µs</text>");
  }

  @ParameterizedTest
  @CsvSource({
    "12.3, 5, 3, 5",
    "10, 2, 5, 2",
    "1.2, 0.5, 3, 0.5",
    "0.31, 0.1, 4, 0.1",
    "0.9, 0.2, 5, 0.2",
    "100, 20, 5, 20",
  })
  void scale(double highest, double step, int steps, String label) {
    Scale scale = Scale.upTo(highest);

    assertThat(scale.steps()).isEqualTo(steps);
    assertThat(scale.label(scale.step())).isEqualTo(label);
    assertThat(scale.step()).isEqualTo(step, within(1e-9));
  }
}
