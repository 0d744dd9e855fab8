package io.speicher.server;

import io.speicher.store.Prefetch;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** Shows each batch of two keys or more that is fetched, and does nothing else. */
final class RecordedPrefetch implements Prefetch {
  private final Consumer<List<String>> batches;
  private final List<String> keys = new ArrayList<>();

  RecordedPrefetch(Consumer<List<String>> batches) {
    this.batches = batches;
  }

  @Override
  public void clear() {
    keys.clear();
  }

  @Override
  public int add(int database, ByteBuffer buffer, int index, int keyBytes, boolean read) {
    byte[] key = new byte[keyBytes];
    buffer.get(index, key);
    keys.add(new String(key, StandardCharsets.ISO_8859_1));
    return keys.size() - 1;
  }

  @Override
  public boolean isFull() {
    return keys.size() == MAX_KEYS;
  }

  @Override
  public void fetch() {
    if (keys.size() > 1) {
      batches.accept(List.copyOf(keys));
    }
  }
}
