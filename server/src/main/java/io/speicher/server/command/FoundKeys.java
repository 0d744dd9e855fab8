package io.speicher.server.command;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.speicher.dialect.MemoryShortageException;
import io.speicher.dialect.Share;
import java.nio.ByteBuffer;
import java.util.AbstractList;
import java.util.Objects;
import java.util.RandomAccess;

/**
 * Keys that a search has found, each once, though it may come by some twice: outside the heap, and
 * counted by the {@link Share} of the connection that asks.
 *
 * <pre>
 *  keys    | key bytes (int) | key |  and so on, in the order in which they were found
 *  offsets | where the first begins (int) |  and so on
 *  table   open addressing: 0, or the number of a key and one
 * </pre>
 */
final class FoundKeys extends AbstractList<ByteBuffer> implements RandomAccess, AutoCloseable {
  private static final int FIRST_KEYS = 256;
  private static final int FIRST_BYTES = 16 << 10;

  private final Share share;
  private ByteBuf keys = Unpooled.EMPTY_BUFFER;
  private ByteBuf offsets = Unpooled.EMPTY_BUFFER;
  private ByteBuf table = Unpooled.EMPTY_BUFFER;
  private int slots;
  private int size;

  FoundKeys(Share share) {
    this.share = share;
  }

  /**
   * @throws MemoryShortageException if there is no room; nothing has changed then
   */
  void addIfNew(ByteBuffer key) {
    if (2 * size >= slots) {
      growTable();
    }
    int slot = slotOf(key);
    if (table.getInt(slot * Integer.BYTES) != 0) {
      return;
    }
    int needed = Integer.BYTES + key.remaining();
    keys = share.withRoom(keys, needed, FIRST_BYTES);
    offsets = share.withRoom(offsets, Integer.BYTES, FIRST_KEYS * Integer.BYTES);
    offsets.writeInt(keys.writerIndex());
    keys.writeInt(key.remaining()).writeBytes(key.duplicate());
    size++;
    table.setInt(slot * Integer.BYTES, size);
  }

  private void growTable() {
    int newSlots = Math.max(2 * FIRST_KEYS, 2 * slots);
    ByteBuf larger = share.buffer(newSlots * Integer.BYTES);
    larger.writeZero(newSlots * Integer.BYTES);
    table.release();
    table = larger;
    slots = newSlots;
    for (int i = 0; i < size; i++) {
      table.setInt(slotOf(get(i)) * Integer.BYTES, i + 1);
    }
  }

  /** The slot of this key, or the empty one where it belongs. */
  private int slotOf(ByteBuffer key) {
    int hash = key.hashCode();
    int slot = (((hash ^ (hash >>> 15)) * 0x9E37_79B1) >>> 1) & (slots - 1);
    while (true) {
      int number = table.getInt(slot * Integer.BYTES);
      if (number == 0 || get(number - 1).equals(key)) {
        return slot;
      }
      slot = (slot + 1) & (slots - 1);
    }
  }

  @Override
  public ByteBuffer get(int index) {
    int offset = offsets.getInt(Objects.checkIndex(index, size) * Integer.BYTES);
    return keys.nioBuffer(offset + Integer.BYTES, keys.getInt(offset));
  }

  @Override
  public int size() {
    return size;
  }

  @Override
  public void close() {
    keys.release();
    offsets.release();
    table.release();
    keys = Unpooled.EMPTY_BUFFER;
    offsets = Unpooled.EMPTY_BUFFER;
    table = Unpooled.EMPTY_BUFFER;
  }
}
