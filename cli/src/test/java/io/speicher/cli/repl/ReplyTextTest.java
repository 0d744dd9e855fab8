package io.speicher.cli.repl;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.speicher.cli.resp.FakeRespServer;
import io.speicher.cli.resp.RespConnection;
import io.speicher.cli.resp.RespReply;
import io.speicher.client.wire.Address;
import java.time.Duration;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ReplyTextTest {
  private static RespReply reply(String bytes) throws Exception {
    try (FakeRespServer server = FakeRespServer.answering(command -> bytes);
        RespConnection connection =
            RespConnection.open(
                new Address.Port("127.0.0.1", server.port()), null, Duration.ofSeconds(20))) {
      return connection.call("ANYTHING");
    }
  }

  /** As redis-cli 7 shows them. */
  @ParameterizedTest
  @CsvSource({
    "'+OK\r\n', 'OK\n', 'OK\n', '\"OK\"'",
    "':7\r\n', '(integer) 7\n', '7\n', 7",
    "'$3\r\na\"b\r\n', '\"a\\\"b\"\n', 'a\"b\n', '\"a\\\"b\"'",
    "'$2\r\n\0\u00ff\r\n', '\"\\x00\\xff\"\n', '\0\u00ff\n', '\"\\\\x00\\\\xff\"'",
    "'$-1\r\n', '(nil)\n', '\n', null",
    "'-ERR no\r\n', '(error) ERR no\n', 'ERR no\n', '{\"error\":\"ERR no\"}'",
    "',1.5\r\n', '(double) 1.5\n', '1.5\n', 1.5",
    "',inf\r\n', '(double) inf\n', 'inf\n', '\"inf\"'",
    "'#f\r\n', '(false)\n', 'f\n', false",
    "'*0\r\n', '(empty array)\n', '', []",
    "'%0\r\n', '(empty hash)\n', '', {}",
    "'~0\r\n', '(empty set)\n', '', []",
    "'=8\r\ntxt:a\r\nb\r\n', 'a\nb\n', 'a\r\nb\n', '\"a\\r\\nb\"'",
  })
  void scalar(String bytes, String typed, String raw, String json) throws Exception {
    RespReply reply = reply(bytes);
    assertThat(ReplyText.typed(reply)).isEqualTo(typed);
    assertThat(ReplyText.raw(reply)).isEqualTo(raw.getBytes(ISO_8859_1));
    assertThat(ReplyText.json(reply)).isEqualTo(json);
  }

  @Test
  void nested() throws Exception {
    RespReply reply =
        reply(
            FakeRespServer.array(
                ":1\r\n",
                FakeRespServer.bulks("a", "b"),
                "%1\r\n+k\r\n" + FakeRespServer.bulks("v", "w")));
    assertThat(ReplyText.typed(reply))
        .isEqualTo(
            """
            1) (integer) 1
            2) 1) "a"
               2) "b"
            3) 1# k => 1) "v"
                  2) "w"
            """);
    assertThat(ReplyText.raw(reply)).isEqualTo("1\na\nb\nk\nv\nw\n".getBytes(ISO_8859_1));
    assertThat(ReplyText.json(reply)).isEqualTo("[1,[\"a\",\"b\"],{\"k\":[\"v\",\"w\"]}]");
  }

  @Test
  void nested_numbersAreAligned() throws Exception {
    String[] elements = new String[10];
    Arrays.fill(elements, "x");
    assertThat(ReplyText.typed(reply(FakeRespServer.bulks(elements))))
        .startsWith(" 1) \"x\"\n 2) \"x\"\n")
        .endsWith("10) \"x\"\n");
  }

  /** What others have stored cannot tell the terminal what to do. */
  @Test
  void controls_areEscaped() throws Exception {
    RespReply reply = reply(FakeRespServer.bulk("\u001b[2J"));
    assertThat(ReplyText.typed(reply)).isEqualTo("\"\\x1b[2J\"\n");
    assertThat(ReplyText.lines(reply)).isEqualTo("\\x1b[2J\n");
    assertThat(ReplyText.typed(reply("+\u001b[2J\r\n"))).isEqualTo("\\x1b[2J\n");
  }
}
