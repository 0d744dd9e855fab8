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

  /** A kind, marks, a database, and how many tags. */
  private static final int[][] EXTENSIONS = {
    {0, 0, 0, 0}, {1, 0, 0, 0}, {2, 0, 0, 0}, {3, 0, 0, 0}, {0, 1, 0, 0}, {3, 1, 0, 0},
    {0, 2, 0, 0}, {1, 3, 0, 0}, {3, 3, 0, 0}, {0, 0, 1, 0}, {2, 0, 15, 0}, {3, 3, 9, 0},
    {0, 0, 0, 1}, {3, 2, 0, 16}, {0, 0, 1, 1}, {2, 1, 15, 16}
  };

  private static final int[] TAGS = new int[16];

  static {
    Arrays.setAll(TAGS, i -> 0x8000_0001 + i * 0x0101_0101);
  }

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
      for (int[] extension : EXTENSIONS) {
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
      ByteBuffer key, int[] extended, int valueBytes, int flags, long expires, long version) {
    int tagCount = extended[3];
    int extension = ItemLayout.extension(extended[0], extended[1], extended[2], tagCount > 0);
    long item = memory.address() + 7; // Nothing is aligned.
    boolean far = !ItemLayout.isNear(expires, BASE);
    int options =
        ItemLayout.options(
            extension, key.remaining(), valueBytes, flags, expires != Item.NEVER, version != 0);

    long value =
        ItemLayout.write(
            item,
            options,
            key,
            valueBytes,
            extension,
            flags,
            expires,
            far,
            BASE,
            TAGS,
            tagCount,
            version);

    assertThat(value + valueBytes - item)
        .isEqualTo(
            ItemLayout.bytes(options, far, extension, tagCount, key.remaining(), valueBytes));
    assertThat(value - item - key.remaining()).isLessThanOrEqualTo(ItemLayout.MAX_HEADER_BYTES);
    stored.at(item, BASE);
    assertThat(stored.kind()).isEqualTo(extended[0]);
    assertThat(stored.marks()).isEqualTo(extended[1]);
    assertThat(stored.database()).isEqualTo(extended[2]);
    assertThat(stored.tagCount()).isEqualTo(tagCount);
    for (int i = 0; i < tagCount; i++) {
      assertThat(stored.tag(i)).isEqualTo(TAGS[i]);
    }
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
        .isEqualTo(ItemLayout.MAX_HEADER_BYTES - 1 - 1 - 65); // No extension, no tags.
  }

  /** Kinds 0 to 2 without marks take nothing in the first database, everything else a byte. */
  @Test
  void bytes_ofAnExtension() {
    for (int kind = 0; kind < 4; kind++) {
      for (int marks = 0; marks < 4; marks++) {
        assertThat(extensionBytes(kind, marks, 0, 0)).isEqualTo(kind < 3 && marks == 0 ? 0 : 1);
        assertThat(extensionBytes(kind, marks, 1, 0)).isEqualTo(marks == 0 ? 1 : 2);
        assertThat(extensionBytes(kind, marks, 0, 1)).isEqualTo(2 + 4);
        assertThat(extensionBytes(kind, marks, 15, 16)).isEqualTo(3 + 4 * 16);
      }
    }
  }

  private static long extensionBytes(int kind, int marks, int database, int tagCount) {
    int extension = ItemLayout.extension(kind, marks, database, tagCount > 0);
    int options = ItemLayout.options(extension, 16, 100, 0, false, false);
    return ItemLayout.bytes(options, false, extension, tagCount, 16, 100) - 119;
  }

  private static long headerBytes(
      int keyBytes, int valueBytes, int flags, long expires, long version) {
    int options =
        ItemLayout.options(0, keyBytes, valueBytes, flags, expires != Item.NEVER, version != 0);
    boolean far = !ItemLayout.isNear(expires, BASE);
    return ItemLayout.bytes(options, far, 0, 0, keyBytes, valueBytes) - keyBytes - valueBytes;
  }

  @Test
  void isNear_atItsBounds() {
    assertThat(ItemLayout.isNear(BASE, BASE)).isTrue();
    assertThat(ItemLayout.isNear(BASE - 1, BASE)).isFalse();
    assertThat(ItemLayout.isNear(BASE + 0xFFFF_FFFEL, BASE)).isTrue();
    assertThat(ItemLayout.isNear(BASE + 0xFFFF_FFFFL, BASE)).isFalse(); // Stands for FAR.
  }
}
