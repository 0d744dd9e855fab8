package io.speicher.tck;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TemplateTest {
  private static final Template.Values VALUES = new Template.Values("tck0123456789abc", 7);

  @Test
  void expand_plainText() {
    assertThat(text("{\"é\":1}  ")).isEqualTo("{\"é\":1}  ");
  }

  @Test
  void expand_keyAndRound() {
    assertThat(text("<$(key)-$(i)>")).isEqualTo("<tck0123456789abc-7>");
  }

  @Test
  void expand_repetition() {
    assertThat(text("$(ab*3)$(x*0)$(a*b*2)$([*2)")).isEqualTo("abababa*ba*b[[");
  }

  @Test
  void expand_bytes() {
    assertThat(bytes("$(hex 00 ff)a")).containsExactly(0, 0xff, 'a');
  }

  @Test
  void expand_length() {
    assertThat(bytes("$(length 43)$(length -2)"))
        .containsExactly(0, 0, 0, 43, 0xff, 0xff, 0xff, 0xfe);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"$()", "$(keys)", "$(hex 0)", "$(hex zz)", "$(length x)", "$(x*)", "$(*3)"})
  void parse_noSuchPlace(String text) {
    assertThatThrownBy(() -> Template.parse(text)).isInstanceOf(IllegalArgumentException.class);
  }

  private static byte[] bytes(String template) {
    return Template.parse(template).expand(VALUES);
  }

  private static String text(String template) {
    return new String(bytes(template), UTF_8);
  }
}
