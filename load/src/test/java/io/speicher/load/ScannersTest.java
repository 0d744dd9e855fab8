package io.speicher.load;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Replies of all dialects: cut at every byte, and malformed. */
final class ScannersTest {
  private static final String PREFIX = "key:";
  private static final Operation[] ASKED = {
    Operation.GET, Operation.SET, Operation.GET, Operation.DELETE, Operation.DELETE, Operation.GET,
  };

  // ---- whole, cut, byte by byte ----

  @ParameterizedTest
  @EnumSource(Protocol.class)
  void replies_cutAtEveryByte(Protocol protocol) throws Exception {
    String replies = replies(protocol);
    List<String> expected = expected(protocol, false);
    for (int cut = 0; cut <= replies.length(); cut++) {
      assertThat(scan(protocol, false, replies.substring(0, cut), replies.substring(cut)))
          .as("cut=%d", cut)
          .isEqualTo(expected);
    }
  }

  @ParameterizedTest
  @EnumSource(Protocol.class)
  void values_cutAtEveryByte(Protocol protocol) throws Exception {
    String replies = replies(protocol);
    List<String> expected = expected(protocol, true);
    for (int cut = 0; cut <= replies.length(); cut++) {
      assertThat(scan(protocol, true, replies.substring(0, cut), replies.substring(cut)))
          .as("cut=%d", cut)
          .isEqualTo(expected);
    }
  }

  @ParameterizedTest
  @EnumSource(Protocol.class)
  void replies_byteByByte(Protocol protocol) throws Exception {
    assertThat(scan(protocol, true, replies(protocol).split("")))
        .isEqualTo(expected(protocol, true));
  }

  /** A hit whose value looks like a reply, a set, a miss, two deletes, and an error. */
  private static String replies(Protocol protocol) {
    return switch (protocol) {
      case RESP -> "$6~$1~x\r~+OK~$-1~:1~:0~-ERR no luck~".replace("~", "\r\n");
      case MEMCACHED ->
          "VALUE key:000000000001 0 6~END~x~END~STORED~END~DELETED~NOT_FOUND~SERVER_ERROR no luck~"
              .replace("~", "\r\n");
      case JSON ->
          frame("{\"status_code\":200,\"value\":\"a}{,:b\"}")
              + frame("{\"status_code\":200}")
              + frame("{\"status_code\":404,\"message\":\"no such key\"}")
              + frame("{\"status_code\":200}")
              + frame("{\"status_code\":404}")
              + frame("{\"status_code\":503,\"message\":\"no luck\"}");
    };
  }

  private static List<String> expected(Protocol protocol, boolean verify) {
    String value =
        switch (protocol) {
          case RESP -> "value $1\r\nx\r";
          case MEMCACHED -> "value END\r\nx";
          case JSON -> "value a}{,:b";
        };
    String error =
        switch (protocol) {
          case RESP -> "get ERR: ERR no luck";
          case MEMCACHED -> "get SERVER_ERROR: SERVER_ERROR no luck";
          case JSON -> "get status_code 503: {\"status_code\":503,\"message\":\"no luck\"}";
        };
    List<String> outcomes =
        List.of("get DONE", "set DONE", "get MISS", "delete DONE", "delete MISS", error);
    if (!verify) {
      return outcomes;
    }
    return Stream.concat(Stream.of(value), outcomes.stream()).toList();
  }

  // ---- other spellings of JSON ----

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"status_code\": 200, \"value\": \"v\"}",
        " { \"value\" : \"v\", \"status_code\" : 200 } ",
        "{\"more\":{\"status_code\":[500,{}]},\"value\":\"v\",\"status_code\":200}",
        "{\"status_code\":200,\"value\":\"v\",\"message\":\"\\\"}\"}",
        "{\"status_code\":404,\"status_code\":200,\"value\":\"v\"}"
      })
  void json_otherSpelling(String reply) throws Exception {
    String frame = frame(reply);
    for (int cut = 0; cut <= frame.length(); cut++) {
      FakeSink sink = new FakeSink(Operation.GET);
      feed(new JsonScanner(sink, true), frame.substring(0, cut), frame.substring(cut));
      assertThat(sink.found()).containsExactly("value v", "get DONE");
    }
  }

  @Test
  void json_memberThatLooksLikeTheStatus() throws Exception {
    FakeSink sink = new FakeSink(Operation.SET);
    feed(new JsonScanner(sink, false), frame("{\"status_codes\":7,\"status_code\":400}"));
    assertThat(sink.found())
        .containsExactly("set status_code 400: {\"status_codes\":7,\"status_code\":400}");
  }

  // ---- malformed ----

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "GET | +OK~ | begins with '+'",
        "SET | $1~x~ | begins with '$'",
        "DELETE | HTTP | begins with 'H'",
        "GET | $x~ | 'x' in the number",
        "GET | $-2~ | a value of -2 bytes",
        "GET | $~ | 0x0d in the number",
        "GET | $1234567890123456789~ | in the number",
        "GET | $9999999999~ | a value of 9999999999 bytes",
        "GET | $1~xy~ | its length is wrong",
        "GET | $-1~$-1~ | nothing was asked for",
      })
  void resp_malformed(Operation asked, String reply, String message) {
    assertMalformed(Protocol.RESP, asked, reply.replace("~", "\r\n"), message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "GET | STORED~ | a reply to get is a line of 6 bytes that begins with 'S'",
        "SET | END~ | a reply to set",
        "DELETE | +OK~ | begins with '+'",
        "GET | VALUE key:000000000001 x 1~ | in the flags",
        "GET | VALUE otherkey:000000000001 0 1~ | in the length",
        "GET | VALUE key:000000000001 0 ~ | in the length",
        "GET | VALUE key:000000000001 0 -1~ | in the length",
        "GET | VALUE key:000000000001 0 1~xy~END~ | whose length is wrong",
        "GET | VALUE key:000000000001 0 1~x~STORED~ | after a value",
        "GET | END~END~ | nothing was asked for",
      })
  void memcached_malformed(Operation asked, String reply, String message) {
    assertMalformed(Protocol.MEMCACHED, asked, reply.replace("~", "\r\n"), message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{} | without a status_code",
        "[] | in a JSON object",
        "{\"status_code\":\"200\"} | without a status_code",
        "{\"status_code\":200 | without an end",
        "{\"status_code\":200}} | after the end",
        "{\"value\":\"v | without an end",
        "{\"value\":} | has no value",
        "not JSON | in a JSON object",
      })
  void json_malformed(String reply, String message) {
    assertMalformed(Protocol.JSON, Operation.GET, frame(reply), message);
  }

  @ParameterizedTest
  @ValueSource(strings = {"\0\0\0\0", "\u00ff\0\0\0", "HTTP"})
  void json_lengthThatCannotBe(String length) {
    assertMalformed(Protocol.JSON, Operation.GET, length, "a frame of ");
  }

  private static void assertMalformed(
      Protocol protocol, Operation asked, String reply, String message) {
    assertThatThrownBy(() -> feed(scanner(protocol, new FakeSink(asked), false), reply.split("")))
        .isInstanceOf(MalformedReplyException.class)
        .hasMessageContaining(message);
  }

  // ---- helpers ----

  private static List<String> scan(Protocol protocol, boolean verify, String... pieces)
      throws Exception {
    FakeSink sink = new FakeSink(ASKED);
    feed(scanner(protocol, sink, verify), pieces);
    return sink.found();
  }

  private static ReplyScanner scanner(Protocol protocol, ReplySink sink, boolean verify) {
    return switch (protocol) {
      case JSON -> new JsonScanner(sink, verify);
      case RESP -> new RespScanner(sink, verify);
      case MEMCACHED -> new MemcachedScanner(sink, verify, PREFIX);
    };
  }

  private static void feed(ReplyScanner scanner, String... pieces) throws Exception {
    for (String piece : pieces) {
      ByteBuffer in = ByteBuffer.wrap(piece.getBytes(ISO_8859_1));
      scanner.scan(in);
      assertThat(in.hasRemaining()).isFalse();
    }
  }

  private static String frame(String json) {
    return new String(ByteBuffer.allocate(4).putInt(json.length()).array(), ISO_8859_1) + json;
  }
}
