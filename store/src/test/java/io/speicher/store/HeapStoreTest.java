package io.speicher.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class HeapStoreTest extends StoreContract {

  @Override
  protected Store create(long budgetBytes, Ticker ticker) {
    return new HeapStore(budgetBytes, ticker);
  }

  @Test
  void create_noBudget() {
    assertThatThrownBy(() -> new HeapStore(0, Ticker.system()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("budget out of bounds: budgetBytes=0 (expected: 1 or more)");
  }

  @Test
  void put_full_evictsTheLeastRecentlyUsed() {
    Store store = store(3 * itemBytes());
    put(store, "a", "1");
    put(store, "b", "2");
    put(store, "c", "3");
    assertThat(get(store, "a")).contains("1");

    put(store, "d", "4");

    assertThat(get(store, "a")).contains("1");
    assertThat(get(store, "b")).isEmpty();
    assertThat(store.stats().evictedItemCount()).isEqualTo(1);
  }

  @Test
  void touch_theLargestItem_keepsIt() {
    int valueBytes = 10_000;
    Store store = store(10_240);
    while (put(store, "foo", "v".repeat(valueBytes)) == PutResult.TOO_LARGE) {
      valueBytes--;
    }
    ByteBuffer key = ByteBuffer.wrap("foo".getBytes(StandardCharsets.UTF_8));
    assertThat(Updates.touch(store, key, store.nowMillis() + 1)).isTrue();
    assertThat(get(store, "foo")).contains("v".repeat(valueBytes));
  }

  /** The two parts are two views of a file with nothing in it, which take no memory. */
  @Test
  void update_longerThanAnArray(@TempDir Path directory) throws IOException {
    Store store = store(Long.MAX_VALUE / 2);
    put(store, "foo", "bar");
    try (RandomAccessFile file = new RandomAccessFile(directory.resolve("empty").toFile(), "rw")) {
      file.setLength(1 << 30);
      ByteBuffer half = file.getChannel().map(FileChannel.MapMode.READ_ONLY, 0, 1 << 30);
      ByteBuffer key = ByteBuffer.wrap("foo".getBytes(StandardCharsets.UTF_8));

      assertThat(
              store.update(
                  key,
                  _ ->
                      new Update.Replace(half, half, 0, 0, Item.NEVER, Update.Replace.NEW_VERSION)))
          .isEqualTo(UpdateResult.TOO_LARGE);
    }
    assertThat(get(store, "foo")).isEmpty();
  }

  @Test
  void scan_noKeys() {
    Store store = store(1 << 20);
    assertThatThrownBy(() -> store.scan(0, 0, _ -> {}))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("keys out of bounds: maxKeys=0 (expected: 1 or more)");
  }

  private long itemBytes() {
    Store store = store(1 << 20);
    put(store, "a", "1");
    return store.stats().usedBytes();
  }
}
