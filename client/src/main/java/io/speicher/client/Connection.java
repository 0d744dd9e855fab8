package io.speicher.client;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.speicher.protocol.ProtocolException;
import io.speicher.protocol.Reply;
import io.speicher.protocol.json.JsonReplyDecoder;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One connection, from its first byte to its last: sends commands and gives each the reply that is
 * its own. All of it runs on the event loop.
 *
 * <p>Replies come in the order of the commands, so the oldest command in flight owns the next
 * reply, even if nobody waits for it any more. A connection on which anything went wrong is closed
 * and never used again: what was in flight then has no reply, and a new connection starts with
 * nothing in flight.
 */
final class Connection extends ChannelInboundHandlerAdapter {
  /** Commands are gathered into buffers of about this size. */
  private static final int BATCH_BYTES = 64 << 10;

  private final Dispatcher dispatcher;
  private final Settings settings;
  private final JsonReplyDecoder decoder;
  private final ArrayDeque<PendingCommand<?>> inFlight = new ArrayDeque<>();
  private ByteBuf received = Unpooled.EMPTY_BUFFER;
  private long receivedNanos = System.nanoTime();

  private @Nullable Channel channel;

  /** Why the connection ends, or null while it serves. */
  private @Nullable String endReason;

  private @Nullable Throwable endCause;

  Connection(Dispatcher dispatcher, Settings settings) {
    this.dispatcher = dispatcher;
    this.settings = settings;
    decoder = new JsonReplyDecoder(settings.maxFrameBytes());
  }

  @Override
  public void channelActive(ChannelHandlerContext ctx) {
    channel = ctx.channel();
    dispatcher.connected(this);
  }

  // Commands out.

  /**
   * Sends commands of {@code waiting} in one flush, as long as the network takes them. The rest has
   * to wait until the dispatcher is told that the channel is writable again.
   */
  void send(Queue<PendingCommand<?>> waiting) {
    Channel channel = this.channel;
    if (channel == null || endReason != null || waiting.isEmpty()) {
      return;
    }
    long nowNanos = System.nanoTime();
    while (!waiting.isEmpty() && channel.isWritable()) {
      ByteBuf batch = channel.alloc().buffer();
      while (!waiting.isEmpty() && batch.readableBytes() < BATCH_BYTES) {
        send(waiting.remove(), nowNanos, batch);
      }
      channel.write(batch, channel.voidPromise());
    }
    channel.flush();
  }

  private void send(PendingCommand<?> command, long nowNanos, ByteBuf batch) {
    if (command.isDone()) {
      dispatcher.release();
    } else {
      batch.writeBytes(command.send(nowNanos));
      inFlight.add(command);
    }
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    if (ctx.channel().isWritable()) {
      dispatcher.sendSoon();
    }
  }

  // Replies in.

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    received =
        ByteToMessageDecoder.MERGE_CUMULATOR.cumulate(ctx.alloc(), received, (ByteBuf) message);
    receivedNanos = System.nanoTime();
    try {
      while (endReason == null) {
        Reply reply = decoder.decode(received);
        if (reply == null) {
          break;
        }
        answer(reply);
      }
    } catch (ProtocolException e) {
      endMalformed(e.reason());
    }
    if (received.isReadable()) {
      received.discardSomeReadBytes();
    } else {
      received.release();
      received = Unpooled.EMPTY_BUFFER;
    }
  }

  private void answer(Reply reply) {
    PendingCommand<?> command = inFlight.peek();
    if (command == null) {
      endUnasked(reply);
    } else if (!command.operation().allows(reply)) {
      endMalformed("a status that does not fit the command");
    } else {
      inFlight.remove();
      dispatcher.answered(reply);
      if (!command.isDone()) {
        command.complete(detached(reply));
      }
    }
  }

  /** A reply that stays valid when the buffer that it was read from is gone. */
  private static Reply detached(Reply reply) {
    if (reply instanceof Reply.Value value) {
      ByteBuffer copy = ByteBuffer.allocate(value.bytes().remaining());
      copy.put(value.bytes().duplicate()).flip();
      return new Reply.Value(value.kind(), copy);
    }
    return reply;
  }

  // The end.

  /** A server with too many connections says so to a new one, and closes it. */
  private void endUnasked(Reply reply) {
    if (reply instanceof Reply.Failed failed) {
      end("the server turned the connection away: " + failed.message(), null);
    } else {
      end("the server sent a reply that nobody asked for", null);
    }
  }

  private void endMalformed(String reason) {
    PendingCommand<?> command = inFlight.poll();
    if (command != null) {
      dispatcher.release();
      command.failMalformed(reason);
    }
    end("malformed reply: " + reason, null);
  }

  /**
   * Fails the commands whose time is over, and gives the connection up if it is stuck: a command
   * went unanswered for its own timeout and that of the client, and nothing at all was received
   * since it was sent.
   *
   * @return the nanoseconds until this has to be called again; {@link Long#MAX_VALUE} for never
   */
  long expire(long nowNanos) {
    long nextNanos = Long.MAX_VALUE;
    for (PendingCommand<?> command : inFlight) {
      nextNanos = Math.min(nextNanos, command.expire(nowNanos));
      if (command.isDone() && receivedNanos - command.sentNanos() <= 0) {
        long leftNanos = command.sentNanos() + settings.timeoutNanos() - nowNanos;
        if (leftNanos <= 0) {
          long silentMillis = TimeUnit.NANOSECONDS.toMillis(nowNanos - command.sentNanos());
          end("the server sent nothing for " + silentMillis + " ms", null);
          return Long.MAX_VALUE;
        }
        nextNanos = Math.min(nextNanos, leftNanos);
      }
    }
    return nextNanos;
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    end(String.valueOf(cause.getMessage()), cause);
  }

  /** Closes the connection; what is in flight fails when that is done, in a later turn. */
  private void end(String reason, @Nullable Throwable cause) {
    if (endReason == null && channel != null) {
      endReason = reason;
      endCause = cause;
      channel.close();
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    String reason = endReason;
    if (reason == null) {
      reason =
          received.isReadable()
              ? "the server closed the connection in the middle of a reply"
              : "the server closed the connection";
      endReason = reason;
    }
    received.release();
    for (PendingCommand<?> command = inFlight.poll(); command != null; command = inFlight.poll()) {
      dispatcher.release();
      command.failLost(reason, endCause);
    }
    dispatcher.lost(reason);
  }

  /** Fails what is in flight because the client is closed, and closes the connection. */
  void close() {
    for (PendingCommand<?> command = inFlight.poll(); command != null; command = inFlight.poll()) {
      command.failClosed();
    }
    end("the client is closed", null);
  }
}
