package io.speicher.tck;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MemcachedFormatTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "END\r\n",
        "VALUE k 0 3\r\nabc\r\n",
        "VALUE k 0 2 77\r\n\r\n\r\n",
        "VALUE k 0 0\r\n\r\n",
        "VA 3 t-1 kVA\r\nabc\r\n",
        "HD VA 3\r\n"
      })
  void replyBytes_wholeOnly(String reply) {
    byte[] bytes = (reply + "MN\r\n").getBytes(ISO_8859_1);
    for (int to = 0; to < reply.length(); to++) {
      assertThat(MemcachedFormat.replyBytes(bytes, 0, to)).as("the first %d bytes", to).isZero();
    }
    assertThat(MemcachedFormat.replyBytes(bytes, 0, bytes.length)).isEqualTo(reply.length());
  }

  @ParameterizedTest
  @ValueSource(strings = {"VA x\r\n", "VA -1\r\n", "VALUE k 0 99999999999\r\n"})
  void replyBytes_noLength(String reply) {
    byte[] bytes = reply.getBytes(ISO_8859_1);
    assertThatThrownBy(() -> MemcachedFormat.replyBytes(bytes, 0, bytes.length))
        .isInstanceOf(CaseFailure.class);
  }
}
