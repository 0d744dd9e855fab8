package io.speicher.server;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.speicher.store.Ticker;
import io.speicher.store.segment.SegmentStore;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Base64;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What is set in one dialect is read in every other, as docs/dialects.md says. */
final class DialectPairsIT {
  private static SpeicherServer server;

  /** How each dialect sets bytes, and how it shows them. Bytes stand in Latin-1. */
  enum Speaker {
    JSON {
      @Override
      byte[] set(String value) {
        byte[] bytes = value.getBytes(ISO_8859_1);
        String text = new String(bytes, UTF_8);
        boolean isText = ByteBuffer.wrap(text.getBytes(UTF_8)).equals(ByteBuffer.wrap(bytes));
        String encoded = isText ? text : Base64.getEncoder().encodeToString(bytes);
        return frame(
            "{\"command\":\"SET\",\"key\":\"k\",\"value\":\""
                + encoded
                + (isText ? "\"}" : "\",\"encoding\":\"base64\"}"));
      }

      @Override
      byte[] get() {
        return frame("{\"command\":\"GET\",\"key\":\"k\"}");
      }

      @Override
      byte[] shown(String value) {
        byte[] bytes = value.getBytes(ISO_8859_1);
        String text = new String(bytes, UTF_8);
        boolean isText = ByteBuffer.wrap(text.getBytes(UTF_8)).equals(ByteBuffer.wrap(bytes));
        return frame(
            isText
                ? "{\"status_code\":200,\"value\":\"" + text + "\"}"
                : "{\"status_code\":200,\"value\":\""
                    + Base64.getEncoder().encodeToString(bytes)
                    + "\",\"encoding\":\"base64\"}");
      }

      @Override
      byte[] done() {
        return frame("{\"status_code\":200}");
      }

      private byte[] frame(String json) {
        byte[] payload = json.getBytes(UTF_8);
        return ByteBuffer.allocate(4 + payload.length).putInt(payload.length).put(payload).array();
      }
    },

    RESP {
      @Override
      byte[] set(String value) {
        return bytes("*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$" + value.length() + "\r\n" + value + "\r\n");
      }

      @Override
      byte[] get() {
        return bytes("*2\r\n$3\r\nGET\r\n$1\r\nk\r\n");
      }

      @Override
      byte[] shown(String value) {
        return bytes("$" + value.length() + "\r\n" + value + "\r\n");
      }

      @Override
      byte[] done() {
        return bytes("+OK\r\n");
      }
    },

    MEMCACHED_TEXT {
      @Override
      byte[] set(String value) {
        return bytes("set k 0 0 " + value.length() + "\r\n" + value + "\r\n");
      }

      @Override
      byte[] get() {
        return bytes("get k\r\n");
      }

      @Override
      byte[] shown(String value) {
        return bytes("VALUE k 0 " + value.length() + "\r\n" + value + "\r\nEND\r\n");
      }

      @Override
      byte[] done() {
        return bytes("STORED\r\n");
      }
    },

    MEMCACHED_META {
      @Override
      byte[] set(String value) {
        return bytes("ms aw== " + value.length() + " b\r\n" + value + "\r\n");
      }

      @Override
      byte[] get() {
        return bytes("mg k v\r\n");
      }

      @Override
      byte[] shown(String value) {
        return bytes("VA " + value.length() + "\r\n" + value + "\r\n");
      }

      @Override
      byte[] done() {
        return bytes("HD\r\n");
      }
    },

    MEMCACHED_BINARY {
      @Override
      byte[] set(String value) {
        return ByteBuffer.allocate(24 + 8 + 1 + value.length())
            .putInt(0x80010001)
            .putInt(0x08000000)
            .putInt(8 + 1 + value.length())
            .position(24)
            .putLong(0)
            .put((byte) 'k')
            .put(bytes(value))
            .array();
      }

      @Override
      byte[] get() {
        return ByteBuffer.allocate(25)
            .putInt(0x80000001)
            .putInt(0)
            .putInt(1)
            .put(24, (byte) 'k')
            .array();
      }

      @Override
      byte[] shown(String value) {
        return ByteBuffer.allocate(24 + 4 + value.length())
            .putInt(0x81000000)
            .putInt(0x04000000)
            .putInt(4 + value.length())
            .position(28)
            .put(bytes(value))
            .array();
      }

      @Override
      byte[] done() {
        return ByteBuffer.allocate(24).putInt(0x81010000).array();
      }

      // The version (cas) may be any number.
      @Override
      byte[] comparable(byte[] reply) {
        return ByteBuffer.wrap(reply.clone()).putLong(16, 0).array();
      }
    };

    abstract byte[] set(String value);

    abstract byte[] get();

    abstract byte[] shown(String value);

    abstract byte[] done();

    byte[] comparable(byte[] reply) {
      return reply;
    }

    static byte[] bytes(String latin1) {
      return latin1.getBytes(ISO_8859_1);
    }
  }

  @BeforeAll
  static void start() throws IOException {
    server =
        SpeicherServer.start(
            ServerSettings.DEFAULT.withPort(0), new SegmentStore(64 << 20, Ticker.system()));
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  static Stream<Arguments> pairs() {
    String utf8 = new String("größer \ud83d\ude00".getBytes(UTF_8), ISO_8859_1);
    return Stream.of("bar", "", "12", utf8, "\u00ff\u0000\r\n\u00c3", "x".repeat(100_000))
        .flatMap(value ->
            Stream.of(Speaker.values())
                .flatMap(writer ->
                    Stream.of(Speaker.values())
                        .map(reader -> Arguments.of(writer, reader, value))));
  }

  @ParameterizedTest(name = "{0} to {1}")
  @MethodSource("pairs")
  void everyPair(Speaker writer, Speaker reader, String value) throws IOException {
    try (RawClient writing = new RawClient(server.port());
        RawClient reading = new RawClient(server.port())) {
      writing.send(writer.set(value));
      assertThat(writer.comparable(writing.read(writer.done().length))).isEqualTo(writer.done());
      reading.send(reader.get());
      byte[] shown = reader.shown(value);
      assertThat(reader.comparable(reading.read(shown.length))).isEqualTo(shown);
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("otherThanJson")
  void otherJson_isItsText(Speaker reader) throws IOException {
    try (RawClient writing = new RawClient(server.port());
        RawClient reading = new RawClient(server.port())) {
      writing.ask("{'command':'SET','key':'k','value':{'a': [1e400, null]}}");
      reading.send(reader.get());
      byte[] shown = reader.shown("{\"a\": [1e400, null]}");
      assertThat(reader.comparable(reading.read(shown.length))).isEqualTo(shown);
    }
  }

  /** A string is its characters, however it was spelled. */
  @ParameterizedTest(name = "{0}")
  @MethodSource("otherThanJson")
  void escapedString_isItsCharacters(Speaker reader) throws IOException {
    try (RawClient writing = new RawClient(server.port());
        RawClient reading = new RawClient(server.port())) {
      writing.ask("{'command':'SET','key':'\\u006b','value':'a\\n\\u0062\\/'}");
      reading.send(reader.get());
      byte[] shown = reader.shown("a\nb/");
      assertThat(reader.comparable(reading.read(shown.length))).isEqualTo(shown);
    }
  }

  static Stream<Speaker> otherThanJson() {
    return Stream.of(Speaker.values()).filter(speaker -> speaker != Speaker.JSON);
  }
}
