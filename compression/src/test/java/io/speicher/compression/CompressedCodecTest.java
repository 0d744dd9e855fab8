package io.speicher.compression;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.speicher.client.Cache;
import io.speicher.client.Codec;
import io.speicher.client.Speicher;
import io.speicher.client.exception.CodecException;
import java.nio.ByteBuffer;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class CompressedCodecTest {
  private static final String LONG_TEXT = "the same again, ".repeat(1_000);

  private static CompressedCodec<String> codec(Compression compression) {
    return CompressedCodec.of(Codec.string(), compression);
  }

  @ParameterizedTest
  @EnumSource
  void value(Compression compression) {
    try (Speicher speicher = Speicher.inMemory()) {
      Cache<String> texts = speicher.cache("texts", codec(compression));
      for (String text : new String[] {"", "short", LONG_TEXT}) {
        texts.set("k", text);
        assertThat(texts.get("k")).isEqualTo(text);
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void value_isShorter(Compression compression) {
    assertThat(codec(compression).encode(LONG_TEXT).remaining()).isLessThan(500);
  }

  @ParameterizedTest
  @EnumSource
  void value_thatCannotBecomeShorter(Compression compression) {
    byte[] noise = new byte[5_000];
    new Random(1).nextBytes(noise);
    Codec<byte[]> codec = CompressedCodec.of(Codec.bytes(), compression);
    ByteBuffer encoded = codec.encode(noise);
    assertThat(encoded.remaining()).isEqualTo(noise.length + 2);
    assertThat(codec.decode(encoded)).isEqualTo(noise);
  }

  /** A program can change to another compression while the values of the old one are there. */
  @ParameterizedTest
  @EnumSource
  void value_ofAnotherCompression(Compression compression) {
    for (Compression other : Compression.values()) {
      assertThat(codec(other).decode(codec(compression).encode(LONG_TEXT))).isEqualTo(LONG_TEXT);
    }
  }

  @ParameterizedTest
  @EnumSource
  void unknownHeader_isAMiss(Compression compression) {
    ByteBuffer later = codec(compression).encode(LONG_TEXT).put(1, (byte) 99);
    assertThat(codec(compression).decode(later)).isNull();
    for (String text : new String[] {"", "x", "{\"json\": 1}", LONG_TEXT}) {
      assertThat(codec(compression).decode(Codec.string().encode(text))).isNull();
    }
  }

  @ParameterizedTest
  @EnumSource
  void declaredLength_isBounded(Compression compression) {
    CompressedCodec<String> small = CompressedCodec.of(Codec.string(), compression, 1_000);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> small.encode(LONG_TEXT))
        .withMessage("value too long: valueBytes=16000 (expected: up to 1000)");
    for (int length : new int[] {1_001, Integer.MAX_VALUE, -1}) {
      ByteBuffer bomb = codec(compression).encode(LONG_TEXT).putInt(2, length);
      assertThatIllegalArgumentException()
          .isThrownBy(() -> small.decode(bomb))
          .withMessage(
              "compressed value with a wrong length: declaredBytes=%d (expected: 0..1000)", length);
    }
  }

  @ParameterizedTest
  @EnumSource
  void declaredLength_thatIsWrong(Compression compression) {
    for (int length : new int[] {0, 1, LONG_TEXT.length() - 1, LONG_TEXT.length() + 1}) {
      ByteBuffer bytes = codec(compression).encode(LONG_TEXT).putInt(2, length);
      assertThatIllegalArgumentException()
          .as("length=%d", length)
          .isThrownBy(() -> codec(compression).decode(bytes))
          .withMessageStartingWith("compressed value is damaged: ");
    }
  }

  /** Whatever is damaged, nothing but an exception, a miss or another text comes of it. */
  @ParameterizedTest
  @EnumSource
  void damagedBytes(Compression compression) {
    ByteBuffer whole = codec(compression).encode(LONG_TEXT);
    try (Speicher speicher = Speicher.inMemory()) {
      Cache<byte[]> bytes = speicher.cache("texts", Codec.bytes());
      Cache<String> texts = speicher.cache("texts", codec(compression));
      for (int cut = 2; cut < whole.limit(); cut++) {
        byte[] part = new byte[cut];
        whole.get(0, part);
        bytes.set("k", part);
        assertThatExceptionOfType(CodecException.class)
            .as("cut=%d", cut)
            .isThrownBy(() -> texts.get("k"))
            .withMessageStartingWith("decode failed: cache=texts reason=compressed value ");
      }
    }
  }
}
