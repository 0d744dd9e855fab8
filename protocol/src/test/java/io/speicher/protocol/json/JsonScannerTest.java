package io.speicher.protocol.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;

import io.speicher.protocol.Limits;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.core.JsonParser;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.exc.JacksonIOException;
import tools.jackson.core.exc.StreamReadException;
import tools.jackson.core.json.JsonFactory;

final class JsonScannerTest {
  private final JsonScanner scanner = new JsonScanner();

  // ---- what it finds ----

  @Test
  void members_inOrder() throws MalformedJsonException {
    scanner.begin(bytes(" { \"a\" : 1 , \"b\\u0063\" : [ 2, {} ] } "));

    assertThat(scanner.nextMember()).isTrue();
    assertThat(scanner.nameEquals(ascii("a"))).isTrue();
    assertThat(text(scanner.valueSpan().json())).isEqualTo("1");

    assertThat(scanner.nextMember()).isTrue();
    assertThat(scanner.nameEquals(ascii("bc"))).isTrue();
    assertThat(scanner.nameEquals(ascii("b\\u0063"))).isFalse();
    assertThat(text(scanner.valueSpan().json())).isEqualTo("[ 2, {} ]");

    assertThat(scanner.nextMember()).isFalse();
  }

  @Test
  void name_escapedFromEndToEnd() throws MalformedJsonException {
    scanner.begin(bytes("{\"\\u0061\\u0062\":1,\"\\u0061\\u0062\\/\":2}"));
    assertThat(scanner.nextMember()).isTrue();
    assertThat(scanner.nameEquals(ascii("ab"))).isTrue();
    assertThat(scanner.nameEquals(ascii("a"))).isFalse();
    assertThat(scanner.nextMember()).isTrue();
    assertThat(scanner.nameEquals(ascii("ab"))).isFalse();
    assertThat(scanner.nameEquals(ascii("ab/"))).isTrue();
  }

  /** A name and a number may be as long as a frame, and no string is made of either. */
  @Test
  void nameAndNumber_ofManyBytes_takeNoMemory() throws MalformedJsonException {
    int length = 30 << 20;
    ByteBuffer text = ByteBuffer.allocate(2 * length + 64);
    text.put(ascii("{\"\\u0061")).put(ascii("x".repeat(1 << 20).repeat(length >> 20)));
    text.put(ascii("\":")).put(ascii("7".repeat(1 << 20).repeat(length >> 20)));
    text.put(ascii("}")).flip();
    scanner.begin(text);
    long before = allocatedBytes();
    assertThat(scanner.nextMember()).isTrue();
    boolean isEqual = scanner.nameEquals(ascii("command"));
    Long number = scanner.valueSpan().integer();
    assertThat(allocatedBytes() - before).isLessThan(100_000);
    assertThat(isEqual).isFalse();
    assertThat(number).isNull();
  }

  private static long allocatedBytes() {
    return ((com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean())
        .getCurrentThreadAllocatedBytes();
  }

  @ParameterizedTest
  @ValueSource(longs = {Long.MIN_VALUE, -1, 0, 7, Long.MAX_VALUE})
  void integer_upToItsBounds(long number) throws MalformedJsonException {
    assertThat(integer(Long.toString(number))).isEqualTo(number);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"9223372036854775808", "-9223372036854775809", "-10000000000000000000", "1.0"})
  void integer_beyond(String number) throws MalformedJsonException {
    assertThat(integer(number)).isNull();
  }

  private @Nullable Long integer(String json) throws MalformedJsonException {
    scanner.begin(bytes("{\"a\":" + json + "}"));
    assertThat(scanner.nextMember()).isTrue();
    return scanner.valueSpan().integer();
  }

  @Test
  void text_inTheMiddleOfABuffer() throws MalformedJsonException {
    ByteBuffer buffer = bytes("xxxxxxx{\"a\":\"12345678901234567890\"}\"\"\"\"\"\"\"\"");
    buffer.position(7).limit(35);
    scanner.begin(buffer);
    assertThat(scanner.nextMember()).isTrue();
    assertThat(text(scanner.valueSpan().json())).isEqualTo("\"12345678901234567890\"");
    assertThat(scanner.nextMember()).isFalse();
    assertThat(buffer.position()).isEqualTo(7);
  }

  @Test
  void strings_ofEveryLength_endWhereTheyEnd() throws MalformedJsonException {
    for (int length = 0; length < 40; length++) {
      for (String end : new String[] {"", "\\n", "\\\"", "\u00e9", "\ud83d\ude00"}) {
        String string = "x".repeat(length) + end;
        scanner.begin(bytes("{\"a\":\"" + string + "\",\"b\":\"" + "y".repeat(20) + "\"}"));
        assertThat(scanner.nextMember()).isTrue();
        assertThat(text(scanner.valueSpan().quoted())).isEqualTo(string);
        assertThat(scanner.valueSpan().escaped()).isEqualTo(end.startsWith("\\"));
        assertThat(scanner.nextMember()).isTrue();
        assertThat(scanner.nextMember()).isFalse();
      }
    }
  }

  // ---- what it refuses ----

  @ParameterizedTest
  @ValueSource(
      strings = {
        "01",
        "+1",
        "1.",
        ".5",
        "1e",
        "1e+",
        "-",
        "--1",
        "1_000",
        "0x10",
        "NaN",
        "Infinity",
        "tru",
        "truE",
        "nul",
        "falsey",
        "True",
        "'a'",
        "\"\\a\"",
        "\"\\u12g4\"",
        "\"\\u123\"",
        "\"\t\"",
        "\"\u0000\"",
        "\"",
        "[",
        "]",
        "[1,]",
        "[,1]",
        "[1 2]",
        "{,}",
        "{\"a\"}",
        "{\"a\":}",
        "{\"a\":1,}",
        "{a:1}",
        "{1:1}",
        "[1}",
        "{\"a\":1]",
        "/* */1",
        "1 // x",
        "",
        ",",
        ":",
        "1 2",
        "\ufeff1",
        "\u00a01",
        "1\u000b"
      })
  void value_malformed(String value) {
    assertThat(isWellFormed(utf8("{\"v\":" + value + "}"))).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "0",
        "-0",
        "1e400",
        "-1.50E-07",
        "123456789012345678901234567890",
        "true",
        "false",
        "null",
        "\"\"",
        "\"\\u0000\\b\\f\\n\\r\\t\\/\\\\\\\"\"",
        "\"\u007f\"",
        "[]",
        "{}",
        "[[],{}]",
        "\"\\ud800\"",
        "{\"\":{\"\":[]}}",
        " [ 1 , 2 ] "
      })
  void value_wellFormed(String value) {
    assertThat(isWellFormed(utf8("{\"v\":" + value + "}"))).isTrue();
  }

  @Test
  void utf8_invalid() {
    int[][] sequences = {
      {0x80},
      {0xC0, 0x80},
      {0xC1, 0xBF},
      {0xC2},
      {0xC2, 0x41},
      {0xE0, 0x80, 0x80},
      {0xE0, 0x9F, 0xBF},
      {0xE1, 0x80},
      {0xED, 0xA0, 0x80},
      {0xED, 0xBF, 0xBF},
      {0xF0, 0x80, 0x80, 0x80},
      {0xF0, 0x8F, 0xBF, 0xBF},
      {0xF1, 0x80, 0x80},
      {0xF4, 0x90, 0x80, 0x80},
      {0xF5, 0x80, 0x80, 0x80},
      {0xFE},
      {0xFF}
    };
    for (int[] sequence : sequences) {
      byte[] text = utf8("{\"v\":\"" + ".".repeat(sequence.length) + "\"}");
      for (int i = 0; i < sequence.length; i++) {
        text[6 + i] = (byte) sequence[i];
      }
      assertThat(isWellFormed(text)).isFalse();
    }
  }

  @Test
  void nesting_upToTheLimit() {
    assertThat(isWellFormed(utf8(nested("[", "]", Limits.MAX_NESTING)))).isTrue();
    assertThat(isWellFormed(utf8(nested("{\"a\":", "}", Limits.MAX_NESTING)))).isTrue();
    assertThatThrownBy(() -> scan(utf8(nested("[", "]", Limits.MAX_NESTING + 1))))
        .hasMessage("nested too deep at byte 517 (expected: at most 512 levels in a member)");
    assertThat(isWellFormed(utf8(nested("{\"a\":", "}", Limits.MAX_NESTING + 1)))).isFalse();
    assertThat(isWellFormed(utf8(nested("[", "", 1_000_000)))).isFalse();
  }

  private static String nested(String open, String close, int levels) {
    return "{\"v\":"
        + open.repeat(levels)
        + (open.equals("[") ? "" : "1")
        + close.repeat(levels)
        + "}";
  }

  @Test
  void notAnObject() {
    assertThatThrownBy(() -> scanner.begin(bytes("[1]")))
        .hasMessage("the payload is JSON but not an object");
    assertThatThrownBy(() -> scanner.begin(bytes("[1")))
        .hasMessage("malformed JSON at byte 2: expected ',' or ']'");
  }

  // ---- against another parser ----

  /**
   * Takes well-formed texts apart and puts them together wrongly, and compares the verdict with
   * that of the JDK's UTF-8 decoder and Jackson. (Jackson alone would accept overlong UTF-8.)
   */
  @Test
  void anyText_isJudgedAsByJackson() {
    long seed = Long.getLong("seed", new Random().nextLong());
    Random random = new Random(seed);
    int wellFormed = 0;
    int rounds = 50_000;
    for (int i = 0; i < rounds; i++) {
      byte[] text = utf8(object(random, 3));
      for (int mutations = random.nextInt(3); mutations > 0; mutations--) {
        text = mutate(text, random);
      }
      boolean expected = isWellFormedForJackson(text);
      boolean actual = isWellFormed(text);
      if (actual != expected) {
        fail(
            "%s: %s (-Dseed=%d)",
            actual ? "accepted" : "refused", new String(text, StandardCharsets.UTF_8), seed);
      }
      wellFormed += expected ? 1 : 0;
    }
    assertThat(wellFormed).isBetween(rounds / 4, rounds * 3 / 4);
  }

  private static String object(Random random, int depth) {
    StringBuilder json = new StringBuilder("{");
    for (int i = random.nextInt(4); i > 0; i--) {
      json.append(space(random)).append(string(random)).append(space(random)).append(':');
      json.append(value(random, depth)).append(i > 1 ? "," : "");
    }
    return json.append(space(random)).append('}').toString();
  }

  private static String value(Random random, int depth) {
    String[] scalars = {
      "0", "-1", "10", "1.5", "-0.25e+10", "1E5", "true", "false", "null", "12345678901234567890"
    };
    int dice = random.nextInt(depth > 0 ? 6 : 4);
    if (dice < 2) {
      return space(random) + scalars[random.nextInt(scalars.length)] + space(random);
    } else if (dice < 4) {
      return space(random) + string(random);
    } else if (dice == 4) {
      return space(random) + object(random, depth - 1);
    }
    StringBuilder json = new StringBuilder("[").append(space(random));
    for (int i = random.nextInt(4); i > 0; i--) {
      json.append(value(random, depth - 1)).append(i > 1 ? "," : "");
    }
    return json.append(']').toString();
  }

  private static String string(Random random) {
    String[] pieces = {
      "a",
      "bcdefgh",
      "\\n",
      "\\u0041",
      "\\ud83d\\ude00",
      "\\/",
      "\u00e9",
      "\u20ac",
      "\ud83d\ude00",
      " ",
      "\u007f",
      "{",
      "]",
      ",",
      "\\\\",
      "\\\"",
      "\\ud800"
    };
    StringBuilder json = new StringBuilder("\"");
    for (int i = random.nextInt(6); i > 0; i--) {
      json.append(pieces[random.nextInt(pieces.length)]);
    }
    return json.append('"').toString();
  }

  private static String space(Random random) {
    return random.nextInt(4) == 0 ? " \t\r\n".substring(random.nextInt(4)) : "";
  }

  private static byte[] mutate(byte[] text, Random random) {
    int at = random.nextInt(text.length);
    byte[] mutated;
    switch (random.nextInt(4)) {
      case 0 -> {
        mutated = text.clone();
        mutated[at] = (byte) random.nextInt(256);
      }
      case 1 -> {
        mutated = text.clone();
        mutated[at] = text[random.nextInt(text.length)];
      }
      case 2 -> mutated = join(text, at, text, at + 1); // One byte less.
      default -> mutated = join(text, at + 1, text, at); // One byte twice.
    }
    return mutated.length == 0 ? text : mutated;
  }

  private static byte[] join(byte[] head, int headEnd, byte[] tail, int tailStart) {
    return ByteBuffer.allocate(headEnd + tail.length - tailStart)
        .put(head, 0, headEnd)
        .put(tail, tailStart, tail.length - tailStart)
        .array();
  }

  private static boolean isWellFormedForJackson(byte[] text) {
    String decoded;
    try {
      decoded = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(text)).toString();
    } catch (CharacterCodingException e) {
      return false;
    }
    // Jackson refuses half of a surrogate pair in a name, which JSON's grammar allows.
    String paired = decoded.replaceAll("\\\\u[dD][89a-fA-F][0-9a-fA-F]{2}", "\\\\u0041");
    JsonFactory factory =
        JsonFactory.builder()
            .streamReadConstraints(
                StreamReadConstraints.builder().maxNestingDepth(Limits.MAX_NESTING + 1).build())
            .build();
    // As bytes: of characters Jackson looks at the lower half alone and takes U+D835 for a '5'.
    try (JsonParser parser = factory.createParser(ObjectReadContext.empty(), utf8(paired))) {
      if (parser.nextToken() != tools.jackson.core.JsonToken.START_OBJECT) {
        return false;
      }
      parser.skipChildren();
      return parser.nextToken() == null;
    } catch (StreamReadException | JacksonIOException e) {
      return false;
    }
  }

  private boolean isWellFormed(byte[] text) {
    try {
      scan(text);
      return true;
    } catch (MalformedJsonException e) {
      return false;
    }
  }

  private void scan(byte[] text) throws MalformedJsonException {
    scanner.begin(ByteBuffer.wrap(text));
    boolean more = true;
    while (more) {
      more = scanner.nextMember();
    }
  }

  private static ByteBuffer bytes(String text) {
    return ByteBuffer.wrap(utf8(text));
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  private static String text(ByteBuffer bytes) {
    return StandardCharsets.UTF_8.decode(bytes).toString();
  }
}
