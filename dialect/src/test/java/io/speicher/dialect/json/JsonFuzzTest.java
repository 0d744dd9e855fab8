package io.speicher.dialect.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.speicher.dialect.Peer;
import io.speicher.protocol.Command;
import io.speicher.protocol.Limits;
import io.speicher.protocol.ProtocolException;
import io.speicher.protocol.Reply;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Random frames, mutated and cut: nothing but a {@link ProtocolException} may come of them. */
final class JsonFuzzTest {
  private static final int COUNT = Integer.getInteger("fuzz", 20_000);
  private static final Limits LIMITS = new Limits(1_000, 100);

  private static final List<String> COMMANDS =
      List.of(
          "SET", "GET", "DEL", "RST", "PING", "MGET", "MSET", "MDEL", "INC", "APP", "PRE", "TCH",
          "TTL", "SCN", "CNT", "INF", "NOD");

  private static final List<String> NAMES =
      List.of(
          "key",
          "value",
          "ttl",
          "encoding",
          "if",
          "version",
          "keys",
          "items",
          "by",
          "initial",
          "cursor",
          "count",
          "match",
          "x-other");

  private static final List<String> VALUES =
      List.of(
          "\"\"",
          "\"k\"",
          "\"base64\"",
          "\"/wA=\"",
          "\"absent\"",
          "\"17\"",
          "\"[a-\\\\\"",
          "\"\\ud800\"",
          "\"\\u0041\u00e9\"",
          "0",
          "-1",
          "1e400",
          "9223372036854775808",
          "true",
          "null",
          "[]",
          "[\"k\",\"\"]",
          "{}",
          "[{\"key\":\"k\",\"value\":1}]",
          "[[[{}]]]");

  private final long seed = Long.getLong("seed", new Random().nextLong());
  private final Random random = new Random(seed);

  @Test
  void anything() {
    JsonDialect dialect = new JsonDialect(LIMITS);
    ByteBuf in = Unpooled.buffer();
    Peer peer = new Peer();
    for (int i = 0; i < COUNT; i++) {
      byte[] bytes = mutated(frame());
      try {
        for (int at = 0; at < bytes.length; ) {
          int length = 1 + random.nextInt(bytes.length - at);
          in =
              Unpooled.buffer(in.readableBytes() + length)
                  .writeBytes(in)
                  .writeBytes(bytes, at, length);
          at += length;
          answerAll(dialect, in, peer);
        }
      } catch (ProtocolException e) {
        dialect = new JsonDialect(LIMITS);
        in = Unpooled.buffer();
      } catch (RuntimeException e) {
        fail("-Dseed=" + seed + " " + new String(bytes, StandardCharsets.ISO_8859_1), e);
      }
    }
  }

  private void answerAll(JsonDialect dialect, ByteBuf in, Peer peer) {
    Command command;
    while ((command = peer.decodeOrNull(dialect, in)) != null) {
      Reply reply =
          command instanceof Command.Malformed malformed
              ? new Reply.Refused(400, malformed.why())
              : new Reply.Failed(503, "failed");
      ByteBuf out = peer.answer(dialect, reply);
      assertThat(out.readInt()).as("-Dseed=%d", seed).isEqualTo(out.readableBytes());
    }
  }

  private byte[] frame() {
    StringBuilder json = new StringBuilder("{\"command\":\"").append(any(COMMANDS)).append('"');
    for (int i = random.nextInt(5); i > 0; i--) {
      json.append(",\"").append(any(NAMES)).append("\":").append(any(VALUES));
    }
    byte[] payload = json.append('}').toString().getBytes(StandardCharsets.UTF_8);
    ByteBuf frame = Unpooled.buffer().writeInt(payload.length).writeBytes(payload);
    byte[] bytes = new byte[frame.readableBytes()];
    frame.readBytes(bytes);
    return bytes;
  }

  private String any(List<String> choices) {
    return choices.get(random.nextInt(choices.size()));
  }

  /** Mostly the payload changes; a changed length costs the frames that follow, too. */
  private byte[] mutated(byte[] frame) {
    int from = random.nextInt(20) == 0 ? 0 : Integer.BYTES;
    for (int i = random.nextInt(4); i > 0; i--) {
      frame[from + random.nextInt(frame.length - from)] = (byte) random.nextInt(256);
    }
    return frame;
  }
}
