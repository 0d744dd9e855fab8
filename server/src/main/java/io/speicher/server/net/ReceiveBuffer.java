package io.speicher.server.net;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.DefaultMaxMessagesRecvByteBufAllocator;
import io.netty.channel.RecvByteBufAllocator;
import io.speicher.dialect.Account;
import io.speicher.dialect.ReceivedBytes;

/**
 * Where an event loop reads to: its connections take turns with one buffer, and what several of
 * them have received may lie there one behind the other. Only what a connection cannot finish has
 * memory of its own. Only the thread of the loop uses it.
 *
 * <pre>
 *  0          start        start       end
 *  | headroom | received   | received  | what is read next |
 * </pre>
 */
final class ReceiveBuffer {

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

  /** What is read at a time while memory is short: it has to be kept if it cannot be finished. */
  private static final int SHORT_READ_BYTES = 4 << 10;

  /** So much does not wait for more: it should still be in the cache. 16 KiB are no better. */
  private static final int MAX_WAITING_BYTES = 64 << 10;

  /** Before what is read there is room for what was left over of the last read. */
  private static final int HEADROOM_BYTES = MAX_WAITING_BYTES + READ_BYTES;

  private final Account account;

  /** Not watched for leaks: it lives as long as the loop. */
  private final ByteBuf buffer =
      new UnpooledByteBufAllocator(true, true)
          .directBuffer(HEADROOM_BYTES + MAX_WAITING_BYTES + READ_BYTES);

  private final ReceivedBytes all = new ReceivedBytes(buffer);
  private final Receiver receiver = new Receiver();
  private int end = HEADROOM_BYTES;

  ReceiveBuffer(Account account) {
    this.account = account;
  }

  /** Has a channel read to this buffer. A message is all of it or a slice; it is released once. */
  RecvByteBufAllocator receiver() {
    return receiver;
  }

  /** Whether the last read found that the peer has closed its half: nothing more will come. */
  boolean hasEnded() {
    return receiver.handle.lastBytesRead() < 0;
  }

  /** Whether the last read took all that the socket had. */
  boolean hasEmptiedSocket() {
    return receiver.handle.lastBytesRead() < receiver.handle.attemptedBytesRead();
  }

  /** What a message holds, with its views: those of this buffer are made once. */
  @SuppressWarnings("ReferenceEquality") // Only a matter of speed: others are as good.
  ReceivedBytes viewed(ByteBuf message) {
    return message == buffer ? all : new ReceivedBytes(message);
  }

  /** Whether a message lies here, and not in memory of its own. */
  @SuppressWarnings("ReferenceEquality") // There is one such buffer.
  boolean owns(ByteBuf message) {
    return message == buffer || message.unwrap() == buffer;
  }

  /**
   * Leaves a message where it is until {@link #clear}, if it is what was read last; true if that is
   * enough by now. What was decrypted lies elsewhere, and no longer where it was read to.
   */
  boolean keep(ByteBuf message) {
    if (owns(message)) {
      end += receiver.handle.lastBytesRead();
    }
    return end - HEADROOM_BYTES >= MAX_WAITING_BYTES;
  }

  /**
   * Runs something that reads what was left here. The indexes of the buffer stay what they are: the
   * message that was received last may not have been looked at yet.
   */
  void keepingIndexes(Runnable action) {
    int readerIndex = buffer.readerIndex();
    int writerIndex = buffer.writerIndex();
    try {
      action.run();
    } finally {
      buffer.setIndex(readerIndex, writerIndex);
    }
  }

  /** What was left there is needed no more. */
  void clear() {
    end = HEADROOM_BYTES;
  }

  void release() {
    buffer.release();
  }

  /** What Netty asks where to read to, and how long to go on: one channel after the other. */
  private final class Receiver extends DefaultMaxMessagesRecvByteBufAllocator {
    private final MaxMessageHandle handle =
        new MaxMessageHandle() {
          @Override
          public ByteBuf allocate(ByteBufAllocator channelAllocator) {
            lastBytesRead(0); // Or a read that fails would leave what the one before has found.
            return account.isShort()
                ? buffer.retainedSlice(end, SHORT_READ_BYTES).clear()
                : buffer.setIndex(end, end).retain();
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
