package io.speicher.tck;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RespFormatTest {

  @Test
  void request_words() {
    assertThat(request("  SET $(key)  \"a b\\x00\" \"\" x\\\"y "))
        .isEqualTo("*5\r\n$3\r\nSET\r\n$1\r\nk\r\n$4\r\na b\0\r\n$0\r\n\r\n$3\r\nx\"y\r\n");
  }

  @Test
  void request_placesHoldSpaces() {
    assertThat(request("$(hex 41 42)$(a b*2)")).isEqualTo("*1\r\n$8\r\nABa ba b\r\n");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "+OK\r\n",
        ":-1\r\n",
        "$-1\r\n",
        "$0\r\n\r\n",
        "$3\r\n\r\n+\r\n",
        "*-1\r\n",
        "*0\r\n",
        "*2\r\n*1\r\n+a\r\n$1\r\nb\r\n",
        "_\r\n",
        "#t\r\n",
        ",1.5\r\n",
        "(123\r\n",
        "=7\r\ntxt:abc\r\n",
        "~1\r\n:1\r\n",
        ">1\r\n+a\r\n",
        "%1\r\n+a\r\n%0\r\n"
      })
  void replyBytes_wholeOnly(String reply) {
    byte[] bytes = (reply + "+next\r\n").getBytes(ISO_8859_1);
    for (int to = 0; to < reply.length(); to++) {
      assertThat(RespFormat.replyBytes(bytes, 0, to)).as("the first %d bytes", to).isZero();
    }
    assertThat(RespFormat.replyBytes(bytes, 0, bytes.length)).isEqualTo(reply.length());
  }

  @ParameterizedTest
  @ValueSource(strings = {"OK\r\n", "$x\r\n", "*-2\r\n", "$99999999999\r\n", "*1\r\nx\r\n"})
  void replyBytes_noReply(String reply) {
    byte[] bytes = reply.getBytes(ISO_8859_1);
    assertThatThrownBy(() -> RespFormat.replyBytes(bytes, 0, bytes.length))
        .isInstanceOf(CaseFailure.class);
  }

  private static String request(String text) {
    return new String(RespFormat.request(text).expand(new Template.Values("k", 0)), ISO_8859_1);
  }
}
