package io.speicher.dialect;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;

/**
 * What a command needs beside the received bytes that it lies in, until it has been answered: for
 * strings that are spelled there in another way. A few bytes are on the heap, more are outside it
 * and counted by the {@link Share} of the connection. Whoever has one closes it.
 */
public final class CommandMemory implements AutoCloseable {
  private static final int MAX_HEAP_BYTES = 16 << 10;

  private final Share share;
  private int heapBytes;
  private int roomBytes;
  private ByteBuf room = Unpooled.EMPTY_BUFFER;

  public CommandMemory(Share share) {
    this.share = share;
  }

  /**
   * Forgets what the command before needed.
   *
   * @param newRoomBytes more than the next one will ask for in all
   */
  public void begin(int newRoomBytes) {
    close();
    roomBytes = newRoomBytes;
  }

  /**
   * A place for so many bytes, until the command has been answered.
   *
   * @throws MemoryShortageException if the connection may not hold as much
   */
  public ByteBuffer take(int bytes) {
    if (heapBytes + bytes <= MAX_HEAP_BYTES) {
      heapBytes += bytes;
      return ByteBuffer.allocate(bytes);
    }
    if (room.capacity() == 0) {
      room = share.buffer(roomBytes);
    }
    int index = room.writerIndex();
    room.writerIndex(index + bytes);
    return room.nioBuffer(index, bytes);
  }

  /** Gives everything back. It may be used again. */
  @Override
  public void close() {
    room.release();
    room = Unpooled.EMPTY_BUFFER;
    heapBytes = 0;
  }
}
