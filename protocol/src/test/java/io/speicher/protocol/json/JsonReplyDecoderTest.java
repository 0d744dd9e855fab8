package io.speicher.protocol.json;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.speicher.protocol.ProtocolException;
import io.speicher.protocol.Reply;
import io.speicher.protocol.ValueKind;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Frames from any place of any buffer; the dialect's round trips have what is in them. */
final class JsonReplyDecoderTest {
  private static final int MAX_FRAME_BYTES = 1_000;
  private static final String HIT = "{\"status_code\":200,\"value\":\"bar\"}";

  private final JsonReplyDecoder decoder = new JsonReplyDecoder(MAX_FRAME_BYTES);

  @Test
  void decode_cutAnywhere() {
    ByteBuffer whole = frames(HIT);
    for (int cut = 0; cut < whole.limit(); cut++) {
      ByteBuffer in = whole.slice(0, cut);
      assertThat(decoder.decode(in)).isNull();
      assertThat(in.position()).isZero();
    }
  }

  @Test
  void decode_oneAfterTheOther() {
    ByteBuffer in = frames(HIT, "{\"status_code\":200}", "{\"status_code\":404}");
    assertThat(decoder.decode(in))
        .isEqualTo(new Reply.Value(ValueKind.TEXT, ByteBuffer.wrap("bar".getBytes(UTF_8))));
    assertThat(decoder.decode(in)).isEqualTo(Reply.Done.DONE);
    assertThat(decoder.decode(in)).isEqualTo(Reply.Miss.MISS);
    assertThat(in.hasRemaining()).isFalse();
    assertThat(decoder.decode(in)).isNull();
  }

  @Test
  void decode_inTheMiddleOfDirectMemory() {
    ByteBuffer in = ByteBuffer.allocateDirect(200).position(50).put(frames(HIT));
    in.put((byte) 1).flip().position(50);

    assertThat(decoder.decode(in)).isInstanceOf(Reply.Value.class);
    assertThat(in.remaining()).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, -1, Integer.MIN_VALUE, MAX_FRAME_BYTES + 1, Integer.MAX_VALUE})
  void decode_lengthOutOfBounds(int length) {
    ByteBuffer in = ByteBuffer.allocate(4).putInt(0, length);
    assertThatThrownBy(() -> decoder.decode(in))
        .isInstanceOf(ProtocolException.class)
        .hasMessage(
            "frame length out of bounds: frameBytes="
                + length
                + " (expected: 1..1000); closing the connection");
  }

  private static ByteBuffer frames(String... payloads) {
    ByteBuffer frames = ByteBuffer.allocate(1_000);
    for (String payload : payloads) {
      byte[] bytes = payload.getBytes(UTF_8);
      frames.putInt(bytes.length).put(bytes);
    }
    return frames.flip();
  }
}
