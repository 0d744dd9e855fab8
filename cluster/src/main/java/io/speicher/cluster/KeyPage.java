package io.speicher.cluster;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a node answers to a {@link KeysQuery}.
 *
 * @param position where to go on, or 0 at the end
 * @param count of the keys that were counted
 * @param keys those that were found
 */
record KeyPage(long position, long count, List<ByteBuffer> keys) {
  private static final byte[] NONE = {};

  /**
   * As it travels; nothing for null.
   *
   * <pre>
   *  position (8) | count (8) | length (4) | key |  and so on
   * </pre>
   */
  static byte[] bytes(@Nullable KeyPage page) {
    if (page == null) {
      return NONE;
    }
    int keyBytes = page.keys.stream().mapToInt(key -> Integer.BYTES + key.remaining()).sum();
    ByteBuffer out =
        ByteBuffer.allocate(2 * Long.BYTES + keyBytes).putLong(page.position).putLong(page.count);
    page.keys.forEach(key -> out.putInt(key.remaining()).put(key.duplicate()));
    return out.array();
  }

  static @Nullable KeyPage of(byte[] bytes) {
    if (bytes.length == 0) {
      return null;
    }
    ByteBuffer in = ByteBuffer.wrap(bytes);
    long position = in.getLong();
    long count = in.getLong();
    List<ByteBuffer> keys = new ArrayList<>();
    while (in.hasRemaining()) {
      int length = in.getInt();
      keys.add(in.slice(in.position(), length));
      in.position(in.position() + length);
    }
    return new KeyPage(position, count, keys);
  }
}
