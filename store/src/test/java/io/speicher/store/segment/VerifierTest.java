package io.speicher.store.segment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.speicher.store.FakeTicker;
import io.speicher.store.PutOptions;
import io.speicher.store.Updates;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Flips single bits of a store's memory: {@link SegmentStore#verify} has to notice. {@code
 * -Dflips=} flips more of them.
 *
 * <p>What it cannot notice, since any value is as good as another: the ghosts of a bucket and the
 * frequency of a slot, which are hints; the version of a table, which counts, but for its lowest
 * bit; and whether the version of an item is observed, if the item does not carry it.
 */
final class VerifierTest {
  /** For each of the tests. */
  private static final int FLIPS = Integer.getInteger("flips", 100);

  private static final int OBSERVED_BIT = 43;
  private static final int FIRST_GHOST_BIT = 4;
  private static final int FREQUENCY_SHIFT = 41;

  private final long seed = Long.getLong("seed", new Random().nextLong());
  private final Random random = new Random(seed);
  private final SegmentStore store =
      new SegmentStore(new Geometry(2_200_000, 8 << 10, 0), new FakeTicker());
  private final Segments segments = store.segments;
  private final HashIndex index = store.index;

  @BeforeEach
  void fill() {
    for (int i = 0; i < 8_000; i++) {
      ByteBuffer key = bytes("key-" + random.nextInt(6_000));
      switch (random.nextInt(12)) {
        case 0 -> store.delete(key);
        case 1 -> store.get(key, item -> item.version());
        case 2 -> Updates.touch(store, key, store.nowMillis() + 1 + random.nextLong(1L << 45));
        case 3 -> store.put(key, value(), expiring());
        default -> store.put(key, value(), PutOptions.DEFAULT);
      }
    }
    for (int i = 0; i < 10; i++) {
      store.put(bytes("run-" + i), ByteBuffer.allocate(5_000 + i * 1_000), PutOptions.DEFAULT);
    }
    store.verify();
    assertThat(store.stats().itemCount()).isGreaterThan(2_000);
  }

  private PutOptions expiring() {
    return new PutOptions(3, random.nextInt(), store.nowMillis() + 5_000_000);
  }

  private ByteBuffer value() {
    byte[] value = new byte[random.nextInt(20) == 0 ? random.nextInt(2_000) : random.nextInt(200)];
    random.nextBytes(value);
    return ByteBuffer.wrap(value);
  }

  @AfterEach
  void close() {
    store.verify();
    store.close();
  }

  @Test
  void slots() {
    List<Long> addresses = new ArrayList<>();
    for (long page : pages()) {
      for (long at = page; at < page + IndexPages.PAGE_BYTES; at += 8) {
        if ((at & (TableLayout.BUCKET_BYTES - 1)) != TableLayout.BUCKET_BYTES - 8) {
          addresses.add(at);
        }
      }
    }
    for (int i = 0; i < FLIPS; i++) {
      long at = any(addresses);
      long slot = NativeMemory.getLong(at);
      int bit = random.nextInt(64);
      boolean hint =
          SlotLayout.holdsGhosts(slot)
              ? bit >= FIRST_GHOST_BIT
              : slot != 0
                  && (bit == FREQUENCY_SHIFT
                      || bit == FREQUENCY_SHIFT + 1
                      || (bit == OBSERVED_BIT && !carriesVersion(slot)));
      if (!hint) {
        isNoticed(at + bit / 8, bit % 8, "slot bit " + bit);
      }
    }
  }

  private boolean carriesVersion(long slot) {
    StoredItem item = new StoredItem();
    item.at(segments.address(SlotLayout.location(slot)), 0);
    return item.hasVersion();
  }

  @Test
  void passers() {
    List<Long> addresses = new ArrayList<>();
    for (long page : pages()) {
      for (long bucket = page; bucket < page + IndexPages.PAGE_BYTES; bucket += 64) {
        addresses.add(bucket + 56);
      }
    }
    for (int i = 0; i < FLIPS; i++) {
      isNoticed(any(addresses) + random.nextInt(2), random.nextInt(8), "passers");
    }
  }

  @Test
  void tableHeaders() {
    for (int i = 0; i < index.tableCount(); i++) {
      long table = index.table(i);
      isNoticed(table, 0, "lock");
      isNoticed(table + TableLayout.TABLE_BYTES - 1, 7, "the end of the header");
    }
    for (int i = 0; i < FLIPS; i++) {
      long table = index.table(random.nextInt(index.tableCount()));
      int end = 40 + 4 * (index.pageCount(table) + 4);
      int offset = random.nextInt(8, end);
      isNoticed(table + offset, random.nextInt(8), "table header at " + offset);
    }
  }

  @Test
  void itemsAndSegmentHeaders() {
    List<Integer> inUse = new ArrayList<>();
    for (int segment = 0; segment < segments.count(); segment++) {
      if (segments.isInUse(segment)) {
        inUse.add(segment);
      }
    }
    for (int i = 0; i < FLIPS; i++) {
      int segment = any(inUse);
      int offset =
          random.nextInt(4) == 0
              ? random.nextInt(SegmentLayout.HEADER_BYTES)
              : random.nextInt(usedBytes(segment));
      long address = segments.address(segments.startOf(segment)) + offset;
      isNoticed(address, random.nextInt(8), "segment " + segment + " at " + offset);
    }
  }

  private int usedBytes(int segment) {
    if (segments.runLength(segment) == 1) {
      return segments.writeOffset(segment);
    }
    StoredItem item = new StoredItem();
    item.at(segments.address(segments.startOf(segment)) + SegmentLayout.HEADER_BYTES, 0);
    return SegmentLayout.HEADER_BYTES + item.bytes();
  }

  /** The lengths of each item, since all that follows is found by them. */
  @Test
  void itemHeaders() {
    List<Long> items = items();
    for (int i = 0; i < FLIPS; i++) {
      int offset = random.nextInt(4);
      isNoticed(any(items) + offset, random.nextInt(8), "item header at " + offset);
    }
  }

  /** Where the items begin that slots lead to. */
  private List<Long> items() {
    List<Long> items = new ArrayList<>();
    for (int i = 0; i < index.tableCount(); i++) {
      for (int bucket = 0; bucket < index.buckets(index.table(i)); bucket++) {
        for (int j = 0; j < TableLayout.SLOTS; j++) {
          long slot = index.slot(index.table(i), bucket, j);
          if (slot != 0) {
            items.add(segments.address(SlotLayout.location(slot)));
          }
        }
      }
    }
    return items;
  }

  @Test
  void clearedTables_areSound() {
    store.clear();
    store.verify();
    store.put(bytes("foo"), bytes("bar"), PutOptions.DEFAULT);
    store.verify();
    store.maintain();
    store.verify();
    for (int i = 0; i < index.tableCount(); i++) {
      // Their count: the number of a page may become that of a spare one, which is as good.
      isNoticed(index.table(i) + TableLayout.TABLE_BYTES - 4, random.nextInt(8), "pages");
    }
  }

  private void isNoticed(long address, int bit, String where) {
    flip(address, bit);
    try {
      assertThatThrownBy(store::verify)
          .as("-Dseed=%d %s", seed, where)
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("fault");
    } finally {
      flip(address, bit);
    }
  }

  private static void flip(long address, int bit) {
    NativeMemory.putByte(address, NativeMemory.getByte(address) ^ (1 << bit));
  }

  private List<Long> pages() {
    List<Long> pages = new ArrayList<>();
    for (int i = 0; i < index.tableCount(); i++) {
      long table = index.table(i);
      for (int j = 0; j < index.pageCount(table); j++) {
        pages.add(segments.address((long) index.page(table, j) * IndexPages.PAGE_BYTES));
      }
    }
    return pages;
  }

  private <T> T any(List<T> list) {
    return list.get(random.nextInt(list.size()));
  }

  private static ByteBuffer bytes(String text) {
    return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
  }
}
