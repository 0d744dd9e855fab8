package io.speicher.server.command;

import io.speicher.dialect.MemoryShortageException;
import io.speicher.dialect.ReplyBuffer;
import io.speicher.protocol.Command;

/**
 * What is left of a command that is executed in slices, so that nobody waits long for a command
 * over many keys, and its reply does not have to be in memory as a whole. Between two slices what
 * was written may be sent, and other connections have their turn.
 *
 * <p>Used like {@link CommandExecutor#execute}, between {@link CommandExecutor#begin} and {@link
 * CommandExecutor#end}.
 */
public interface Work extends AutoCloseable {
  /** So much is written in a slice, or one element if that is longer. */
  int SLICE_BYTES = 256 << 10;

  /**
   * Does the next slice, and returns whether that was the last one.
   *
   * @param deadlineNanos when the slice is to end, by {@link System#nanoTime}
   * @throws MemoryShortageException if the next element cannot be written for want of memory; what
   *     was written before it stays, and this may be called again
   */
  boolean goOn(ReplyBuffer out, long deadlineNanos);

  /**
   * Says that the bytes of the command have moved, and what it was decoded to where they are now.
   */
  void movedTo(Command same, ReplyBuffer out);

  /** Whether it goes on only when all that it has written is with the kernel. */
  default boolean waitsUntilSent() {
    return false;
  }

  /** Whether its next slice cannot be divided, and may take milliseconds. */
  default boolean isLong() {
    return false;
  }

  /** Whether it has written nothing so far, so that something else may be sent before. */
  default boolean isBetweenReplies() {
    return false;
  }

  /** Whether it does not wait for another thread. */
  default boolean mayGoOn() {
    return true;
  }

  /** Runs {@code action} once, on any thread, when {@link #mayGoOn} has become true. */
  default void whenItMayGoOn(Runnable action) {
    action.run();
  }

  /** Gives back what it holds, whether it has come to its end or not. */
  @Override
  default void close() {}
}
