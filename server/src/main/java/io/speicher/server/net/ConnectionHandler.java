package io.speicher.server.net;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.timeout.IdleStateEvent;
import io.speicher.dialect.Dialect;
import io.speicher.protocol.Command;
import io.speicher.protocol.Counter;
import io.speicher.protocol.ProtocolException;
import io.speicher.protocol.Reply;
import io.speicher.server.command.CommandExecutor;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Runs the commands of one connection and writes their replies, in the order the commands came.
 *
 * <p>Everything read in one go is answered in one flush. A peer that does not take its replies may
 * not send more commands: that bounds our memory. All methods run on the connection's event loop.
 */
final class ConnectionHandler extends ChannelInboundHandlerAdapter {

  /*
   * A connection goes one way, and every way out passes FINISHING:
   *
   *   SERVING ──peer closed its half──> INPUT_ENDED ──all is answered──┐
   *      │ └───server stops───> DRAINING ──socket is empty─────────────┤
   *      └─────impossible frame length─────────────────────────────────┴─> FINISHING ──> closed
   *
   * FINISHING sends what is left and closes our half. It goes on reading for a moment and throws
   * away what comes: closing a socket with unread bytes makes the kernel send a reset, and a reset
   * makes the peer's kernel forget replies that its program has not read yet.
   */
  private enum State {
    SERVING,
    INPUT_ENDED,
    DRAINING,
    FINISHING
  }

  private static final Logger logger = System.getLogger(ConnectionHandler.class.getName());

  /** Replies are handed to the socket when there are this many bytes, even within one read. */
  private static final int MAX_UNFLUSHED_BYTES = 256 << 10;

  /** How long a peer that is to close its half may be silent in FINISHING, and may talk on. */
  private static final long FINISH_SILENCE_MILLIS = 1_000;

  private static final long FINISH_NANOS = TimeUnit.SECONDS.toNanos(10);

  /** How long a draining connection must bring nothing to be taken for silent. */
  private static final long SILENCE_MILLIS = 50;

  private final CommandExecutor executor;
  private final Inbox inbox;
  private final Outbox outbox;
  private final Turn turn;
  private final Connections connections;
  private final Dialects dialects;
  private final PortDialects portDialects;
  private final Connection connection;

  /** How the peer speaks; null until its first bytes have told. */
  private @Nullable DialectPool spoken;

  /** What speaks with it, while it is answered, and longer if there is something to remember. */
  private @Nullable Dialect dialect;

  private State state = State.SERVING;

  /** What was read and not yet executed; nothing is kept in the loop's buffer. */
  private ByteBuf input = Unpooled.EMPTY_BUFFER;

  /** Whether something was received that waits in the inbox. */
  private boolean waiting;

  /** Whether {@link #answer} is under way. */
  private boolean answering;

  /** Whether commands wait because one before them wants it so. */
  private boolean paused;

  /** Whether the last read took everything that the socket had. */
  private boolean socketEmptied;

  /** Whether something was read since {@link #finishWhenSilent} or closeWhenSilent last looked. */
  private boolean heard;

  /** What the socket may have held when the draining began, less what was read since. */
  private int drainableBytes;

  private volatile boolean sentAll;

  ConnectionHandler(
      Loop loop, Connections connections, PortDialects portDialects, Connection connection) {
    executor = loop.executor();
    dialects = loop.dialects();
    inbox = loop.inbox();
    outbox = loop.outbox();
    turn = loop.turn();
    this.connections = connections;
    this.portDialects = portDialects;
    this.connection = connection;
  }

  Connection connection() {
    return connection;
  }

  @Override
  public void channelActive(ChannelHandlerContext ctx) {
    executor.count(Counter.CONNECTIONS, 1);
    if (!connections.admit(ctx.channel(), this)) {
      executor.count(Counter.REJECTED_CONNECTIONS, 1);
      String message =
          "too many connections (expected: at most " + connections.max() + "); try again later";
      Dialect first = portDialects.first(dialects).take();
      first.encode(new Reply.Failed(Reply.UNAVAILABLE, message), outbox.of(ctx));
      finish(ctx);
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    connections.release(ctx.channel());
    input.release();
    input = Unpooled.EMPTY_BUFFER;
    if (dialect != null) {
      dialect.close();
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    ByteBuf bytes = (ByteBuf) message;
    socketEmptied = bytes.isWritable();
    heard = true;
    connection.heard();
    executor.count(Counter.READ_BYTES, bytes.readableBytes());
    drainableBytes -= bytes.readableBytes();
    if (waiting || input.isReadable()) {
      inbox.answerAll(); // What came before comes first, and may need the room before this.
    }
    if (state == State.FINISHING) {
      bytes.release();
    } else if (state == State.SERVING && !input.isReadable()) {
      waiting = true;
      bytes.release();
      inbox.add(ctx);
      turn.endSoon(ctx);
    } else {
      join(ctx, bytes);
      answer(ctx, 0);
    }
  }

  /** Looks ahead for commands in what was received, and returns how many there are. */
  int lookAhead(ByteBuf received) {
    if (dialect != null) {
      return executor.lookAhead(dialect, received);
    }
    if (spoken == null) {
      return 0;
    }
    Dialect speaking = spoken.take();
    int commands = executor.lookAhead(speaking, received);
    spoken.giveBack(speaking);
    return commands;
  }

  /**
   * Answers what has waited in the inbox.
   *
   * @param ahead how many of its commands have been read ahead for
   */
  void answerReceived(ChannelHandlerContext ctx, ByteBuf received, int ahead) {
    waiting = false;
    if (state == State.FINISHING || !ctx.channel().isActive()) {
      return;
    }
    try {
      join(ctx, received.retain());
      answer(ctx, ahead);
    } catch (Throwable e) {
      exceptionCaught(ctx, e); // As if the pipeline had called.
    }
    sendSoon(ctx);
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    if (inbox.hasEnded()) {
      inbox.answerAll();
    }
    sendSoon(ctx);
    if (inbox.hasEnded()) {
      endInput(ctx);
    } else if (state == State.DRAINING && (socketEmptied || drainableBytes <= 0)) {
      finishWhenAnswered(ctx);
    }
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    // While answer is under way a flush in it may lead here: then it goes on by itself.
    if (ctx.channel().isWritable() && state != State.FINISHING && !answering) {
      answer(ctx, 0);
      flush(ctx);
      if (state == State.INPUT_ENDED) {
        finishWhenAnswered(ctx);
      } else if (state == State.DRAINING) {
        finishWhenSilent(ctx); // Nothing was read while the peer did not take its replies.
      }
    }
    readOnOrWait(ctx);
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event instanceof IdleStateEvent) {
      ctx.close();
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    switch (cause) {
      case ProtocolException e -> {
        // Where the next command starts is lost.
        (dialect == null ? portDialects.first(dialects).take() : dialect)
            .encode(new Reply.Refused(Reply.BAD_REQUEST, e.reason()), outbox.of(ctx));
        finish(ctx);
      }
      case IOException _ -> ctx.close(); // The peer went away, which is not news.
      default -> {
        logger.log(Level.ERROR, "connection failed: peer=" + ctx.channel().remoteAddress(), cause);
        ctx.close();
      }
    }
  }

  /** Answers what has been received, and then closes. Called when the server stops. */
  void drain(ChannelHandlerContext ctx) {
    if (state == State.SERVING) {
      state = State.DRAINING;
      drainableBytes = ctx.channel().config().getOption(ChannelOption.SO_RCVBUF);
      finishWhenSilent(ctx);
    }
  }

  /** Whether every reply has been handed to the kernel and none will follow. Any thread may ask. */
  boolean hasSentAll() {
    return sentAll;
  }

  /**
   * What a peer has sent may still be in the socket. The draining ends when a read empties the
   * socket, or has brought as much as the socket could hold when it began (see channelReadComplete:
   * all that came later was not received when the server was told to stop); or when nothing comes.
   */
  private void finishWhenSilent(ChannelHandlerContext ctx) {
    heard = false;
    ctx.executor()
        .schedule(
            () -> {
              if (state == State.DRAINING && heard) {
                finishWhenSilent(ctx);
              } else if (state == State.DRAINING) {
                finishWhenAnswered(ctx);
              }
            },
            SILENCE_MILLIS,
            TimeUnit.MILLISECONDS);
  }

  /**
   * Executes commands until the input has no whole one left, or the peer has to take replies.
   *
   * @param ahead how many have been read ahead for
   */
  private void answer(ChannelHandlerContext ctx, int ahead) {
    answering = true;
    executor.begin();
    try {
      answerWhileWritable(ctx, ahead);
    } finally {
      executor.end();
      answering = false;
      keepTheRest(ctx);
    }
  }

  private void answerWhileWritable(ChannelHandlerContext ctx, int ahead) {
    DialectPool pool = spoken == null ? portDialects.detect(input, dialects) : spoken;
    if (pool == null) {
      return;
    }
    Dialect speaking = dialect == null ? pool.take() : dialect;
    spoken = pool;
    dialect = speaking;
    int prefetched = ahead;
    while (ctx.channel().isWritable() && !paused && state != State.FINISHING) {
      if (prefetched == 0 && input.isReadable()) {
        executor.beginAhead();
        prefetched = Math.max(1, executor.lookAhead(speaking, input));
        executor.prefetch();
      }
      prefetched--;
      Command command = speaking.decode(input);
      if (command == null) {
        break;
      }
      ByteBuf out = outbox.of(ctx);
      executor.execute(command, connection, speaking, out);
      switch (connection.takeAfter()) {
        case GO_ON -> {}
        case FINISH -> finish(ctx);
        case PAUSE -> pause(ctx);
      }
      if (outbox.bytes() >= MAX_UNFLUSHED_BYTES) {
        flush(ctx);
      }
    }
    if (speaking.isAtRest()) {
      pool.giveBack(speaking);
      dialect = null;
    }
  }

  private void pause(ChannelHandlerContext ctx) {
    paused = true;
    readOnOrWait(ctx);
    ctx.executor()
        .schedule(
            () -> {
              paused = false;
              channelWritabilityChanged(ctx);
            },
            connection.pauseMillis(),
            TimeUnit.MILLISECONDS);
  }

  private void sendSoon(ChannelHandlerContext ctx) {
    int bytes = outbox.add(ctx);
    if (bytes > 0) {
      executor.count(Counter.WRITTEN_BYTES, bytes);
      turn.endSoon(ctx);
    }
  }

  private void flush(ChannelHandlerContext ctx) {
    sendSoon(ctx);
    outbox.sendAll();
  }

  /**
   * Appends to the input. Room grows with what has arrived and never with what a length announces:
   * it at most doubles.
   */
  private void join(ChannelHandlerContext ctx, ByteBuf bytes) {
    if (input.readableBytes() <= bytes.readableBytes()) {
      inbox.prepend(input);
      input = bytes;
      return;
    }
    if (input.writableBytes() < bytes.readableBytes()) {
      int needed = input.readableBytes() + bytes.readableBytes();
      ByteBuf larger = ctx.alloc().ioBuffer(2 * needed).writeBytes(input);
      input.release();
      input = larger;
    }
    input.writeBytes(bytes);
    bytes.release();
  }

  /** The buffer of the loop is for the next connection: what is left over moves out. */
  private void keepTheRest(ChannelHandlerContext ctx) {
    if (!input.isReadable()) {
      input.release();
      input = Unpooled.EMPTY_BUFFER;
    } else if (inbox.isReceived(input)) {
      ByteBuf rest = ctx.alloc().ioBuffer(input.readableBytes()).writeBytes(input);
      input.release();
      input = rest;
    }
  }

  /** Reads only while the peer takes its replies, or while what it sends is thrown away. */
  private void readOnOrWait(ChannelHandlerContext ctx) {
    DuplexChannel channel = (DuplexChannel) ctx.channel();
    if (channel.isActive() && !channel.isInputShutdown()) {
      channel.config().setAutoRead((channel.isWritable() && !paused) || state == State.FINISHING);
    }
  }

  /**
   * The peer has closed its half. Netty is about to close the channel, unless that has shut its own
   * input by then: what this end has to say may take a while.
   */
  private void endInput(ChannelHandlerContext ctx) {
    ((DuplexChannel) ctx.channel()).shutdownInput();
    if (state == State.FINISHING) {
      ctx.close();
    } else {
      state = State.INPUT_ENDED;
      finishWhenAnswered(ctx);
    }
  }

  /** Finishes unless commands wait for the peer to take its replies; then that comes first. */
  private void finishWhenAnswered(ChannelHandlerContext ctx) {
    if (ctx.channel().isWritable()) {
      finish(ctx);
    }
  }

  private void finish(ChannelHandlerContext ctx) {
    boolean inputEnded = state == State.INPUT_ENDED;
    state = State.FINISHING;
    flush(ctx);
    if (inputEnded) {
      ctx.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
      return;
    }
    readOnOrWait(ctx);
    ctx.writeAndFlush(Unpooled.EMPTY_BUFFER)
        .addListener(sent -> {
          sentAll = true;
          ((DuplexChannel) ctx.channel()).shutdownOutput();
          closeWhenSilent(ctx, System.nanoTime() + FINISH_NANOS);
        });
  }

  /** A peer that still sends has replies to read before it learns that nobody listens. */
  private void closeWhenSilent(ChannelHandlerContext ctx, long deadlineNanos) {
    heard = false;
    ctx.executor()
        .schedule(
            () -> {
              if (heard && System.nanoTime() - deadlineNanos < 0) {
                closeWhenSilent(ctx, deadlineNanos);
              } else {
                ctx.close();
              }
            },
            FINISH_SILENCE_MILLIS,
            TimeUnit.MILLISECONDS);
  }
}
