package io.speicher.cluster;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.speicher.protocol.Command;
import io.speicher.protocol.Condition;
import io.speicher.protocol.Expiry;
import io.speicher.protocol.Reply;
import io.speicher.protocol.SetOptions;
import io.speicher.protocol.ValueKind;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.Test;

final class RecordCodecTest {
  @Test
  void commands_comeBack() {
    assertComesBack(new Command.Get(bytes("key")));
    assertComesBack(
        new Command.Set(
            bytes("key"),
            ValueKind.TEXT,
            bytes("wärme"),
            new SetOptions(
                7, Expiry.after(5), Condition.value(Condition.Kind.EQUAL, bytes("x")), true)));
    assertComesBack(new Command.Add(bytes("key"), -3, Command.Arithmetic.UNSIGNED_UP, null));
    assertComesBack(
        new Command.Increase(
            bytes("key"),
            new BigDecimal("1.50"),
            true,
            null,
            BigDecimal.TEN,
            false,
            Expiry.KEEP,
            Command.Increase.When.IF_FIRST));
    assertComesBack(new Command.DeleteAll(List.of(bytes("a"), bytes("b"))));
  }

  @Test
  void replies_comeBack() {
    assertComesBack(Reply.Done.DONE);
    assertComesBack(new Reply.Value(ValueKind.BYTES, bytes("value")));
    assertComesBack(Reply.WrongValue.OVERFLOW);
    assertComesBack(new Reply.Failed(503, "why"));
  }

  /** Others keep their buffers. */
  @Test
  void buffers_areCopiedAndStayWhereTheyAre() {
    ByteBuffer key = bytes("xkeyx").position(1).limit(4);
    byte[] encoded = RecordCodec.encode(new Command.Get(key));
    key.put(1, (byte) '?');
    assertThat(key.position()).isEqualTo(1);
    assertThat(RecordCodec.decode(encoded, Command.Get.class).key()).isEqualTo(bytes("key"));
  }

  @Test
  void otherClasses_areRefused() {
    byte[] encoded = RecordCodec.encode(new Reply.Failed(503, "why"));
    encoded[2] = '?'; // In the middle of the name.
    assertThatThrownBy(() -> RecordCodec.decode(encoded, Reply.class))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("no such class");
    assertThatThrownBy(() -> RecordCodec.encode(new Object()))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private static void assertComesBack(Object value) {
    assertThat(RecordCodec.decode(RecordCodec.encode(value), Object.class)).isEqualTo(value);
  }

  private static ByteBuffer bytes(String text) {
    return ByteBuffer.wrap(text.getBytes(UTF_8));
  }
}
