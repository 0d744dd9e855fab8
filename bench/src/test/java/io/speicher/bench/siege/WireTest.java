package io.speicher.bench.siege;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** Replies as the protocols' documents have them. */
final class WireTest {
  private static final List<String> KEYS = List.of("a", "b");

  private static ReplyInput in(String received) {
    return new ReplyInput(new ByteArrayInputStream(received.getBytes(ISO_8859_1)));
  }

  private static ReplyInput frame(String json) {
    return new ReplyInput(new ByteArrayInputStream(JsonWire.frame(json)));
  }

  private static Map<String, String> values(Wire wire, ReplyInput in, List<String> keys)
      throws IOException {
    Map<String, String> texts = new HashMap<>();
    wire.readValues(in, keys)
        .forEach((key, value) -> texts.put(key, new String(value, ISO_8859_1)));
    return texts;
  }

  @Nested
  class Resp {
    private final Wire wire = new RespWire(2);

    @Test
    void get_several() throws IOException {
      assertThat(wire.get(KEYS))
          .asString(ISO_8859_1)
          .isEqualTo("*3\r\n$4\r\nMGET\r\n$1\r\na\r\n$1\r\nb\r\n");
      assertThat(values(wire, in("*2\r\n$-1\r\n$3\r\nfoo\r\n"), KEYS))
          .isEqualTo(Map.of("b", "foo"));
    }

    @Test
    void get_error() {
      assertThatThrownBy(() -> wire.readValues(in("-ERR no\r\n"), List.of("a")))
          .isInstanceOf(RefusedException.class)
          .hasMessage("ERR no");
    }

    @Test
    void get_longerThanSaid() {
      assertThatThrownBy(() -> wire.readValues(in("$3\r\nfoobar\r\n"), List.of("a")))
          .isInstanceOf(WrongReplyException.class);
    }

    @Test
    void set_replyOfAnother() {
      assertThatThrownBy(() -> wire.readStored(in("$3\r\nfoo\r\n")))
          .isInstanceOf(WrongReplyException.class)
          .hasMessage("a reply to SET begins $3");
    }

    @Test
    void skipReply_nested() throws IOException {
      ReplyInput in = in("*2\r\n*2\r\n$1\r\na\r\n:1\r\n%1\r\n+a\r\n-ERR\r\n+next\r\n");
      RespWire.skipReply(in);

      assertThat(in.readLine()).isEqualTo("+next");
    }
  }

  @Nested
  class Json {
    private final Wire wire = new JsonWire();

    @Test
    void get_several() throws IOException {
      ReplyInput in =
          frame(
              "{\"status_code\":200,\"items\":[{\"status_code\":404,\"message\":\"no such key\"},"
                  + "{\"status_code\":200,\"value\":\"foo\"}]}");

      assertThat(values(wire, in, KEYS)).isEqualTo(Map.of("b", "foo"));
    }

    @Test
    void get_oneItemTooMany() {
      ReplyInput in =
          frame(
              "{\"status_code\":200,\"items\":[{\"status_code\":404},{\"status_code\":404},{\"status_code\":404}]}");

      assertThatThrownBy(() -> wire.readValues(in, KEYS)).isInstanceOf(WrongReplyException.class);
    }

    @Test
    void get_refused() {
      assertThatThrownBy(
              () -> wire.readValues(frame("{\"status_code\":503,\"message\":\"\"}"), List.of("a")))
          .isInstanceOf(RefusedException.class);
    }

    @Test
    void set_noJson() {
      assertThatThrownBy(() -> wire.readStored(frame("VALUE")))
          .isInstanceOf(WrongReplyException.class);
    }
  }

  @Nested
  class Memcached {
    @Test
    void text_getSeveral() throws IOException {
      assertThat(values(new TextWire(), in("VALUE b 0 3\r\nfoo\r\nEND\r\n"), KEYS))
          .isEqualTo(Map.of("b", "foo"));
    }

    @Test
    void text_keyOfAnother() {
      assertThatThrownBy(() -> new TextWire().readValues(in("VALUE c 0 3\r\nfoo\r\nEND\r\n"), KEYS))
          .isInstanceOf(WrongReplyException.class);
    }

    @Test
    void meta_getSeveral() throws IOException {
      assertThat(values(new MetaWire(), in("EN ka\r\nVA 3 kb\r\nfoo\r\n"), KEYS))
          .isEqualTo(Map.of("b", "foo"));
    }

    @Test
    void binary_get() throws IOException {
      byte[] request =
          HexFormat.of().parseHex("80000001000000000000000100000000000000000000000061");
      byte[] response =
          HexFormat.of()
              .parseHex("810000000400000000000007000000000000000000000000" + "00000000666f6f");

      assertThat(new BinaryWire().get(List.of("a"))).isEqualTo(request);
      assertThat(values(new BinaryWire(), in(new String(response, ISO_8859_1)), List.of("a")))
          .isEqualTo(Map.of("a", "foo"));
    }

    @Test
    void binary_otherOpcode() {
      String response = "\u0081\u0001" + "\0".repeat(22);

      assertThatThrownBy(() -> new BinaryWire().readValues(in(response), List.of("a")))
          .isInstanceOf(WrongReplyException.class);
    }
  }
}
