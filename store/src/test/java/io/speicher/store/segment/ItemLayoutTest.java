package io.speicher.store.segment;

import static org.assertj.core.api.Assertions.assertThat;

import io.speicher.store.Item;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class ItemLayoutTest {
  private static final long BASE = 1_700_000_000_000L;
  private static final int[] KEY_BYTES = {1, 2, 255, 256, 65_535};
  private static final int[] VALUE_BYTES = {
    0, 1, 255, 256, 65_535, 65_536, (1 << 24) - 1, 1 << 24, Integer.MAX_VALUE
  };
  private static final int[] FLAGS = {0, 1, 0x80, -1};
  private static final long[] EXPIRES = {
    Item.NEVER, BASE, BASE + 1, BASE + 0xFFFF_FFFEL, BASE + 0xFFFF_FFFFL, BASE - 1, Item.NEVER - 1
  };
  private static final int[] EXTENSIONS = {0, 1, 2, 3, 4, 7, 8, 13, 15};
  private static final long[] VERSIONS = {0, 1, 0x0102_0304_0506_0708L, Long.MAX_VALUE};

  private final NativeMemory memory = NativeMemory.reserve(128 << 10);
  private final StoredItem stored = new StoredItem();

  @AfterEach
  void release() {
    memory.release();
  }

  @Test
  void write_everyCombination_readsTheSame() {
    for (int keyBytes : KEY_BYTES) {
      byte[] key = new byte[keyBytes];
      Arrays.fill(key, (byte) 0x5A);
      key[0] = 1;
      key[keyBytes - 1] = 2;
      for (int extension : EXTENSIONS) {
        for (int valueBytes : VALUE_BYTES) {
          for (int flags : FLAGS) {
            for (long expires : EXPIRES) {
              for (long version : VERSIONS) {
                readsTheSame(ByteBuffer.wrap(key), extension, valueBytes, flags, expires, version);
              }
            }
          }
        }
      }
    }
  }

  private void readsTheSame(
      ByteBuffer key, int extension, int valueBytes, int flags, long expires, long version) {
    long item = memory.address() + 7; // Nothing is aligned.
    boolean far = !ItemLayout.isNear(expires, BASE);
    int options =
        ItemLayout.options(
            extension, key.remaining(), valueBytes, flags, expires != Item.NEVER, version != 0);

    long value =
        ItemLayout.write(
            item, options, key, valueBytes, extension, flags, expires, far, BASE, version);

    assertThat(value + valueBytes - item)
        .isEqualTo(ItemLayout.bytes(options, far, key.remaining(), valueBytes));
    assertThat(value - item - key.remaining()).isLessThanOrEqualTo(ItemLayout.MAX_HEADER_BYTES);
    stored.at(item, BASE);
    assertThat(stored.kind()).isEqualTo(extension & 3);
    assertThat(stored.marks()).isEqualTo(extension >>> 2);
    assertThat(stored.keyBytes()).isEqualTo(key.remaining());
    assertThat(stored.key()).isEqualTo(key);
    assertThat(stored.hasKey(key)).isTrue();
    assertThat(stored.valueBytes()).isEqualTo(valueBytes);
    assertThat(stored.valueAddress()).isEqualTo(value);
    assertThat(stored.flags()).isEqualTo(flags);
    assertThat(stored.expires()).isEqualTo(expires != Item.NEVER);
    assertThat(stored.expiresAtMillis()).isEqualTo(expires);
    assertThat(stored.hasVersion()).isEqualTo(version != 0);
    if (version != 0) {
      assertThat(stored.version()).isEqualTo(version);
    }
    int before = stored.bytes();
    assertThat(ItemLayout.isDead(item)).isFalse();
    ItemLayout.markDead(item);
    assertThat(ItemLayout.isDead(item)).isTrue();
    stored.at(item, BASE);
    assertThat(ItemLayout.options(ItemLayout.head(item))).isEqualTo(options);
    assertThat(stored.bytes()).isEqualTo(before);
  }

  @Test
  void bytes_ofAHeader() {
    assertThat(headerBytes(16, 100, 0, Item.NEVER, 0)).isEqualTo(3);
    assertThat(headerBytes(16, 100, 0, BASE + 1, 0)).isEqualTo(7);
    assertThat(headerBytes(16, 100, 0, Item.NEVER - 1, 0)).isEqualTo(15);
    assertThat(headerBytes(16, 100, 1, Item.NEVER, 0)).isEqualTo(7);
    assertThat(headerBytes(16, 100, 0, Item.NEVER, 1)).isEqualTo(11);
    assertThat(headerBytes(256, 100, 0, Item.NEVER, 0)).isEqualTo(7);
    assertThat(headerBytes(16, 256, 0, Item.NEVER, 0)).isEqualTo(4);
    assertThat(headerBytes(16, 65_536, 0, Item.NEVER, 0)).isEqualTo(6);
    assertThat(headerBytes(16, 1 << 24, 0, Item.NEVER, 0)).isEqualTo(6);
    assertThat(headerBytes(65_535, Integer.MAX_VALUE, 1, Item.NEVER - 1, 1))
        .isEqualTo(ItemLayout.MAX_HEADER_BYTES - 1);
  }

  /** Kinds 0 to 2 without marks take nothing, everything else a byte. */
  @Test
  void bytes_ofAnExtension() {
    for (int kind = 0; kind < 4; kind++) {
      for (int marks = 0; marks < 4; marks++) {
        int extension = ItemLayout.extension(kind, marks);
        int options = ItemLayout.options(extension, 16, 100, 0, false, false);
        assertThat(ItemLayout.bytes(options, false, 16, 100))
            .isEqualTo(119 + (kind < 3 && marks == 0 ? 0 : 1));
      }
    }
  }

  private static long headerBytes(
      int keyBytes, int valueBytes, int flags, long expires, long version) {
    int options =
        ItemLayout.options(0, keyBytes, valueBytes, flags, expires != Item.NEVER, version != 0);
    boolean far = !ItemLayout.isNear(expires, BASE);
    return ItemLayout.bytes(options, far, keyBytes, valueBytes) - keyBytes - valueBytes;
  }

  @Test
  void isNear_atItsBounds() {
    assertThat(ItemLayout.isNear(BASE, BASE)).isTrue();
    assertThat(ItemLayout.isNear(BASE - 1, BASE)).isFalse();
    assertThat(ItemLayout.isNear(BASE + 0xFFFF_FFFEL, BASE)).isTrue();
    assertThat(ItemLayout.isNear(BASE + 0xFFFF_FFFFL, BASE)).isFalse(); // Stands for FAR.
  }
}
