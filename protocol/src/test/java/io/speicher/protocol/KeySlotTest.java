package io.speicher.protocol;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class KeySlotTest {
  /** As {@code CLUSTER KEYSLOT} of Redis 7.0 tells them. */
  @ParameterizedTest
  @CsvSource({
    "123456789, 12739",
    "foo, 12182",
    "somekey, 11058",
    "foo{hash_tag}, 2515",
    "{hash_tag}, 2515",
    "hash_tag, 2515",
    "{user1000}.following, 3443",
    "user1000, 3443",
    "foo{}{bar}, 8363",
    "foo{{bar}}zap, 4015",
    "{bar, 4015",
    "foo{bar}{zap}, 5061",
    "bar, 5061",
  })
  void slots(String key, int slot) {
    assertThat(KeySlot.of(ByteBuffer.wrap(key.getBytes(UTF_8)))).isEqualTo(slot);
  }

  /** Only the remaining bytes count. */
  @ParameterizedTest
  @CsvSource({"{bar}, 5061"})
  void slots_ofAView(String key, int slot) {
    ByteBuffer all = ByteBuffer.wrap(("}x" + key + "}").getBytes(UTF_8));
    assertThat(KeySlot.of(all.position(2).limit(2 + key.length()))).isEqualTo(slot);
  }
}
