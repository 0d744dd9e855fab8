package io.speicher.cli.copy;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * With a file that Redis 7.0 has saved: it has all types, numbers, a compressed string, an item
 * that expires, a function, and an item in database 3.
 */
final class RdbSourceTest {
  private static final ValueLimit LIMIT = new ValueLimit(1 << 20, "too long");
  private static final KeyRules ALL = new KeyRules(null, "", "");

  @TempDir Path folder;

  private final Skips skips = new Skips();

  private static byte[] redis7() throws IOException {
    try (InputStream in =
        requireNonNull(RdbSourceTest.class.getResourceAsStream("redis-7.0.rdb"))) {
      return in.readAllBytes();
    }
  }

  private Map<String, Item> read(byte[] file, @Nullable Integer database, ValueLimit limit)
      throws IOException {
    Path path = Files.write(folder.resolve("dump.rdb"), file);
    Map<String, Item> items = new LinkedHashMap<>();
    try (RdbSource source = new RdbSource(path, new Selection(database, ALL, limit, skips))) {
      for (Batch batch = source.next(); batch != null; batch = source.next()) {
        for (Item item : batch.items()) {
          items.put(batch.database() + "/" + new String(item.key(), UTF_8), item);
        }
      }
    }
    return items;
  }

  private static String text(@Nullable Item item) {
    return new String(requireNonNull(item).value(), UTF_8);
  }

  // ---- whole files ----

  @Test
  void strings() throws IOException {
    Map<String, Item> items = read(redis7(), null, LIMIT);
    assertThat(items)
        .containsOnlyKeys(
            "0/text",
            "0/int8",
            "0/int16",
            "0/int32",
            "0/int64",
            "0/long",
            "0/empty",
            "0/expires",
            "3/other");
    assertThat(text(items.get("0/text"))).isEqualTo("hello");
    assertThat(text(items.get("0/int8"))).isEqualTo("12");
    assertThat(text(items.get("0/int16"))).isEqualTo("-12345");
    assertThat(text(items.get("0/int32"))).isEqualTo("1234567890");
    assertThat(text(items.get("0/int64"))).isEqualTo("12345678901234");
    assertThat(text(items.get("0/long"))).isEqualTo("ab".repeat(400));
    assertThat(text(items.get("0/empty"))).isEmpty();
    assertThat(requireNonNull(items.get("0/expires")).expiresAtMillis())
        .isEqualTo(4_102_444_800_123L);
    assertThat(requireNonNull(items.get("0/text")).ends()).isFalse();
  }

  @Test
  void otherTypes_areCounted() throws IOException {
    read(redis7(), null, LIMIT);
    assertThat(skips.count("type list")).isEqualTo(2);
    assertThat(skips.count("type set")).isEqualTo(3);
    assertThat(skips.count("type zset")).isEqualTo(2);
    assertThat(skips.count("type hash")).isEqualTo(2);
    assertThat(skips.count("type stream")).isEqualTo(1);
    assertThat(skips.total()).isEqualTo(10);
  }

  @Test
  void database_others() throws IOException {
    assertThat(read(redis7(), 3, LIMIT)).containsOnlyKeys("3/other");
    assertThat(skips.count("in another database (--db 0)")).isEqualTo(8);
  }

  @Test
  void value_tooLong() throws IOException {
    assertThat(read(redis7(), 0, new ValueLimit(100, "too long"))).doesNotContainKey("0/long");
    assertThat(skips.count("too long")).isEqualTo(1);
  }

  @Test
  void resume_goesOnBehindWhatWasCopied() throws IOException {
    Path path = Files.write(folder.resolve("dump.rdb"), redis7());
    String position;
    try (RdbSource source = new RdbSource(path, new Selection(0, ALL, LIMIT, skips))) {
      position = requireNonNull(source.next()).position();
    }
    try (RdbSource source = new RdbSource(path, new Selection(0, ALL, LIMIT, skips))) {
      source.resume(position);
      assertThat(requireNonNull(source.next()).items()).isEmpty();
    }
  }

  // ---- damaged files ----

  /** Every cut is an error that says where, and none is taken for the end. */
  @Test
  void cut_everywhere() throws IOException {
    byte[] whole = redis7();
    for (int length = 0; length < whole.length; length += length < 500 ? 1 : 97) {
      byte[] cut = Arrays.copyOf(whole, length);
      assertThatExceptionOfType(CopyFailedException.class)
          .as("length %d", length)
          .isThrownBy(() -> read(cut, null, LIMIT));
    }
  }

  /** A byte that is another one is found, at the latest by the checksum. */
  @Test
  void flipped_everywhere() throws IOException {
    byte[] whole = redis7();
    for (int i = 0; i < whole.length; i += i < 500 ? 1 : 97) {
      byte[] damaged = whole.clone();
      damaged[i] ^= 0x55;
      assertThatExceptionOfType(CopyFailedException.class)
          .as("offset %d", i)
          .isThrownBy(() -> read(damaged, null, LIMIT));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "REDIS", "GARBAGE-GARBAGE", "PK\u0003\u0004 a zip file"})
  void notRdb(String text) {
    assertThatExceptionOfType(CopyFailedException.class)
        .isThrownBy(() -> read(text.getBytes(ISO_8859_1), null, LIMIT))
        .withMessageStartingWith("this is no RDB file");
  }

  @ParameterizedTest
  @ValueSource(strings = {"REDIS0005", "REDIS0013", "VALKEY081"})
  void version_unknown(String header) {
    assertThatExceptionOfType(CopyFailedException.class)
        .isThrownBy(() -> read(header.getBytes(ISO_8859_1), null, LIMIT))
        .withMessageContaining("is not known (expected: 6..12, or 80 of Valkey)");
  }

  /** A length that the file cannot hold must not become memory. */
  @Test
  void length_huge() {
    byte[] file =
        "REDIS0011\u0000\u0081\u007f\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ffx"
            .getBytes(ISO_8859_1);
    assertThatExceptionOfType(CopyFailedException.class)
        .isThrownBy(() -> read(file, null, new ValueLimit(Integer.MAX_VALUE, "too long")))
        .withMessageContaining("a length is wrong");
  }

  /** Valkey 9 writes hashes with fields that expire as a type that means another one to Redis. */
  @Test
  void valkey_hashOfFieldsThatExpire() throws IOException {
    String file =
        "VALKEY080\u0016\u0001h\u0001\u0001f\u0001v\u0000\u0000\u0000\u0000\u0000\u0000\u0000\u0000"
            + "\u0000\u0001k\u0001w\u00ff\u0000\u0000\u0000\u0000\u0000\u0000\u0000\u0000";
    assertThat(read(file.getBytes(ISO_8859_1), null, LIMIT)).containsOnlyKeys("0/k");
    assertThat(skips.count("type hash")).isEqualTo(1);
  }

  @Test
  void checksum_checkValue() {
    Crc64 checksum = new Crc64();
    byte[] digits = "123456789".getBytes(ISO_8859_1);
    checksum.update(digits, 0, digits.length);
    assertThat(checksum.value()).isEqualTo(0xE9C6_D914_C4B8_D9CAL);
  }
}
