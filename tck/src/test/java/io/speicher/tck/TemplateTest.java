package io.speicher.tck;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
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

  @Test
  void expand_backslash() {
    assertThat(text("a\\r\\n")).isEqualTo("a\\r\\n");
  }

  @Test
  void expand_escapes() {
    assertThat(Template.parseEscaped("\\r\\n\\t\\\"\\\\$(\\x00*2)\\xfF").expand(VALUES))
        .containsExactly('\r', '\n', '\t', '"', '\\', 0, 0, 0xff);
  }

  @Test
  void expand_saved() {
    Template.Values values = new Template.Values("", 0);
    values.saved().put("cas", "42");
    assertThat(Template.parse("<$(saved cas)>").expand(values.withRound(1)))
        .isEqualTo("<42>".getBytes(UTF_8));
  }

  @Test
  void expand_neverSaved() {
    Template template = Template.parse("$(saved cas)");
    assertThatThrownBy(() -> template.expand(VALUES)).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void expand_now() {
    long before = Instant.now().getEpochSecond();
    assertThat(Long.parseLong(text("$(now+100)")) - before).isBetween(100L, 160L);
  }

  @ParameterizedTest
  @ValueSource(strings = {"\\", "\\q", "\\x", "\\x0", "\\xzz", "$(\\q*2)"})
  void parse_noSuchEscape(String text) {
    assertThatThrownBy(() -> Template.parseEscaped(text))
        .isInstanceOf(IllegalArgumentException.class);
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
