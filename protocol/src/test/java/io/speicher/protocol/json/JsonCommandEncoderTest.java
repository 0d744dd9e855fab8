package io.speicher.protocol.json;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.speicher.protocol.Command;
import io.speicher.protocol.Condition;
import io.speicher.protocol.Expiry;
import io.speicher.protocol.Glob;
import io.speicher.protocol.SetOptions;
import io.speicher.protocol.TrackingOptions;
import io.speicher.protocol.ValueKind;
import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.Test;

final class JsonCommandEncoderTest {
  private final JsonCommandEncoder encoder = new JsonCommandEncoder();

  // What it can say.

  @Test
  void encode() {
    assertThat(payload(new Command.Get(bytes("k"))))
        .isEqualTo("{\"command\":\"GET\",\"key\":\"k\"}");
    assertThat(payload(new Command.Delete(bytes("k"))))
        .isEqualTo("{\"command\":\"DEL\",\"key\":\"k\"}");
    assertThat(payload(new Command.Clear())).isEqualTo("{\"command\":\"RST\"}");
    assertThat(payload(new Command.Stats())).isEqualTo("{\"command\":\"INF\"}");
    assertThat(payload(new Command.Ping())).isEqualTo("{\"command\":\"PING\"}");
    assertThat(payload(set(SetOptions.DEFAULT)))
        .isEqualTo("{\"command\":\"SET\",\"key\":\"k\",\"value\":\"v\"}");
    assertThat(payload(set(SetOptions.DEFAULT.withExpiry(Expiry.after(99)))))
        .isEqualTo("{\"command\":\"SET\",\"key\":\"k\",\"value\":\"v\",\"ttl\":99}");
    assertThat(payload(new Command.Set(bytes("k"), ValueKind.JSON, bytes("[1, 2]"), 0)))
        .isEqualTo("{\"command\":\"SET\",\"key\":\"k\",\"value\":[1, 2]}");
  }

  @Test
  void encode_versionsAndConditions() {
    assertThat(payload(new Command.Get(bytes("k"), Command.View.VERSION)))
        .isEqualTo("{\"command\":\"GET\",\"key\":\"k\",\"version\":true}");
    assertThat(payload(set(SetOptions.DEFAULT.withCondition(Condition.ABSENT))))
        .isEqualTo("{\"command\":\"SET\",\"key\":\"k\",\"value\":\"v\",\"if\":\"absent\"}");
    assertThat(payload(set(SetOptions.DEFAULT.withCondition(Condition.PRESENT))))
        .endsWith(",\"if\":\"present\"}");
    assertThat(payload(set(SetOptions.DEFAULT.withCondition(Condition.version(17)))))
        .endsWith(",\"if\":\"17\"}");
    assertThat(payload(new Command.DeleteIf(bytes("k"), Condition.version(17))))
        .isEqualTo("{\"command\":\"DEL\",\"key\":\"k\",\"if\":\"17\"}");
  }

  @Test
  void encode_bytes() {
    ByteBuffer notText = ByteBuffer.wrap(new byte[] {(byte) 0xFF, 0});
    assertThat(payload(new Command.Set(bytes("k"), ValueKind.BYTES, notText, 9)))
        .isEqualTo(
            "{\"command\":\"SET\",\"key\":\"k\",\"value\":\"/wA=\",\"encoding\":\"base64\",\"ttl\":9}");
    assertThat(payload(new Command.Set(bytes("k"), ValueKind.BYTES, bytes("text"), 0)))
        .isEqualTo("{\"command\":\"SET\",\"key\":\"k\",\"value\":\"text\"}");
  }

  @Test
  void encode_leases() {
    assertThat(payload(new Command.AskLease(bytes("k"), Command.View.VALUE, 5, 0, 0)))
        .isEqualTo("{\"command\":\"GET\",\"key\":\"k\",\"lease\":5}");
    assertThat(payload(new Command.AskLease(bytes("k"), Command.View.VERSION, 5, 6, 7)))
        .endsWith(",\"version\":true,\"lease\":5,\"early\":6,\"wait\":7}");
    assertThat(payload(new Command.SetWithLease(set(SetOptions.DEFAULT), 17)))
        .isEqualTo("{\"command\":\"SET\",\"key\":\"k\",\"value\":\"v\",\"lease\":\"17\"}");
    assertThat(payload(new Command.Invalidate(bytes("k"), Condition.version(17), Expiry.within(9))))
        .isEqualTo("{\"command\":\"DEL\",\"key\":\"k\",\"if\":\"17\",\"stale\":9}");
  }

  @Test
  void encode_tracking() {
    TrackingOptions keys =
        new TrackingOptions(
            false, List.of(), TrackingOptions.Choice.ALL, false, TrackingOptions.NO_REDIRECT);
    assertThat(payload(new Command.Track(keys)))
        .isEqualTo("{\"command\":\"TRK\",\"mode\":\"keys\"}");
    TrackingOptions prefixes =
        new TrackingOptions(
            true,
            List.of(bytes("a"), bytes("b")),
            TrackingOptions.Choice.ALL,
            true,
            TrackingOptions.NO_REDIRECT);
    assertThat(payload(new Command.Track(prefixes)))
        .isEqualTo(
            "{\"command\":\"TRK\",\"mode\":\"prefixes\",\"prefixes\":[\"a\",\"b\"],\"noloop\":true}");
    assertThat(payload(new Command.Untrack())).isEqualTo("{\"command\":\"TRK\",\"mode\":\"off\"}");
  }

  @Test
  void encode_batches() {
    List<ByteBuffer> keys = List.of(bytes("a"), bytes("b"));
    assertThat(payload(new Command.GetAll(keys, Command.View.VALUE)))
        .isEqualTo("{\"command\":\"MGET\",\"keys\":[\"a\",\"b\"]}");
    assertThat(payload(new Command.DeleteAll(keys)))
        .isEqualTo("{\"command\":\"MDEL\",\"keys\":[\"a\",\"b\"]}");
    Command.Set item = new Command.Set(bytes("b"), ValueKind.JSON, bytes("1"), 7);
    assertThat(
            payload(new Command.SetAll(List.of(set(SetOptions.DEFAULT), item), Condition.ALWAYS)))
        .isEqualTo(
            "{\"command\":\"MSET\",\"items\":[{\"key\":\"k\",\"value\":\"v\"},"
                + "{\"key\":\"b\",\"value\":1,\"ttl\":7}]}");
  }

  @Test
  void encode_numbersTimesAndScans() {
    Command.Initial initial = new Command.Initial(3, ValueKind.JSON, Expiry.after(9));
    assertThat(payload(new Command.Add(bytes("k"), -5, Command.Arithmetic.SIGNED, initial)))
        .isEqualTo("{\"command\":\"INC\",\"key\":\"k\",\"by\":-5,\"initial\":3,\"ttl\":9}");
    assertThat(
            payload(new Command.Touch(bytes("k"), Expiry.after(9), Command.TouchCondition.ALWAYS)))
        .isEqualTo("{\"command\":\"TCH\",\"key\":\"k\",\"ttl\":9}");
    Glob prefix = new Glob(Glob.ofPrefix(bytes("a*[b\\")));
    assertThat(payload(new Command.Scan(-1, 100, prefix)))
        .isEqualTo(
            "{\"command\":\"SCN\",\"cursor\":\"18446744073709551615\",\"count\":100,"
                + "\"match\":\"a\\\\*\\\\[b\\\\\\\\*\"}");
  }

  @Test
  void encode_escapes() {
    ByteBuffer key = bytes("a\"b\\c\b\f\n\r\t\u0000\u001f\u007fé😀/");
    assertThat(payload(new Command.Get(key)))
        .isEqualTo(
            "{\"command\":\"GET\",\"key\":"
                + "\"a\\\"b\\\\c\\b\\f\\n\\r\\t\\u0000\\u001f\u007fé😀/\"}");
    assertThat(key.position()).isZero();
  }

  @Test
  void encode_outgrowsItsHint() {
    String value = "\u0001".repeat(10_000);
    assertThat(payload(new Command.Set(bytes("k"), ValueKind.TEXT, bytes(value), 0)))
        .isEqualTo(
            "{\"command\":\"SET\",\"key\":\"k\",\"value\":\"" + "\\u0001".repeat(10_000) + "\"}");
  }

  // What it cannot.

  @Test
  void setOptions() {
    assertRefused(set(SetOptions.DEFAULT.withFlags(1)), "flags=1");
    assertRefused(set(SetOptions.DEFAULT.returningOld()), "returnsOld=true");
    assertRefused(set(SetOptions.DEFAULT.withExpiry(Expiry.KEEP)), "expiry=KEEP");
    assertRefused(set(SetOptions.DEFAULT.withExpiry(Expiry.at(99))), "expiry=AT");
  }

  @Test
  void view() {
    assertThat(payload(new Command.Get(bytes("k"), Command.View.GLANCE)))
        .isEqualTo("{\"command\":\"TTL\",\"key\":\"k\"}");
    assertRefused(new Command.GetAll(List.of(bytes("k")), Command.View.GLANCE), "view=GLANCE");
  }

  @Test
  void delayedClear() {
    assertRefused(new Command.Clear(1), "delayMillis=1");
  }

  @Test
  void otherCommands() {
    assertRefused(new Command.Malformed("x"), "command=Malformed");
    assertRefused(new Command.GetAndDelete(bytes("k")), "command=GetAndDelete");
  }

  private void assertRefused(Command command, String why) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> encoder.encode(command))
        .withMessage("not expressible in framed JSON: " + why);
  }

  private static Command.Set set(SetOptions options) {
    return new Command.Set(bytes("k"), ValueKind.TEXT, bytes("v"), options);
  }

  private String payload(Command command) {
    ByteBuffer frame = encoder.encode(command);
    assertThat(frame.getInt()).isEqualTo(frame.remaining());
    return UTF_8.decode(frame).toString();
  }

  private static ByteBuffer bytes(String text) {
    return ByteBuffer.wrap(text.getBytes(UTF_8));
  }
}
