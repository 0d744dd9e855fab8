package io.speicher.cli.resp;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class RespReaderTest {
  private static RespReply read(String bytes) throws IOException {
    return new RespReader(new ByteArrayInputStream(bytes.getBytes(ISO_8859_1))).read();
  }

  @ParameterizedTest
  @CsvSource({
    "'+OK\r\n', SIMPLE, OK",
    "'-ERR no\r\n', ERROR, ERR no",
    "':-12\r\n', INTEGER, -12",
    "'$3\r\na\nb\r\n', BULK, 'a\nb'",
    "'$0\r\n\r\n', BULK, ''",
    "'#t\r\n', BOOLEAN, t",
    "',1.5\r\n', DOUBLE, 1.5",
    "'(123456789012345678901\r\n', BIG_NUMBER, 123456789012345678901",
    "'!5\r\nERR x\r\n', ERROR, ERR x",
    "'=7\r\ntxt:a b\r\n', VERBATIM, a b",
  })
  void scalar(String bytes, RespReply.Type type, String text) throws Exception {
    RespReply reply = read(bytes);
    assertThat(reply.type()).isEqualTo(type);
    assertThat(reply.text()).isEqualTo(text);
  }

  @ParameterizedTest
  @ValueSource(strings = {"$-1\r\n", "*-1\r\n", "_\r\n"})
  void nothing(String bytes) throws Exception {
    assertThat(read(bytes).isNull()).isTrue();
  }

  @Test
  void aggregates() throws Exception {
    RespReply reply = read("*3\r\n:1\r\n*1\r\n+a\r\n%1\r\n$1\r\nk\r\n~2\r\n:2\r\n_\r\n");
    assertThat(reply.elements()).hasSize(3);
    assertThat(reply.elements().get(1).texts()).containsExactly("a");
    RespReply map = reply.elements().get(2);
    assertThat(map.type()).isEqualTo(RespReply.Type.MAP);
    assertThat(map.field("k").type()).isEqualTo(RespReply.Type.SET);
    assertThat(map.field("k").elements()).hasSize(2);
    assertThat(map.field("other").isNull()).isTrue();
  }

  @Test
  void attributes_areLeftOut() throws Exception {
    assertThat(read("|1\r\n+ttl\r\n:7\r\n:5\r\n").text()).isEqualTo("5");
  }

  /** Each message is cut at each byte. */
  @Test
  void cut() {
    String whole = "*3\r\n$2\r\nab\r\n%1\r\n+k\r\n:1\r\n=5\r\ntxt:a\r\n";
    for (int length = 0; length < whole.length(); length++) {
      String part = whole.substring(0, length);
      assertThatExceptionOfType(EOFException.class).as(part).isThrownBy(() -> read(part));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "hello\r\n",
        "$1\r\nab\r\n",
        "$x\r\n",
        "$-2\r\n",
        "$2147483647\r\n",
        "*2147483648\r\n",
        "+a\n\r\n",
        "=3\r\ntxt\r\n",
        "\r\n",
      })
  void malformed(String bytes) {
    assertThatExceptionOfType(MalformedReplyException.class).isThrownBy(() -> read(bytes));
  }

  @Test
  void malformed_depth() {
    assertThatExceptionOfType(MalformedReplyException.class)
        .isThrownBy(() -> read("*1\r\n".repeat(100)))
        .withMessageContaining("nested");
  }

  /** A length alone takes no memory. */
  @Test
  void announcedLength_isNotAllocated() {
    assertThatExceptionOfType(EOFException.class).isThrownBy(() -> read("*1000000000\r\n:1\r\n"));
    assertThatExceptionOfType(EOFException.class).isThrownBy(() -> read("$1000000000\r\nab"));
  }

  @Test
  void map_ofAnArray() throws Exception {
    assertThat(RespReply.of(RespReply.Type.ARRAY, List.of(read("+a\r\n"), read("+b\r\n"))).map())
        .containsOnlyKeys("a");
  }
}
