package io.speicher.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class Xxh3Test {
  /** The example of Redis's documentation of DIGEST. */
  @Test
  void hash_ofText() {
    ByteBuffer text = ByteBuffer.wrap("Hello world".getBytes(StandardCharsets.UTF_8));
    assertThat("%016x".formatted(Xxh3.hash(text))).isEqualTo("b6acb9d84a38ff74");
    assertThat(text.position()).isZero();
  }

  /** What xxHash 0.8.1 says; each length goes another way. */
  @ParameterizedTest
  @CsvSource({
    "0, 2d06800538d394c2",
    "1, 4c5cca45d0f4811f",
    "5, b290cafc7b254345",
    "9, cbe393399f17ffbd",
    "17, 208bde5ee2bed407",
    "129, f8f76713f2bb60fa",
    "241, 0b3b630948ce4a00",
    "2048, 19f6f9c987331373"
  })
  void hash_ofEachLength(int length, String expected) {
    ByteBuffer bytes = ByteBuffer.allocate(length + 3).position(3);
    for (int i = 0; i < length; i++) {
      bytes.put(3 + i, (byte) (i * 31 + 7));
    }
    assertThat("%016x".formatted(Xxh3.hash(bytes))).isEqualTo(expected);
  }
}
