package io.speicher.protocol.json;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.speicher.protocol.Command;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A batch is the same command as a list of buffers, whatever the keys are. */
final class KeyBatchTest {
  private final JsonCommandEncoder encoder = new JsonCommandEncoder();

  @ParameterizedTest
  @ValueSource(strings = {"", "users:", "имена:", "\"quoted\":"})
  void keys_asInAnyOtherList(String prefix) {
    List<String> keys =
        List.of("a", "ключ", "quote\"", "back\\slash", "line\n", "k\ud83d\ude00", "x".repeat(500));
    for (int count = 0; count <= keys.size(); count++) {
      assertSame(prefix, keys.subList(0, count));
    }
    keys.forEach(key -> assertSame(prefix, List.of("plain", key, "plain too")));
  }

  @Test
  void keys_withHalfOfASurrogatePair() {
    KeyBatch batch = new KeyBatch(new byte[0], 3);
    assertThat(batch.addKey("a")).isEqualTo(1);
    assertThat(batch.addKey("b\ud83d")).isEqualTo(-1);
    assertThat(batch.addKey("cd")).isEqualTo(2);
    assertThat(batch).containsExactly(utf8("a"), utf8("cd"));
    assertThatThrownBy(() -> batch.get(2)).isInstanceOf(IndexOutOfBoundsException.class);
  }

  private void assertSame(String prefix, List<String> keys) {
    KeyBatch batch = new KeyBatch(prefix.getBytes(UTF_8), keys.size());
    List<ByteBuffer> buffers = new ArrayList<>();
    for (String key : keys) {
      buffers.add(utf8(prefix + key));
      assertThat(batch.addKey(key)).isEqualTo(utf8(prefix + key).remaining());
    }
    assertThat(batch).isEqualTo(buffers);
    assertThat(encoder.encode(new Command.GetAll(batch, Command.View.VALUE)))
        .isEqualTo(encoder.encode(new Command.GetAll(buffers, Command.View.VALUE)));
  }

  private static ByteBuffer utf8(String text) {
    return ByteBuffer.wrap(text.getBytes(UTF_8));
  }
}
