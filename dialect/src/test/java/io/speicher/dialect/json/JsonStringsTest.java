package io.speicher.dialect.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.speicher.protocol.json.JsonText;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class JsonStringsTest {
  private static final int PIECE_BYTES = 3 << 10;

  private final long seed = Long.getLong("seed", new Random().nextLong());
  private final Random random = new Random(seed);

  // ---- escapes ----

  /** Plain bytes are copied some at a time, up to the next escape: it may be anywhere in them. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "\\n",
        "\\/",
        "\\\"",
        "\\\\",
        "\\u0000",
        "\\u007f",
        "\\u00e9",
        "\\u07FF",
        "\\u0800",
        "\\ud7ff",
        "\\ue000",
        "\\uffff",
        "\\ud800\\udc00",
        "\\uDBFF\\uDFFF"
      })
  void unescape_anywhere(String escape) {
    for (int before = 0; before < 20; before++) {
      for (int behind = 0; behind < 20; behind++) {
        assertUnescaped("x".repeat(before) + escape + "y".repeat(behind));
        assertUnescaped("\u20ac".repeat(before) + escape.repeat(1 + behind));
      }
    }
  }

  @Test
  void unescape_anything() {
    String[] parts = {
      "a",
      "\u00e9",
      "\u20ac",
      "\ud83d\ude00",
      "\\b",
      "\\f",
      "\\r",
      "\\t",
      "\\u0041",
      "\\u20AC",
      "\\ud83d\\ude00",
      "12345678"
    };
    for (int i = 0; i < 20_000; i++) {
      StringBuilder quoted = new StringBuilder();
      for (int j = random.nextInt(12); j > 0; j--) {
        quoted.append(parts[random.nextInt(parts.length)]);
      }
      assertUnescaped(quoted.toString());
    }
  }

  private void assertUnescaped(String quoted) {
    String expected = JsonText.unescape(bytes(quoted));
    ByteBuffer in = bytes("##" + quoted + "##");
    in.position(2).limit(in.limit() - 2);
    ByteBuffer to = ByteBuffer.allocate(in.remaining() + 1);
    to.put((byte) '>');
    int length = JsonStrings.unescape(in, to);
    assertThat(text(to.flip())).as("-Dseed=%d", seed).isEqualTo(">" + expected);
    assertThat(length).isEqualTo(to.limit() - 1).isEqualTo(JsonStrings.utf8Bytes(in));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\\ud800",
        "\\udc00",
        "\\udbffx",
        "\\ud800\\n",
        "\\ud800\\u0041",
        "\\ud800\\ud800",
        "\\udc00\\ud800",
        "\\ud800\\udc00\\udc00",
        "\\ud800\\\\udc00",
        "\\ud800 \\udc00"
      })
  void unescape_halfOfAPair(String escape) {
    for (int before = 0; before < 10; before++) {
      ByteBuffer quoted = bytes("x".repeat(before) + escape);
      assertThat(JsonStrings.utf8Bytes(quoted)).isEqualTo(JsonStrings.NO_TEXT);
      ByteBuffer to = ByteBuffer.allocate(quoted.remaining());
      assertThat(JsonStrings.unescape(quoted, to)).isEqualTo(JsonStrings.NO_TEXT);
    }
  }

  /** What is behind the string is not looked at, be it the other half. */
  @Test
  void unescape_halfAtTheEnd() {
    ByteBuffer quoted = bytes("\\ud800\\udc00");
    quoted.limit(6);
    assertThat(JsonStrings.utf8Bytes(quoted)).isEqualTo(JsonStrings.NO_TEXT);
  }

  // ---- base64 ----

  @Test
  void base64_ofEveryLengthAroundItsPieces() {
    for (int pieces = 0; pieces < 3; pieces++) {
      for (int more = -6; more <= 6; more++) {
        byte[] bytes = new byte[Math.max(0, pieces * PIECE_BYTES + more)];
        random.nextBytes(bytes);
        assertDecoded(Base64.getEncoder().encode(bytes), bytes);
        assertDecoded(Base64.getEncoder().withoutPadding().encode(bytes), bytes);
      }
    }
  }

  /** It may be decoded to where it is. */
  private void assertDecoded(byte[] base64, byte[] expected) {
    ByteBuffer in = ByteBuffer.wrap(base64);
    ByteBuffer to = in.duplicate();
    int length = JsonStrings.decodeBase64(in, to);
    assertThat(to.slice(0, length)).as("-Dseed=%d", seed).isEqualTo(ByteBuffer.wrap(expected));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 1_023, 1_024, 1_025, 2_048})
  void base64_wrongAnywhere(int quadsBefore) {
    String before = "AAAA".repeat(quadsBefore);
    String[] wrong = {"A", "AA=", "=", "A===", "AA==AAAA", "AAA=AAAA", "A AA", "AA-A", "AAA\u00e9"};
    for (String end : wrong) {
      ByteBuffer base64 = bytes(before + end);
      assertThatThrownBy(() -> JsonStrings.decodeBase64(base64, ByteBuffer.allocate(9_000)))
          .as("%d + %s", quadsBefore, end)
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  private static ByteBuffer bytes(String text) {
    return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
  }

  private static String text(ByteBuffer bytes) {
    return StandardCharsets.UTF_8.decode(bytes).toString();
  }
}
