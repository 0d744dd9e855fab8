package io.speicher.dialect.resp;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.util.function.Consumer;

/**
 * Commands that wait for EXEC: copies of their words, outside the heap, which is small. Who has one
 * closes it.
 */
final class Transaction implements AutoCloseable {
  /** When it is executed, each command takes a few hundred bytes of the heap. */
  static final int MAX_COMMANDS = 1 << 16;

  /** For each command how many words it has, how long each of them is, and then the words. */
  private final ByteBuf queued = ByteBufAllocator.DEFAULT.directBuffer();

  private final int maxBytes;
  private int count;
  private boolean failed;

  Transaction(int maxBytes) {
    this.maxBytes = maxBytes;
  }

  void add(Arguments arguments) {
    if (failed) {
      return;
    }
    if (count == MAX_COMMANDS) {
      throw tooLong("commands", count + 1L, MAX_COMMANDS);
    }
    long bytes = queued.readableBytes() + arguments.copyBytes();
    if (bytes > maxBytes) {
      throw tooLong("bytes", bytes, maxBytes);
    }
    arguments.writeTo(queued);
    count++;
  }

  private static RefusedException tooLong(String what, long number, int max) {
    return new RefusedException(
        "ERR transaction too long: " + what + "=" + number + " (expected: up to " + max + ")");
  }

  int count() {
    return count;
  }

  /** Takes the commands out, one after the other. Their words stay where they are until it ends. */
  void forEach(Consumer<Arguments> action) {
    while (queued.isReadable()) {
      action.accept(Arguments.readFrom(queued));
    }
  }

  /** Makes EXEC refuse the whole. */
  void fail() {
    failed = true;
    queued.clear();
  }

  boolean hasFailed() {
    return failed;
  }

  /** What it still holds, for tests. */
  boolean isClosed() {
    return queued.refCnt() == 0;
  }

  @Override
  public void close() {
    queued.release();
  }
}
