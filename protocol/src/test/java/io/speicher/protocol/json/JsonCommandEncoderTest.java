package io.speicher.protocol.json;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.speicher.protocol.Command;
import io.speicher.protocol.Condition;
import io.speicher.protocol.Expiry;
import io.speicher.protocol.SetOptions;
import io.speicher.protocol.ValueKind;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

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
    assertThat(payload(new Command.Ping())).isEqualTo("{\"command\":\"PING\"}");
    assertThat(payload(set(SetOptions.DEFAULT)))
        .isEqualTo("{\"command\":\"SET\",\"key\":\"k\",\"value\":\"v\"}");
    assertThat(payload(set(SetOptions.DEFAULT.withExpiry(Expiry.after(99)))))
        .isEqualTo("{\"command\":\"SET\",\"key\":\"k\",\"value\":\"v\",\"ttl\":99}");
    assertThat(payload(new Command.Set(bytes("k"), ValueKind.JSON, bytes("[1, 2]"), 0)))
        .isEqualTo("{\"command\":\"SET\",\"key\":\"k\",\"value\":[1, 2]}");
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
  void condition() {
    for (Condition condition :
        new Condition[] {Condition.ABSENT, Condition.PRESENT, Condition.version(17)}) {
      assertRefused(
          set(SetOptions.DEFAULT.withCondition(condition)), "condition=" + condition.kind());
    }
  }

  @Test
  void setOptions() {
    assertRefused(set(SetOptions.DEFAULT.withFlags(1)), "flags=1");
    assertRefused(set(SetOptions.DEFAULT.returningOld()), "returnsOld=true");
    assertRefused(set(SetOptions.DEFAULT.withExpiry(Expiry.KEEP)), "expiry=KEEP");
    assertRefused(set(SetOptions.DEFAULT.withExpiry(Expiry.at(99))), "expiry=AT");
  }

  @Test
  void bytesThatAreNotText() {
    assertRefused(new Command.Set(bytes("k"), ValueKind.BYTES, bytes("v"), 0), "kind=BYTES");
  }

  @ParameterizedTest
  @EnumSource(names = "VALUE", mode = EnumSource.Mode.EXCLUDE)
  void view(Command.View view) {
    assertRefused(new Command.Get(bytes("k"), view), "view=" + view);
  }

  @Test
  void delayedClear() {
    assertRefused(new Command.Clear(1), "delayMillis=1");
  }

  @Test
  void otherCommands() {
    assertRefused(new Command.Malformed("x"), "command=Malformed");
    assertRefused(new Command.DeleteIf(bytes("k"), Condition.version(17)), "command=DeleteIf");
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
