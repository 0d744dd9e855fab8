package io.speicher.tck;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ReplyPatternTest {
  private final Template.Values values = new Template.Values("k", 7);

  @ParameterizedTest
  @CsvSource({
    "+OK, +OK\\r\\n, true",
    "+OK, +OKAY\\r\\n, false",
    "+OK, +O\\r\\n, false",
    ":$(i), :7\\r\\n, true",
    ":$(int), :-12\\r\\n, true",
    ":$(int), :\\r\\n, false",
    ":$(int), :1-2\\r\\n, false",
    ":$(int 1..10), :10\\r\\n, true",
    ":$(int 1..10), :11\\r\\n, false",
    ":$(int -3..-1), :-3\\r\\n, true",
    "-ERR $(any), -ERR \\r\\n, true",
    "-ERR $(any), -ERR any thing\\r\\n, true",
    "-ERR $(any), -WRONG any\\r\\n, false",
    "ME $(key) $(word) x, ME k a=b x\\r\\n, true",
    "ME $(key) $(word) x, ME k  x\\r\\n, false",
    "*2\\r\\n$(reply)\\r\\n:1, *2\\r\\n$3\\r\\na\\r\\n\\r\\n:1\\r\\n, true",
    "*2\\r\\n$(reply)\\r\\n:1, *2\\r\\n*1\\r\\n_\\r\\n:1\\r\\n, true",
    "*2\\r\\n$(reply)\\r\\n:1, *2\\r\\n:1\\r\\n:2\\r\\n, false"
  })
  void matches(String pattern, String reply, boolean matches) {
    byte[] bytes = Template.parseEscaped(reply).expand(values);
    assertThat(ReplyPattern.parse(pattern).matches(bytes, values)).isEqualTo(matches);
  }

  @Test
  void save() {
    assertThat(matches("HD c$(save cas) t1", "HD c42 t1\r\n")).isTrue();
    assertThat(matches("HD c$(saved cas)", "HD c42\r\n")).isTrue();
    assertThat(matches("HD c$(saved cas)", "HD c43\r\n")).isFalse();
  }

  @Test
  void check_tellsBoth() {
    assertThatThrownBy(() -> ReplyPattern.parse("+OK").check(bytes("-\u00ff\r\n\r\n"), values))
        .isInstanceOfSatisfying(
            CaseFailure.class, failure -> assertThat(failure.expected()).isEqualTo("+OK"))
        .hasMessage("another reply came: -\\xff\\r\\n");
  }

  @Test
  void checkUnordered() {
    ReplyPattern pattern =
        ReplyPattern.parseExact("*2\\r\\n$1\\r\\n0\\r\\n*2\\r\\n$1\\r\\na\\r\\n:1");
    pattern.checkUnordered(bytes("*2\r\n$1\r\n0\r\n*2\r\n:1\r\n$1\r\na\r\n"), values);
    assertThatThrownBy(() -> pattern.checkUnordered(bytes("*2\r\n$1\r\n0\r\n*1\r\n:1\r\n"), values))
        .hasMessageContaining("other elements");
  }

  private boolean matches(String pattern, String reply) {
    return ReplyPattern.parse(pattern).matches(bytes(reply), values);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(ISO_8859_1);
  }
}
