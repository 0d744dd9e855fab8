package io.speicher.protocol.json;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.speicher.protocol.ClusterView;
import io.speicher.protocol.ProtocolException;
import io.speicher.protocol.Reply;
import io.speicher.protocol.ValueKind;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
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
  void decode_leases() {
    Reply.Value bar = new Reply.Value(ValueKind.TEXT, ByteBuffer.wrap("bar".getBytes(UTF_8)));
    String hit = HIT.substring(0, HIT.length() - 1);
    assertThat(decoder.decode(frames("{\"status_code\":404,\"lease\":\"17\"}")))
        .isEqualTo(new Reply.Leasable(null, 17, false));
    assertThat(decoder.decode(frames(hit + ",\"lease\":\"17\"}")))
        .isEqualTo(new Reply.Leasable(bar, 17, false));
    assertThat(decoder.decode(frames(hit + ",\"stale\":true}")))
        .isEqualTo(new Reply.Leasable(bar, Reply.Leasable.NONE, true));
    assertThat(decoder.decode(frames(hit + ",\"stale\":false}"))).isEqualTo(bar);
  }

  /** A push that is not known is taken for a change of everything. */
  @Test
  void decode_pushes() {
    assertThat(decoder.decode(frames("{\"push\":\"keys\",\"keys\":[\"a\",{\"base64\":\"/w==\"}]}")))
        .isEqualTo(
            new Reply.Invalidated(
                false,
                List.of(ByteBuffer.wrap(new byte[] {'a'}), ByteBuffer.wrap(new byte[] {-1})),
                0));
    Reply.Invalidated all = new Reply.Invalidated(true, List.of(), 0);
    assertThat(decoder.decode(frames("{\"push\":\"all\"}"))).isEqualTo(all);
    assertThat(decoder.decode(frames("{\"push\":\"else\",\"keys\":[\"a\"]}"))).isEqualTo(all);
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

  @Test
  void decode_versionsAndBytes() {
    Reply.Value value =
        (Reply.Value)
            decoder.decode(
                frames(
                    "{\"status_code\":200,\"value\":\"/wA=\",\"encoding\":\"base64\",\"version\":\"17\"}"));
    requireNonNull(value);
    assertThat(value.kind()).isEqualTo(ValueKind.BYTES);
    assertThat(value.bytes()).isEqualTo(ByteBuffer.wrap(new byte[] {(byte) 0xFF, 0}));
    assertThat(value.version()).isEqualTo(17);
  }

  @Test
  void decode_batchesCountsAndKeys() {
    Reply items =
        decoder.decode(
            frames("{\"status_code\":200,\"items\":[" + HIT + ",{\"status_code\":404}]}"));
    assertThat(((Reply.Items) requireNonNull(items)).items())
        .containsExactly(
            new Reply.Value(ValueKind.TEXT, ByteBuffer.wrap("bar".getBytes(UTF_8))),
            Reply.Miss.MISS);
    assertThat(decoder.decode(frames("{\"status_code\":200,\"deleted\":3}")))
        .isEqualTo(new Reply.Count(3));
    assertThat(
            decoder.decode(
                frames(
                    "{\"status_code\":200,\"cursor\":\"18446744073709551615\",\"keys\":[\"k\",{\"base64\":\"/w\"}]}")))
        .isEqualTo(
            new Reply.Keys(
                -1,
                List.of(
                    ByteBuffer.wrap("k".getBytes(UTF_8)),
                    ByteBuffer.wrap(new byte[] {(byte) 0xFF}))));
    assertThat(decoder.decode(frames("{\"status_code\":409}"))).isEqualTo(Reply.Exists.EXISTS);
  }

  /**
   * A batch that is spelled as usual is read in another way than one with a space in front, and
   * means the same: so does each that differs from it in one byte.
   */
  @Test
  void decode_batchesOfAnySpelling() {
    String miss = "{\"status_code\":404,\"message\":\"no such key\"}";
    String version = "{\"status_code\":200,\"value\":\"v\",\"version\":\"17\"}";
    String bytes = "{\"status_code\":200,\"value\":\"/w==\",\"encoding\":\"base64\"}";
    String escape = "{\"status_code\":200,\"value\":\"a\\n\"}";
    String letters = "{\"status_code\":200,\"value\":\"буквы\"}";
    String object = "{\"status_code\":200,\"value\":{\"a\":[1]}}";
    String error = "{\"status_code\":500,\"message\":\"lost\"}";
    String empty = "{\"status_code\":200,\"value\":\"\"}";
    String start = "{\"status_code\":200,\"items\":[";
    String elements =
        String.join(
            ",", HIT, miss, version, bytes, miss, escape, letters, object, error, empty, HIT);
    assertThat(
            ((Reply.Items) requireNonNull(decoder.decode(frames(start + elements + "]}")))).items())
        .hasSize(11);
    for (String usual :
        List.of(elements, HIT, miss, "", HIT + "," + miss, elements + " ", object + "," + empty)) {
      byte[] payload = (start + usual + "]}").getBytes(UTF_8);
      assertMeansTheSame(payload);
      for (int i = 0; i < payload.length; i++) {
        for (char c : "\"\\{}[], x\n\u00ff".toCharArray()) {
          byte[] changed = payload.clone();
          changed[i] = (byte) c;
          assertMeansTheSame(changed);
        }
        assertMeansTheSame(Arrays.copyOf(payload, i + 1));
      }
    }
  }

  private void assertMeansTheSame(byte[] payload) {
    byte[] spaced = new byte[payload.length + 1];
    spaced[0] = ' ';
    System.arraycopy(payload, 0, spaced, 1, payload.length);
    assertThat(meaning(payload)).as(() -> new String(payload, UTF_8)).isEqualTo(meaning(spaced));
  }

  private Object meaning(byte[] payload) {
    ByteBuffer in = ByteBuffer.allocate(4 + payload.length);
    in.putInt(payload.length).put(payload).flip();
    try {
      return requireNonNull(decoder.decode(in));
    } catch (ProtocolException e) {
      return "refused";
    }
  }

  /** Servers of the first edition say nothing of it. */
  @Test
  void decode_features() {
    String figures = "{\"status_code\":200,\"server_version\":\"1\",\"items\":7";
    assertThat(decoder.decode(frames(figures + ",\"features\":[\"lease\",\"new\",7]}")))
        .isEqualTo(new Reply.Features(List.of("lease", "new")));
    assertThat(decoder.decode(frames(figures + "}"))).isEqualTo(Reply.Done.DONE);
  }

  /** Members come in any order, and some that nobody knows. */
  @Test
  void decode_cluster() {
    assertThat(
            decoder.decode(
                frames(
                    "{\"ranges\":[{\"owners\":[0],\"x\":[1],\"last\":9,\"first\":1}],\"x\":{\"nodes\":1},"
                        + "\"nodes\":[{\"port\":1,\"x\":[],\"host\":\"a\"}],\"status_code\":200}")))
        .isEqualTo(
            new Reply.Cluster(
                new ClusterView(
                    "",
                    false,
                    0,
                    List.of(new ClusterView.Node("", "a", 1, 0, false)),
                    List.of(new ClusterView.Range(1, 9, List.of(0))))));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"status_code\":200,\"items\":{}}",
        "{\"status_code\":200,\"features\":1}",
        "{\"status_code\":200,\"nodes\":1}",
        "{\"status_code\":200,\"nodes\":[1]}",
        "{\"status_code\":200,\"nodes\":[{}]}",
        "{\"status_code\":200,\"nodes\":[{\"host\":\"\",\"port\":1}]}",
        "{\"status_code\":200,\"nodes\":[{\"host\":1,\"port\":1}]}",
        "{\"status_code\":200,\"nodes\":[{\"host\":\"a\",\"port\":65536}]}",
        "{\"status_code\":200,\"nodes\":[],\"ranges\":[{\"first\":0,\"last\":0,\"owners\":[0]}]}",
        "{\"status_code\":200,\"nodes\":[],\"ranges\":[{\"first\":1,\"last\":0,\"owners\":[]}]}",
        "{\"status_code\":200,\"nodes\":[],\"ranges\":[{\"first\":0,\"last\":16384,\"owners\":[]}]}",
        "{\"status_code\":200,\"nodes\":[],\"ranges\":[{\"first\":0,\"last\":0,\"owners\":1}]}",
        "{\"status_code\":200,\"cursor\":0,\"keys\":[]}",
        "{\"status_code\":200,\"cursor\":\"0\",\"keys\":\"k\"}",
        "{\"status_code\":200,\"cursor\":\"0\",\"keys\":[{}]}",
        "{\"status_code\":200,\"cursor\":\"0\",\"keys\":[1]}",
        "{\"status_code\":200,\"deleted\":\"many\"}",
        "{\"status_code\":200,\"value\":\"*\",\"encoding\":\"base64\"}",
        "{\"status_code\":200,\"value\":1,\"encoding\":\"base64\"}",
        "{\"status_code\":200,\"value\":1,\"version\":1.5}",
        "{\"status_code\":200,\"items\":[{}]}"
      })
  void decode_membersThatMakeNoSense(String payload) {
    assertThatThrownBy(() -> decoder.decode(frames(payload))).isInstanceOf(ProtocolException.class);
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
