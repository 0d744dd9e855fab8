package io.speicher.protocol.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class JsonTextTest {
  @ParameterizedTest
  @ValueSource(
      strings = {"1", "1e400", "null", "\"\"", "\"\\ud83d\"", "\"😀\"", " [1, {\"a\":[]}]\n", "{}"})
  void checkedValue(String json) {
    assertThat(JsonText.checkedValue(json)).isEqualTo(StandardCharsets.UTF_8.encode(json));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "nope",
        "01",
        "1 2",
        "[1,]",
        "\"open",
        "{\"a\"}",
        "1}",
        "1,\"key\":\"other\"",
        "1},{\"command\":\"RST\"",
        "\"\ud83d\"",
      })
  void checkedValue_malformed(String json) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> JsonText.checkedValue(json))
        .withMessageStartingWith("malformed JSON");
  }

  @Test
  void checkedValue_nested() {
    assertThat(JsonText.checkedValue(nested(512)).remaining()).isEqualTo(1_024);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> JsonText.checkedValue(nested(513)))
        .withMessageStartingWith("nested too deep");
  }

  private static String nested(int depth) {
    return "[".repeat(depth) + "]".repeat(depth);
  }
}
