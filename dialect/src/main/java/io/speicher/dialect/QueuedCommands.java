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
  private int longCommands;
  private int words;
  private boolean failed;

  public QueuedCommands(Share share) {
    this.share = share;
  }

  public int count() {
    return count;
  }

  /** How many of them take long. */
  public int longCommands() {
    return longCommands;
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
   * @param isLong whether it takes long
   * @param commandWords how many words it has
   * @param commandBytes how many bytes the caller is about to write, at most
   * @throws MemoryShortageException if there is no room for them
   */
  public ByteBuf add(boolean isLong, int commandWords, int commandBytes) {
    bytes = share.withRoom(bytes, commandBytes, FIRST_BYTES);
    count++;
    longCommands += isLong ? 1 : 0;
    words += commandWords;
    return bytes;
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
