package io.speicher.server.net;

import static java.util.Objects.requireNonNull;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.util.concurrent.Future;
import io.speicher.dialect.Share;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * What one connection sends. A socket that takes everything at once needs nothing here. What it
 * does not take waits in memory of the connection: first what is in flight, which the channel has,
 * and behind it the backlog, which is handed over as a whole when nothing is in flight. So many
 * small replies that are not taken cost as much as they are long.
 *
 * <p>Each buffer has one owner: the channel from when it is written, until then this.
 */
final class Outgoing {
  private static final int MIN_BUFFER_BYTES = 256;
  private static final int MAX_BUFFER_BYTES = 64 << 10;

  private final Share share;
  private final Runnable drained;
  private @Nullable ChannelHandlerContext context;

  private long inFlightBytes;
  private @Nullable ArrayDeque<ByteBuf> backlog;
  private long backlogBytes;

  private boolean isEncrypted;

  /** What is counted for encrypted bytes that the socket has not taken: as much as they hold. */
  private long encryptedBytes;

  /**
   * @param drained called when all is with the kernel that has been waiting here
   */
  Outgoing(Share share, Runnable drained) {
    this.share = share;
    this.drained = drained;
  }

  void open(ChannelHandlerContext newContext) {
    context = newContext;
  }

  /** What is written is encrypted from now on, and thus copied, into memory of Netty. */
  void encrypt() {
    isEncrypted = true;
  }

  private ChannelHandlerContext context() {
    return requireNonNull(context);
  }

  /** How many bytes are not with the kernel yet, at most. */
  long unsentBytes() {
    return inFlightBytes + backlogBytes;
  }

  /** How many bytes the channel has not given to the kernel: less than before if the peer reads. */
  long pendingBytes() {
    ChannelOutboundBuffer pending = context().channel().unsafe().outboundBuffer();
    return backlogBytes + (pending == null ? 0 : pending.totalPendingWriteBytes());
  }

  /** Sends these bytes, which are needed here no more when this returns. */
  void sendFromPage(ByteBuf view) {
    ChannelHandlerContext ctx = context();
    if (!ctx.channel().isActive()) {
      return;
    }
    if (inFlightBytes > 0) {
      append(view);
      return;
    }
    if (isEncrypted) {
      sendEncrypted(view);
      return;
    }
    ctx.writeAndFlush(view.retain(), ctx.voidPromise());
    if (view.refCnt() > 1) {
      moveUnsent(view);
    }
  }

  /**
   * Sends a copy: in the middle of a handshake, or of a change of keys, bytes wait to be encrypted
   * and cannot be taken back.
   */
  private void sendEncrypted(ByteBuf view) {
    ByteBuf copy = context().alloc().directBuffer(view.readableBytes()).writeBytes(view);
    inFlightBytes = copy.readableBytes();
    ChannelFuture sent = context().writeAndFlush(copy);
    if (sent.isSuccess()) {
      inFlightBytes = 0; // Nobody has waited, and nobody is to be told.
    } else {
      waitUntilWritten(sent);
    }
  }

  private void waitUntilWritten(ChannelFuture sent) {
    if (isEncrypted && !sent.isDone()) {
      encryptedBytes = inFlightBytes;
      share.takeHeld(encryptedBytes);
    }
    sent.addListener(this::written);
  }

  /** Takes what the socket has not taken out of the channel, and puts a copy in its place. */
  private void moveUnsent(ByteBuf view) {
    ByteBuf unsent = share.bufferForHeld(view.readableBytes()).writeBytes(view);
    ChannelOutboundBuffer pending = context().channel().unsafe().outboundBuffer();
    if (pending == null || !pending.remove()) {
      unsent.release();
      throw new IllegalStateException("the channel has not what was written to it");
    }
    write(new ArrayDeque<>(List.of(unsent)));
  }

  /** Sends these buffers, and releases them. */
  void send(List<ByteBuf> buffers) {
    if (!context().channel().isActive()) {
      buffers.forEach(ByteBuf::release);
    } else if (inFlightBytes > 0) {
      for (ByteBuf buffer : buffers) {
        backlog().add(buffer);
        backlogBytes += buffer.readableBytes();
      }
    } else {
      write(new ArrayDeque<>(buffers));
    }
  }

  private ArrayDeque<ByteBuf> backlog() {
    if (backlog == null) {
      backlog = new ArrayDeque<>(4);
    }
    return backlog;
  }

  /** Copies these bytes to the end of the backlog. */
  private void append(ByteBuf bytes) {
    backlogBytes += bytes.readableBytes();
    ByteBuf last = backlog().peekLast();
    int room = last == null ? 0 : Math.min(last.writableBytes(), bytes.readableBytes());
    if (last != null && room > 0) {
      last.writeBytes(bytes, room);
    }
    if (bytes.isReadable()) {
      int usual = last == null ? MIN_BUFFER_BYTES : Math.min(2 * last.capacity(), MAX_BUFFER_BYTES);
      ByteBuf next = share.bufferForHeld(Math.max(usual, bytes.readableBytes()));
      backlog().add(next.writeBytes(bytes));
    }
  }

  private void write(Queue<ByteBuf> buffers) {
    ChannelHandlerContext ctx = context();
    for (ByteBuf buffer : buffers) {
      inFlightBytes += buffer.readableBytes();
    }
    while (buffers.size() > 1) {
      ctx.write(buffers.remove(), ctx.voidPromise());
    }
    waitUntilWritten(ctx.writeAndFlush(buffers.remove()));
  }

  private void written(Future<?> result) {
    inFlightBytes = 0;
    share.giveBack(encryptedBytes);
    encryptedBytes = 0;
    Queue<ByteBuf> next = backlog;
    if (!result.isSuccess()) {
      close();
    } else if (next == null) {
      drained.run();
    } else {
      backlog = null;
      backlogBytes = 0;
      write(next);
    }
  }

  /** Gives back what has not been handed to the channel. */
  void close() {
    if (backlog != null) {
      backlog.forEach(ByteBuf::release);
      backlog = null;
      backlogBytes = 0;
    }
  }
}
