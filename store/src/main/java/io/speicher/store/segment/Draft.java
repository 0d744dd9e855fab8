package io.speicher.store.segment;

import io.speicher.store.Item;
import java.nio.ByteBuffer;

/** An item that is going to be written: what it consists of, and how long it will be. */
final class Draft {
  private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

  private final ByteBuffer key;
  private final ByteBuffer head;
  private final ByteBuffer tail;
  private final int kind;
  private final int flags;
  private final long expiresAtMillis;
  private final long version;
  private final int window;
  private final int options;
  private final long bytes;

  /**
   * @param head the beginning of the value, of which {@code tail} is the rest; together at most
   *     {@link Integer#MAX_VALUE} bytes
   * @param version 0 if it need not be kept
   */
  Draft(
      ByteBuffer key,
      ByteBuffer head,
      ByteBuffer tail,
      int kind,
      int flags,
      long expiresAtMillis,
      long version,
      long nowMillis) {
    this.key = key;
    this.head = head;
    this.tail = tail;
    this.kind = kind;
    this.flags = flags;
    this.expiresAtMillis = expiresAtMillis;
    this.version = version;
    window = TtlWindows.of(expiresAtMillis, nowMillis);
    boolean expires = expiresAtMillis != Item.NEVER;
    options = ItemLayout.options(kind, key.remaining(), valueBytes(), flags, expires, version != 0);
    bytes = ItemLayout.bytes(options, TtlWindows.isFar(window), key.remaining(), valueBytes());
  }

  /** The same item as a stored one, to be stored again. */
  static Draft copyOf(StoredItem item, ByteBuffer key, long version, long nowMillis) {
    return new Draft(
        key,
        NativeMemory.view(item.valueAddress(), item.valueBytes()),
        NOTHING,
        item.kind(),
        item.flags(),
        item.expiresAtMillis(),
        version,
        nowMillis);
  }

  long expiresAtMillis() {
    return expiresAtMillis;
  }

  /** The window that it belongs to. */
  int window() {
    return window;
  }

  /** How long it is, from the first byte of its header to the last of its value. */
  long bytes() {
    return bytes;
  }

  /** Writes it into a segment with that expiry base. */
  void write(long item, long expiryBaseMillis) {
    long value =
        ItemLayout.write(
            item,
            options,
            key,
            valueBytes(),
            kind,
            flags,
            expiresAtMillis,
            TtlWindows.isFar(window),
            expiryBaseMillis,
            version);
    NativeMemory.copy(head, value);
    NativeMemory.copy(tail, value + head.remaining());
  }

  private int valueBytes() {
    return head.remaining() + tail.remaining();
  }
}
