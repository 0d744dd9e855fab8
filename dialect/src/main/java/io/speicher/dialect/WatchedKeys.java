package io.speicher.dialect;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * The keys that a connection watches, each in its database, and each with what its item was then:
 * outside the heap, and counted by the {@link Share} of the connection.
 *
 * <pre>
 *  | key bytes (int) | database (int) | version (long) | expires at, millis (long) | key |  and so on
 * </pre>
 */
public final class WatchedKeys implements AutoCloseable {
  private static final int VERSION_OFFSET = 2 * Integer.BYTES;
  private static final int HEADER_BYTES = VERSION_OFFSET + 2 * Long.BYTES;
  private static final int FIRST_BYTES = 256;

  /** Says whether an item is still what it was. */
  @FunctionalInterface
  public interface Check {
    boolean isUnchanged(int database, ByteBuffer key, long version, long expiresAtMillis);
  }

  private final Share share;
  private ByteBuf bytes = Unpooled.EMPTY_BUFFER;
  private int count;

  WatchedKeys(Share share) {
    this.share = share;
  }

  /** How many keys there are; one that was added twice counts twice. */
  public int count() {
    return count;
  }

  /**
   * Makes room for these keys, so that they are added all or none.
   *
   * @throws MemoryShortageException if there is none; nothing has changed then
   */
  public void makeRoomFor(List<ByteBuffer> keys) {
    long needed = 0;
    for (ByteBuffer key : keys) {
      needed += HEADER_BYTES + key.remaining();
    }
    bytes = share.withRoom(bytes, Math.toIntExact(needed), FIRST_BYTES);
  }

  /**
   * Adds a key that there is room for. One that is watched already may be added again: then both
   * must be unchanged.
   *
   * @param version of the item, or 0 if there is none
   */
  public void add(int database, ByteBuffer key, long version, long expiresAtMillis) {
    bytes
        .writeInt(key.remaining())
        .writeInt(database)
        .writeLong(version)
        .writeLong(expiresAtMillis);
    bytes.writeBytes(key.duplicate());
    count++;
  }

  public boolean areAllUnchanged(Check check) {
    int at = 0;
    while (at < bytes.writerIndex()) {
      int keyBytes = bytes.getInt(at);
      int database = bytes.getInt(at + Integer.BYTES);
      long version = bytes.getLong(at + VERSION_OFFSET);
      long expiresAtMillis = bytes.getLong(at + VERSION_OFFSET + Long.BYTES);
      at += HEADER_BYTES;
      if (!check.isUnchanged(database, bytes.nioBuffer(at, keyBytes), version, expiresAtMillis)) {
        return false;
      }
      at += keyBytes;
    }
    return true;
  }

  @Override
  public void close() {
    bytes.release();
    bytes = Unpooled.EMPTY_BUFFER;
  }
}
