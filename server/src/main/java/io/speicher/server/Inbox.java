package io.speicher.server;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.DefaultMaxMessagesRecvByteBufAllocator;
import io.netty.channel.RecvByteBufAllocator;

/**
 * Where an event loop reads to. Commands are executed as soon as they are read; so the connections
 * of a loop take turns with one buffer. Only what a connection cannot finish has memory of its own.
 */
final class Inbox {

  /*
   * A buffer for each read and one for its replies took about 8 percent of the CPU time of a GET
   * without pipelining, and a connection kept what it had not used yet.
   */

  /**
   * What is read at a time. What is left over of a read is copied twice: with 64 KiB, a SET of 10
   * KiB took 1.3 to 1.7 times as long as with this, at 16 and 64 at a time, and one of 1 KiB 1.1
   * and 1.3 times; with 512 KiB as long. Memory is touched only as far as bytes come.
   */
  private static final int READ_BYTES = 256 << 10;

  /** Before what is read there is room for what was left over of the last read. */
  private static final int HEADROOM_BYTES = 256 << 10;

  /** Not watched for leaks: these buffers live as long as the loop. */
  private final ByteBufAllocator allocator = new UnpooledByteBufAllocator(true, true);

  private final ByteBuf received = allocator.directBuffer(HEADROOM_BYTES + READ_BYTES);

  private final Receiver receiver = new Receiver();

  /** Has a channel read to the buffer of its loop, which it gives back by releasing it. */
  RecvByteBufAllocator receiver() {
    return receiver;
  }

  /** Whether the last read found that the peer has closed its half: nothing more will come. */
  boolean hasEnded() {
    return receiver.handle.lastBytesRead() < 0;
  }

  /** Whether this is the buffer that all channels of the loop read to. */
  @SuppressWarnings("ReferenceEquality") // Another one may have the same bytes.
  boolean isReceived(ByteBuf buffer) {
    return buffer == received;
  }

  /**
   * Puts what was left over of an earlier read before what was received now.
   *
   * @param rest not longer than what was received; it is released
   */
  void prepend(ByteBuf rest) {
    int start = received.readerIndex() - rest.readableBytes();
    received.setBytes(start, rest).readerIndex(start);
    rest.release();
  }

  void release() {
    received.release();
  }

  /** What Netty asks where to read to, and how long to go on: one channel after the other. */
  private final class Receiver extends DefaultMaxMessagesRecvByteBufAllocator {
    private final MaxMessageHandle handle =
        new MaxMessageHandle() {
          @Override
          public ByteBuf allocate(ByteBufAllocator channelAllocator) {
            lastBytesRead(0); // Or a read that fails would leave what the one before has found.
            return received.setIndex(HEADROOM_BYTES, HEADROOM_BYTES).retain();
          }

          @Override
          public int guess() {
            return READ_BYTES;
          }
        };

    /** One for all channels of the loop: it is reset before each read, and only that counts. */
    @Override
    @SuppressWarnings("deprecation") // Netty's signature.
    public Handle newHandle() {
      return handle;
    }
  }
}
