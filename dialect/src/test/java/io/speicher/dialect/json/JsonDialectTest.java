package io.speicher.dialect.json;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.speicher.dialect.Peer;
import io.speicher.dialect.ReplyBuffer;
import io.speicher.protocol.Limits;
import io.speicher.protocol.Reply;
import io.speicher.protocol.ValueKind;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class JsonDialectTest {
  private final JsonDialect dialect = new JsonDialect(Limits.DEFAULT);
  private final Peer peer = new Peer();
  private final ReplyBuffer out = peer.out();

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{'command':'MDEL','keys':[]}|{'status_code':200,'deleted':7}",
        "{'command':'CNT'}|{'status_code':200,'count':7}",
        "{'command':'INC','key':'a'}|{'status_code':200,'value':7}",
        "{'command':'APP','key':'a','value':''}|{'status_code':200,'length':7}",
      })
  void count_isNamedByItsCommand(String command, String reply) {
    decode(command);
    dialect.encode(new Reply.Count(7), out);
    assertThat(payload()).isEqualTo(reply);
  }

  @Test
  void ttl() {
    decode("{'command':'TTL','key':'a'}");
    dialect.encode(new Reply.Value(ValueKind.TEXT, bytes("x"), 0, 0, 1_500, 1_000, 0), out);
    assertThat(payload()).isEqualTo("{'status_code':200,'ttl':500}");
    dialect.encode(new Reply.Value(ValueKind.TEXT, bytes("x")), out);
    assertThat(payload()).isEqualTo("{'status_code':200}");
  }

  @Test
  void value_ofBytes() {
    dialect.encode(new Reply.Value(ValueKind.BYTES, bytes("\u00e9")), out);
    assertThat(payload()).isEqualTo("{'status_code':200,'value':'\u00e9'}");
    dialect.encode(new Reply.Value(ValueKind.BYTES, notUtf8()), out);
    assertThat(payload()).isEqualTo("{'status_code':200,'value':'/w==','encoding':'base64'}");
  }

  @Test
  void value_withVersion() {
    dialect.encode(
        new Reply.Value(ValueKind.JSON, bytes("1"), 0, Long.MAX_VALUE, Reply.Value.NEVER, 0, 0),
        out);
    assertThat(payload())
        .isEqualTo("{'status_code':200,'value':1,'version':'9223372036854775807'}");
  }

  @Test
  void keys_thatAreNoText() {
    dialect.encode(new Reply.Keys(-1, List.of(bytes("a"), notUtf8())), out);
    assertThat(payload())
        .isEqualTo(
            "{'status_code':200,'cursor':'18446744073709551615','keys':['a',{'base64':'/w=='}]}");
  }

  @Test
  void refusals() {
    dialect.encode(Reply.Exists.EXISTS, out);
    assertThat(payload()).isEqualTo("{'status_code':409,'message':'the condition does not hold'}");
    dialect.encode(Reply.WrongValue.NOT_AN_INTEGER, out);
    assertThat(payload())
        .isEqualTo("{'status_code':409,'message':'the value is not a 64-bit integer'}");
  }

  @Test
  void tooManyConnections() {
    dialect.encode(new Reply.TooManyConnections(7), out);
    assertThat(payload())
        .isEqualTo(
            "{'status_code':503,'message':"
                + "'too many connections (expected: at most 7); try again later'}");
  }

  @Test
  void batch_elementWrittenTwice_countsOnce() {
    decode("{'command':'MGET','keys':['a','b']}");
    dialect.beginBatch(2, out);
    dialect.turnTo(0);
    dialect.encode(Reply.Miss.MISS, out);
    long start = out.position();
    for (int i = 0; i < 2; i++) {
      out.resetTo(start);
      dialect.turnTo(1);
      dialect.encode(new Reply.Value(ValueKind.JSON, bytes("1")), out);
    }
    dialect.endBatch(out);
    assertThat(payload())
        .isEqualTo(
            "{'status_code':200,'items':[{'status_code':404,'message':'no such key'},"
                + "{'status_code':200,'value':1}]}");
  }

  @Test
  void batch_thatFailed_hasOneReply() {
    decode("{'command':'MGET','keys':['a','b']}");
    dialect.beginBatch(2, out);
    dialect.turnTo(1);
    dialect.encode(Reply.Miss.MISS, out);
    out.resetTo(0);
    dialect.encode(new Reply.Failed(503, "why"), out);
    assertThat(payload()).isEqualTo("{'status_code':503,'message':'why'}");
  }

  private void decode(String json) {
    byte[] payload = json.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
    peer.decode(dialect, Unpooled.buffer().writeInt(payload.length).writeBytes(payload));
  }

  private String payload() {
    ByteBuf frame = peer.take();
    assertThat(frame.readInt()).isEqualTo(frame.readableBytes());
    String json = frame.toString(StandardCharsets.UTF_8);
    return json.replace('"', '\'');
  }

  private static ByteBuffer notUtf8() {
    return ByteBuffer.wrap(new byte[] {(byte) 0xFF});
  }

  private static ByteBuffer bytes(String text) {
    return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
  }
}
