package io.speicher.server.net;

import static java.util.Objects.requireNonNull;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.ChannelHandlerContext;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The replies of an event loop that are not with the kernel yet. They lie one behind the other in
 * one buffer, and go out when all connections that had something to say have been answered.
 *
 * <p>To wake a peer that waits for its reply costs more than to send it; and a peer that has just
 * been woken is awake for the replies that follow. So a GET at 64 costs 14 percent less than if
 * each connection were answered at once. Only the thread of the loop uses it.
 */
@SuppressWarnings("ReferenceEquality") // A connection has one context.
public final class Outbox {

  /** So much does not wait for more: it should still be in the processor's cache when it goes. */
  private static final int MAX_WAITING_BYTES = 128 << 10;

  /** Nor do so many connections: the first one has waited long enough. */
  private static final int MAX_WAITING = 64;

  /** To begin with. A channel whose peer takes nothing keeps a whole buffer. */
  private static final int BUFFER_BYTES = 64 << 10;

  /** A buffer that has grown beyond this goes. */
  private static final int MAX_KEPT_BYTES = 1 << 20;

  /** Not watched for leaks: the buffers live as long as the loop. */
  private final ByteBufAllocator allocator = new UnpooledByteBufAllocator(true, true);

  /** Where replies are appended, while those of the other one are sent: that may lead to more. */
  private Batch filling = new Batch();

  private Batch other = new Batch();

  /** Whose replies are being appended. */
  private @Nullable ChannelHandlerContext present;

  private boolean sending;

  /**
   * Replies to several connections.
   *
   * <pre>
   *  0                  ends[0]           ends[1] = start         writer index
   *  |  to waiting[0]   |  to waiting[1]  |  to the present one   |
   * </pre>
   */
  private final class Batch {
    ByteBuf buffer = allocator.directBuffer(BUFFER_BYTES);

    /** Shows the channels their parts of the buffer. */
    ByteBuf view = buffer.duplicate();

    @Nullable ChannelHandlerContext[] waiting = new ChannelHandlerContext[MAX_WAITING];
    int[] ends = new int[MAX_WAITING];
    int count;
    int start;

    void add(ChannelHandlerContext ctx) {
      if (count == waiting.length) { // While the other one is being sent.
        waiting = Arrays.copyOf(waiting, 2 * count);
        ends = Arrays.copyOf(ends, 2 * count);
      }
      start = buffer.writerIndex();
      waiting[count] = ctx;
      ends[count] = start;
      count++;
    }

    boolean isFull() {
      return start >= MAX_WAITING_BYTES || count >= MAX_WAITING;
    }

    void send() {
      int from = 0;
      for (int i = 0; i < count; i++) {
        ChannelHandlerContext ctx = requireNonNull(waiting[i]);
        waiting[i] = null;
        view.setIndex(from, ends[i]);
        from = ends[i];
        ctx.writeAndFlush(view.retain(), ctx.voidPromise());
        if (view.refCnt() > 1) {
          view = buffer.duplicate(); // The channel keeps that one until its peer takes the replies.
        }
      }
      count = 0;
      start = 0;
      if (buffer.refCnt() > 1 || buffer.capacity() > MAX_KEPT_BYTES) {
        buffer.release();
        buffer = allocator.directBuffer(BUFFER_BYTES);
        view = buffer.duplicate();
      }
      buffer.clear();
    }
  }

  /** Where the replies to a connection are to be appended, until they are sent. */
  ByteBuf of(ChannelHandlerContext ctx) {
    if (present != ctx) {
      filling.buffer.writerIndex(filling.start); // What one has left that failed is nobody's.
      present = ctx;
    }
    return filling.buffer;
  }

  /** How many bytes have been appended for the present connection. */
  int bytes() {
    return filling.buffer.writerIndex() - filling.start;
  }

  /**
   * Keeps what was appended for a connection, to be sent by {@link #sendAll}. If that is enough,
   * all is sent at once.
   *
   * @return how many bytes were appended, maybe none
   */
  int add(ChannelHandlerContext ctx) {
    int bytes = present == ctx ? bytes() : 0;
    if (bytes == 0) {
      return 0;
    }
    present = null;
    filling.add(ctx);
    if (filling.isFull()) {
      sendAll();
    }
    return bytes;
  }

  /** Sends all that waits, and what is added meanwhile: a channel may go on as soon as it can. */
  void sendAll() {
    if (sending) {
      return;
    }
    sending = true;
    try {
      while (filling.count > 0) {
        Batch full = filling;
        filling = other;
        other = full;
        present = null;
        full.send();
      }
    } finally {
      sending = false;
    }
  }

  public void release() {
    filling.buffer.release();
    other.buffer.release();
  }
}
