package io.speicher.dialect.json;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.speicher.dialect.Peer;
import io.speicher.protocol.ClusterView;
import io.speicher.protocol.Command;
import io.speicher.protocol.Gauge;
import io.speicher.protocol.Limits;
import io.speicher.protocol.ProtocolException;
import io.speicher.protocol.Reply;
import io.speicher.protocol.ServerStats;
import io.speicher.protocol.ValueKind;
import io.speicher.protocol.json.JsonCommandEncoder;
import io.speicher.protocol.json.JsonReplyDecoder;
import io.speicher.protocol.json.JsonText;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What one side writes is what the other reads, and what it looks like on the wire. */
final class JsonRoundTripTest {
  private final JsonCommandEncoder commandEncoder = new JsonCommandEncoder();
  private final JsonCommandDecoder commandDecoder = new JsonCommandDecoder(Limits.DEFAULT);
  private final Peer peer = new Peer();
  private final JsonReplyEncoder replyEncoder = new JsonReplyEncoder();
  private final JsonReplyDecoder replyDecoder = new JsonReplyDecoder(1_000_000);

  // ---- commands ----

  @Test
  void commands_onTheWire() {
    assertThat(wire(new Command.Get(bytes("a\"\\\n\u0001\u00e9"))))
        .isEqualTo("{\"command\":\"GET\",\"key\":\"a\\\"\\\\\\n\\u0001\u00e9\"}");
    assertThat(wire(new Command.Set(bytes("k"), ValueKind.TEXT, bytes("v"), 0)))
        .isEqualTo("{\"command\":\"SET\",\"key\":\"k\",\"value\":\"v\"}");
    assertThat(wire(new Command.Set(bytes("k"), ValueKind.JSON, bytes("[1, 2]"), 99)))
        .isEqualTo("{\"command\":\"SET\",\"key\":\"k\",\"value\":[1, 2],\"ttl\":99}");
    assertThat(wire(new Command.Delete(bytes("k"))))
        .isEqualTo("{\"command\":\"DEL\",\"key\":\"k\"}");
    assertThat(wire(new Command.Clear())).isEqualTo("{\"command\":\"RST\"}");
    assertThat(wire(new Command.Ping())).isEqualTo("{\"command\":\"PING\"}");
    assertThat(wire(new Command.DescribeCluster())).isEqualTo("{\"command\":\"NOD\"}");
    assertThat(thereAndBack(new Command.DescribeCluster()))
        .isEqualTo(new Command.DescribeCluster());
  }

  @Test
  void commands_thereAndBack() {
    StringBuilder everything = new StringBuilder();
    for (int c = 0; c < 0x3000; c++) {
      everything.append((char) c);
    }
    ByteBuffer key = bytes(everything.append("\ud83d\ude00").toString());
    assertThat(thereAndBack(new Command.Get(key))).isEqualTo(new Command.Get(key));
    assertThat(key.position()).isZero();
  }

  @Test
  void malformed_cannotBeSent() {
    assertThatThrownBy(() -> wire(new Command.Malformed("x")))
        .isInstanceOf(IllegalArgumentException.class);
  }

  // ---- replies ----

  @Test
  void cluster() {
    ClusterView.Node first = new ClusterView.Node("0a", "10.0.0.1", 7001, 0, false);
    ClusterView.Node second = new ClusterView.Node("0b", "node\"2", 65_535, 0, true);
    Reply.Cluster reply =
        new Reply.Cluster(
            new ClusterView(
                "shop",
                true,
                9,
                List.of(first, second),
                List.of(
                    new ClusterView.Range(0, 255, List.of(0, 1)),
                    new ClusterView.Range(256, 16_383, List.of(1)))));
    assertThat(wire(reply))
        .isEqualTo(
            "{\"status_code\":200,\"cluster\":\"shop\",\"available\":true,\"epoch\":9,\"nodes\":["
                + "{\"id\":\"0a\",\"host\":\"10.0.0.1\",\"port\":7001,\"myself\":false},"
                + "{\"id\":\"0b\",\"host\":\"node\\\"2\",\"port\":65535,\"myself\":true}],"
                + "\"ranges\":[{\"first\":0,\"last\":255,\"owners\":[0,1]},"
                + "{\"first\":256,\"last\":16383,\"owners\":[1]}]}");
    assertThat(decodeReply(wire(reply))).isEqualTo(reply);

    Reply.Cluster none = new Reply.Cluster(null);
    assertThat(wire(none)).isEqualTo("{\"status_code\":200,\"nodes\":[],\"ranges\":[]}");
    assertThat(decodeReply(wire(none))).isEqualTo(none);
  }

  /** A node tells no feature that it refuses to have. */
  @Test
  void features() {
    ServerStats single = new ServerStats("1", 0, Map.of(), List.of());
    assertThat(decodeReply(wire(new Reply.Stats(single))))
        .isEqualTo(new Reply.Features(List.of("db", "lease", "tracking", "namespaces", "tags")));
    ServerStats node = new ServerStats("1", 0, Map.of(Gauge.CLUSTER_NODES, 3L), List.of());
    assertThat(decodeReply(wire(new Reply.Stats(node))))
        .isEqualTo(new Reply.Features(List.of("cluster", "lease")));
  }

  @Test
  void replies_onTheWire() {
    assertThat(wire(Reply.Done.DONE)).isEqualTo("{\"status_code\":200}");
    assertThat(wire(Reply.Miss.MISS))
        .isEqualTo("{\"status_code\":404,\"message\":\"no such key\"}");
    assertThat(wire(new Reply.Value(ValueKind.TEXT, bytes("a\"b"))))
        .isEqualTo("{\"status_code\":200,\"value\":\"a\\\"b\"}");
    assertThat(wire(new Reply.Value(ValueKind.JSON, bytes("1e400"))))
        .isEqualTo("{\"status_code\":200,\"value\":1e400}");
    assertThat(wire(new Reply.Refused(400, "why \"so\"")))
        .isEqualTo("{\"status_code\":400,\"message\":\"why \\\"so\\\"\"}");
    assertThat(wire(new Reply.Failed(503, "why")))
        .isEqualTo("{\"status_code\":503,\"message\":\"why\"}");
  }

  @Test
  void replies_thereAndBack() {
    for (Reply reply :
        new Reply[] {
          Reply.Done.DONE,
          Reply.Miss.MISS,
          new Reply.Value(ValueKind.TEXT, bytes("bar")),
          new Reply.Value(ValueKind.JSON, bytes("{\"a\":[]}")),
          new Reply.Refused(400, "why"),
          new Reply.Failed(503, "why")
        }) {
      assertThat(decodeReply(wire(reply))).isEqualTo(reply);
    }
  }

  @Test
  void reply_ofAnotherServer() {
    assertThat(decodeReply(" {\"x\":[1], \"value\" : 1 ,\"status_code\":200} "))
        .isEqualTo(new Reply.Value(ValueKind.JSON, bytes("1")));
    assertThat(decodeReply("{\"status_code\":404}")).isEqualTo(Reply.Miss.MISS);
    assertThat(decodeReply("{\"status_code\":418,\"message\":7}"))
        .isEqualTo(new Reply.Refused(418, "the server gave no reason"));
    assertThat(decodeReply("{\"status_code\":599,\"message\":\"\\u0041\"}"))
        .isEqualTo(new Reply.Failed(599, "A"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "hello",
        "[]",
        "{}",
        "{\"status_code\":\"200\"}",
        "{\"status_code\":200.0}",
        "{\"status_code\":201}",
        "{\"status_code\":600}",
        "{\"status_code\":null}",
        "{\"status_code\":200}x",
        "{\"status_code\":200"
      })
  void reply_thatMakesNoSense(String json) {
    assertThatThrownBy(() -> decodeReply(json)).isInstanceOf(ProtocolException.class);
  }

  // ---- strings ----

  @Test
  void quote_isUndoneByUnescape() {
    StringBuilder string = new StringBuilder("\ud800 \udc00\ud83d\ude00\udbff");
    for (int c = 0; c < 0x100; c++) {
      string.append((char) c);
    }
    String json = JsonText.quote(string.toString());
    assertThat(json).doesNotContain("\n").startsWith("\"\\ud800 \\udc00\ud83d\ude00\\udbff");
    assertThat(JsonText.unescape(bytes(json.substring(1, json.length() - 1))))
        .isEqualTo(string.toString());
  }

  @Test
  void utf8_ofHalfAPair() {
    assertThat(JsonText.utf8("a\ud800")).isNull();
    assertThat(JsonText.utf8("\u00e9")).isEqualTo(bytes("\u00e9"));
  }

  private Command thereAndBack(Command command) {
    ByteBuf frame = Unpooled.wrappedBuffer(commandEncoder.encode(command));
    return requireNonNull(commandDecoder.decode(frame, peer.session().commandMemory()));
  }

  private String wire(Command command) {
    return payload(Unpooled.wrappedBuffer(commandEncoder.encode(command)));
  }

  private String wire(Reply reply) {
    replyEncoder.encode(reply, peer.out());
    return payload(peer.take());
  }

  private Reply decodeReply(String json) {
    return requireNonNull(replyDecoder.decode(frame(json).nioBuffer()));
  }

  private static String payload(ByteBuf frame) {
    assertThat(frame.readInt()).isEqualTo(frame.readableBytes());
    return frame.toString(StandardCharsets.UTF_8);
  }

  private static ByteBuf frame(String json) {
    byte[] payload = json.getBytes(StandardCharsets.UTF_8);
    return Unpooled.buffer().writeInt(payload.length).writeBytes(payload);
  }

  private static ByteBuffer bytes(String text) {
    return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
  }
}
