package io.speicher.dialect;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;

/**
 * Commands that wait to be executed together: copies of their words, outside the heap and counted
 * by the {@link Share} of their connection. Whoever has one closes it.
 */
public final class QueuedCommands implements AutoCloseable {
  private static final int FIRST_BYTES = 1 << 10;

  private final Share share;
  private ByteBuf bytes = Unpooled.EMPTY_BUFFER;
  private int count;
  private int words;
  private boolean failed;

  public QueuedCommands(Share share) {
    this.share = share;
  }

  public int count() {
    return count;
  }

  /** How many words they have in all. */
  public int words() {
    return words;
  }

  /** What was written for all of them, to be read in the order in which it was written. */
  public ByteBuf bytes() {
    return bytes;
  }

  /**
   * Counts one more command, and returns where to write it.
   *
   * @param commandWords how many words it has
   * @param commandBytes how many bytes the caller is about to write, at most
   * @throws MemoryShortageException if there is no room for them
   */
  public ByteBuf add(int commandWords, int commandBytes) {
    if (bytes.writableBytes() < commandBytes) {
      bytes = grown(share, bytes, commandBytes, FIRST_BYTES);
    }
    count++;
    words += commandWords;
    return bytes;
  }

  /** A buffer with room for more bytes and the contents of another one, which it releases. */
  static ByteBuf grown(Share share, ByteBuf old, int more, int atLeast) {
    long needed = (long) old.writerIndex() + more;
    long capacity = Math.max(atLeast, Math.min(2 * needed, Integer.MAX_VALUE - 8L));
    if (needed > capacity) {
      throw new MemoryShortageException(needed, share.heldBytes());
    }
    ByteBuf twice = share.tryBuffer((int) capacity);
    ByteBuf larger = twice == null ? share.buffer((int) needed) : twice;
    larger.writeBytes(old, 0, old.writerIndex()).readerIndex(old.readerIndex());
    old.release();
    return larger;
  }

  /** Forgets all commands: the whole cannot be executed any more. */
  public void fail() {
    failed = true;
    bytes.release();
    bytes = Unpooled.EMPTY_BUFFER;
  }

  public boolean hasFailed() {
    return failed;
  }

  @Override
  public void close() {
    bytes.release();
    bytes = Unpooled.EMPTY_BUFFER;
  }
}
