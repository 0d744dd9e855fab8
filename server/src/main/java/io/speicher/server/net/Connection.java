package io.speicher.server.net;

import static java.util.Objects.requireNonNull;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.DuplexChannel;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.netty.handler.timeout.IdleStateEvent;
import io.speicher.dialect.Ahead;
import io.speicher.dialect.CommandName;
import io.speicher.dialect.Dialect;
import io.speicher.dialect.MemoryShortageException;
import io.speicher.dialect.Plain;
import io.speicher.dialect.Pushes;
import io.speicher.dialect.QueuedCommands;
import io.speicher.dialect.ReceivedBytes;
import io.speicher.dialect.ReplyBuffer;
import io.speicher.dialect.Session;
import io.speicher.dialect.Session.Names;
import io.speicher.dialect.Session.Replies;
import io.speicher.dialect.Share;
import io.speicher.protocol.Command;
import io.speicher.protocol.ConnectionInfo;
import io.speicher.protocol.Counter;
import io.speicher.protocol.ProtocolException;
import io.speicher.protocol.Reply;
import io.speicher.server.command.CommandExecutor;
import io.speicher.server.command.CommandStats;
import io.speicher.server.command.Lookahead;
import io.speicher.server.command.ReplyLostException;
import io.speicher.server.command.Work;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * One connection: executes its commands and writes their replies, in the order the commands came.
 *
 * <p>Everything read in one go is answered in one flush. A peer that does not take its replies has
 * its commands wait, and is not read from when they are many: that bounds our memory. All methods
 * run on the connection's event loop unless they say otherwise.
 */
final class Connection extends ChannelInboundHandlerAdapter {

  /*
   * A connection goes one way, and every way out passes FINISHING:
   *
   *   SERVING ──peer closed its half──> INPUT_ENDED ──all is answered──┐
   *      │ ├───server stops───> DRAINING ──socket is empty─────────────┤
   *      │ └───impossible frame length─────────────────────────────────┴─> FINISHING ──> closed
   *      └─────first bytes are HTTP──> HANDED_OVER ──> closed
   *
   * FINISHING sends what is left and closes our half. It goes on reading for a moment and throws
   * away what comes: closing a socket with unread bytes makes the kernel send a reset, and a reset
   * makes the peer's kernel forget replies that its program has not read yet.
   *
   * HANDED_OVER passes on copies of what comes, and what else the handlers behind have to be told:
   * see HttpHandover. It remains one of the connections that are counted and listed.
   */
  private enum State {
    SERVING,
    INPUT_ENDED,
    DRAINING,
    HANDED_OVER,
    FINISHING
  }

  private static final Logger logger = System.getLogger(Connection.class.getName());

  /** Commands wait while so much has been written that the peer has not taken. */
  private static final int MAX_UNSENT_BYTES = 1 << 20;

  /** Replies are handed to the socket when there are this many bytes, even within one read. */
  private static final int MAX_UNFLUSHED_BYTES = 256 << 10;

  /** What has received so much has a long command, or many. */
  private static final int LONG_BYTES = 64 << 10;

  /** Nothing is read while so much waits for its turn. */
  private static final int MAX_BACKLOG_BYTES = 256 << 10;

  /** Who holds no more once it has answered needs the reserve no longer. */
  private static final int MIN_RESERVED_BYTES = 64 << 10;

  /** How long a peer that is to close its half may be silent in FINISHING, and may talk on. */
  private static final long FINISH_SILENCE_MILLIS = 1_000;

  private static final long FINISH_NANOS = TimeUnit.SECONDS.toNanos(10);

  /** Whoever takes nothing of what it is told for so long is cut off. */
  private static final long PUSH_PATIENCE_MILLIS = 10_000;

  private static final long NOT_LOOKED = -1;

  /** How long a draining connection must bring nothing to be taken for silent. */
  private static final long SILENCE_MILLIS = 50;

  private final Turn turn;
  private final Connections connections;
  private final PortDialects portDialects;
  private final Session session;
  private final Outgoing outgoing;
  private final Input input;
  private final Progress progress;
  private final Stopwatch stopwatch;
  private final long startNanos = System.nanoTime();

  /** How the peer speaks; null until its first bytes have told. */
  private @Nullable DialectPool spoken;

  /** What speaks with it, while it is answered, and longer if it is in the middle of a command. */
  private @Nullable Dialect dialect;

  private State state = State.SERVING;

  /** What is left of a command that is executed in slices, and the bytes that it lies in. */
  private @Nullable Work work;

  private ByteBuf workBytes = Unpooled.EMPTY_BUFFER;

  /** Where that command begins in what is being answered, and what was agreed on before it. */
  private int workStart;

  private Replies workReplies = Replies.ON;

  /** Whether it was silent last because the server had not answered: it is given time again. */
  private boolean wasBusy;

  /** Whether there are as many others as there may be, so that nothing is executed. */
  private boolean isSurplus;

  /** Whether bytes of this connection wait in the turn. */
  private boolean waiting;

  /** Whether it is to go on in the next turn. */
  private boolean ready;

  /** Whether commands wait because one before them wants it so. */
  private boolean paused;

  /** Whether it waits for memory, and nothing is executed or read meanwhile. */
  private boolean starved;

  /** Whether it has to be told when it may hold more. */
  private boolean queued;

  /** Whether a command was executed since it was last allowed to hold more. */
  private boolean answered;

  /** Whether the peer has closed its half. */
  private boolean peerEnded;

  private boolean reading = true;

  /** Whether something was read since {@link #finishWhenSilent} or closeWhenSilent last looked. */
  private boolean heard;

  /** What the socket may have held when the draining began, less what was read since. */
  private int drainableBytes;

  // Written by the loop without more ado: whoever lists connections may see what was a moment ago.
  private long heardNanos = startNanos;
  private volatile boolean sentAll;

  private @Nullable ChannelHandlerContext context;

  /** What it is told of the commands of others; null for most. */
  private @Nullable Monitor monitor;

  /** What it is told of changes; null for most. */
  private @Nullable Pushes pushes;

  /** What the peer had not taken when it was last looked whether it takes what it is told. */
  private long untakenBytes = NOT_LOOKED;

  /** What encrypts it; null where that is nothing, or not known yet. */
  private @Nullable TlsHandler tls;

  /** Whether it speaks plain text where that is not allowed, so that nothing is executed. */
  private boolean isPlainText;

  Connection(Turn turn, Connections connections, PortDialects portDialects, Share share) {
    this.turn = turn;
    this.connections = connections;
    this.portDialects = portDialects;
    session = new Session(share, turn.executor().firstUser());
    outgoing = new Outgoing(share, this::sent);
    input = new Input(this);
    progress = new Progress(share);
    stopwatch = new Stopwatch(this);
  }

  Session session() {
    return session;
  }

  Share share() {
    return session.share();
  }

  Turn turn() {
    return turn;
  }

  private ChannelHandlerContext context() {
    return requireNonNull(context);
  }

  Channel channel() {
    return context().channel();
  }

  /** The address of the peer, as it is shown. */
  String peer() {
    return text(channel().remoteAddress());
  }

  // ---- encryption ----

  /** From now on this encrypts what is sent. */
  void encryptedBy(TlsHandler handler) {
    tls = handler;
    outgoing.encrypt();
  }

  /** Tells the peer that it has to speak TLS, as soon as its first bytes tell how it speaks. */
  void refusePlainText() {
    isPlainText = true;
  }

  // ---- what the channel tells ----

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    context = ctx;
    outgoing.open(ctx);
  }

  @Override
  public void channelActive(ChannelHandlerContext ctx) {
    if (ctx.channel().remoteAddress() instanceof InetSocketAddress peer) {
      session.address(peer.getAddress());
    }
    executor().count(Counter.CONNECTIONS, 1);
    if (!connections.admit(ctx.channel(), this)) {
      executor().count(Counter.REJECTED_CONNECTIONS, 1);
      refuseSurplus();
    }
  }

  /** Tells a peer that there are too many, as soon as its first bytes tell how it speaks. */
  private void refuseSurplus() {
    isSurplus = true;
    spoken = portDialects.detect(Unpooled.EMPTY_BUFFER, turn.dialects());
    if (spoken != null) {
      refuse(new Reply.TooManyConnections(connections.max()));
    } else {
      context()
          .executor()
          .schedule(
              () -> refuse(new Reply.TooManyConnections(connections.max())),
              FINISH_SILENCE_MILLIS,
              TimeUnit.MILLISECONDS);
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    connections.release(ctx.channel());
    state = State.FINISHING;
    forgetInput();
    outgoing.close();
    if (session.pushes() != null) {
      executor().closed(session);
    }
    session.close();
    stopMonitoring();
    leaveMemoryQueue();
    ctx.fireChannelInactive();
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    ByteBuf bytes = (ByteBuf) message;
    heard = true;
    heardNanos = System.nanoTime();
    executor().turnClock(heardNanos);
    executor().count(Counter.READ_BYTES, bytes.readableBytes());
    progress.read(bytes.readableBytes());
    drainableBytes -= bytes.readableBytes();
    if (waiting) {
      turn.answerAll(); // What came before comes first.
    }
    if (state == State.FINISHING || state == State.INPUT_ENDED) {
      bytes.release();
    } else if (state == State.HANDED_OVER) {
      passOn(bytes);
      bytes.release();
    } else if (state == State.SERVING && mayExecute() && input.isEmpty()) {
      waiting = true;
      turn.add(this, bytes);
    } else {
      input.append(bytes);
      goOnSoon();
      readOnOrWait();
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    if (tls != null && !tls.isAfterRead()) {
      return;
    }
    if (turn.receiveBuffer().hasEnded()) {
      endInput();
    } else if (state == State.DRAINING
        && (turn.receiveBuffer().hasEmptiedSocket() || drainableBytes <= 0)) {
      onceDecrypted(this::inputEnded);
    }
    ctx.fireChannelReadComplete();
  }

  /**
   * The peer has closed its half. Netty is about to close the channel, unless that has shut its own
   * input by then: what this end has to say may take a while.
   */
  private void endInput() {
    ((DuplexChannel) channel()).shutdownInput();
    onceDecrypted(this::peerEnded);
  }

  private void peerEnded() {
    if (state == State.FINISHING) {
      context().close();
    } else if (state == State.HANDED_OVER) {
      context().fireUserEventTriggered(HttpHandover.Event.END);
    } else {
      peerEnded = true;
      inputEnded();
    }
  }

  private void inputEnded() {
    if (state != State.FINISHING) {
      state = State.INPUT_ENDED;
      goOnSoon();
    }
  }

  /** Requests may have come with the end of a handshake, which is computed elsewhere. */
  private void onceDecrypted(Runnable action) {
    if (tls == null) {
      action.run();
    } else {
      tls.onceDecrypted(action);
    }
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event instanceof SslHandshakeCompletionEvent handshake) {
      if (!handshake.isSuccess()) {
        executor().count(Counter.TLS_ERRORS, 1);
      } else if (tls != null) {
        List<String> names = tls.peerNames();
        if (!names.isEmpty()) {
          executor().certify(session, names);
        }
      }
    }
    if (event instanceof IdleStateEvent) {
      boolean isBusy =
          paused
              || work != null
              || starved
              || ready
              || session.monitors()
              || session.isSubscribed();
      if (!isBusy && !wasBusy) {
        ctx.close();
      }
      wasBusy = isBusy;
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    boolean isNews =
        switch (cause) {
          case IOException _ -> false; // The peer went away.
          case DecoderException e when e.getCause() instanceof SSLException -> false; // Counted.
          case ReplyLostException _, MemoryShortageException _ -> false; // It was too slow.
          default -> true;
        };
    if (isNews) {
      logger.log(Level.ERROR, "connection failed: peer=" + ctx.channel().remoteAddress(), cause);
    }
    ctx.close();
  }

  // ---- sending ----

  /** Sends bytes of the loop's page, which are not there any more when this returns. */
  void sendFromPage(ByteBuf view) {
    try {
      outgoing.sendFromPage(view);
    } catch (Throwable e) { // The replies of others follow.
      exceptionCaught(context(), e);
    }
  }

  /** Sends these buffers, and releases them. */
  void send(List<ByteBuf> buffers) {
    outgoing.send(buffers);
  }

  // ---- answering ----

  private CommandExecutor executor() {
    return turn.executor();
  }

  private boolean mayExecute() {
    return work == null
        && !paused
        && !starved
        && state != State.FINISHING
        && outgoing.unsentBytes() < MAX_UNSENT_BYTES;
  }

  /** Finds the plain commands that come next in what was received. */
  void lookAhead(ReceivedBytes bytes, Ahead ahead) {
    ahead.database(session.database());
    if (dialect != null) {
      dialect.lookAhead(bytes, ahead);
    } else if (spoken != null) {
      Dialect speaking = spoken.take();
      speaking.lookAhead(bytes, ahead);
      spoken.giveBack(speaking);
    }
  }

  /**
   * Answers what has been received, as far as it may; what is left over is copied.
   *
   * @param bytes which are the caller's
   * @param ahead commands that were found in them, from the index {@code next} to before {@code
   *     limit}
   */
  void answer(ReceivedBytes bytes, Lookahead ahead, int next, int limit) {
    waiting = false;
    if (state == State.FINISHING || !channel().isActive()) {
      return;
    }
    try {
      execute(bytes, ahead, next, limit);
      if (work != null) {
        bytes.bytes().readerIndex(workStart);
      }
      if (bytes.bytes().isReadable() && !isOver()) {
        input.keep(bytes.bytes());
      }
      if (work != null) {
        moveWork();
      }
      settle();
    } catch (Throwable e) {
      exceptionCaught(context(), e); // As if the pipeline had called.
    }
  }

  /** Goes on in a turn of its own: with a slice of work, or with what it has received before. */
  void goOn() {
    ready = false;
    if (isOver() || !channel().isActive()) {
      return;
    }
    executor().turnClock(System.nanoTime());
    try {
      input.takeAside();
      if (pushes != null && pushes.hasAny() && (work == null || work.isBetweenReplies())) {
        sendPushes(pushes);
      }
      if (work != null && mayGoOnWith(work)) {
        goOnWithWork(work);
      }
      if (monitor != null && work == null) { // Else a reply has begun, and is not whole yet.
        sendLines(monitor);
      }
      if (!input.isEmpty() && mayExecute()) {
        execute(new ReceivedBytes(input.bytes()), turn.nothingAhead(), 0, 0);
        if (work != null) {
          workBytes = input.bytes().retain();
        }
      }
      settle();
    } catch (Throwable e) {
      exceptionCaught(context(), e);
    }
  }

  private void goOnSoon() {
    if (!ready) {
      ready = true;
      boolean isLong = work == null ? input.receivedBytes() >= LONG_BYTES : work.isLong();
      turn.addReady(this, isLong);
    }
  }

  private void execute(ReceivedBytes received, Lookahead ahead, int next, int limit) {
    DialectPool pool =
        spoken == null ? portDialects.detect(received.bytes(), turn.dialects()) : spoken;
    if (pool == null) {
      return;
    }
    spoken = pool;
    if (isSurplus) {
      refuse(new Reply.TooManyConnections(connections.max()));
      return;
    }
    if (isPlainText) {
      refuse(new Reply.Failed(Reply.UNAVAILABLE, "this port speaks nothing but TLS"));
      return;
    }
    if (pool == turn.dialects().http) {
      handOver(received.bytes());
      return;
    }
    Dialect speaking = dialect == null ? pool.take() : dialect;
    dialect = speaking;
    ReplyBuffer out = turn.outbox().begin(this);
    executor().begin();
    try {
      executeAll(received, ahead, next, limit, speaking, out);
    } catch (ProtocolException e) { // Where the next command starts is lost.
      received.bytes().skipBytes(received.bytes().readableBytes());
      speaking.encode(new Reply.Refused(Reply.BAD_REQUEST, e.reason()), out);
      session.finish();
    } catch (MemoryShortageException e) {
      waitForMemory(e.totalBytes());
    } finally {
      executor().end();
      executor().count(Counter.WRITTEN_BYTES, turn.outbox().end(this));
    }
    restIfDone(pool, speaking);
    doAfter();
  }

  /** Does what the last command wants of the connection. */
  private void doAfter() {
    if (monitor != null && !session.monitors()) {
      stopMonitoring();
    }
    if (pushes == null && session.pushes() != null) {
      pushes = session.pushes();
      pushes.whenAny(() -> turn.loop().execute(this::goOnSoon));
    }
    switch (session.takeAfter()) {
      case GO_ON -> {}
      case MONITOR -> startMonitoring();
      case FINISH -> finish();
      case PAUSE -> pause();
    }
  }

  /** Gives back what the last command needed, and what speaks, unless that goes on. */
  private void restIfDone(DialectPool pool, Dialect speaking) {
    if (work != null) {
      return;
    }
    session.endCommand();
    if (speaking.isAtRest()) {
      pool.giveBack(speaking);
      dialect = null;
    }
  }

  /** Executes commands until no whole one is left, or it is the turn of others. */
  private void executeAll(
      ReceivedBytes received,
      Lookahead found,
      int from,
      int to,
      Dialect speaking,
      ReplyBuffer out) {
    ByteBuf bytes = received.bytes();
    Lookahead ahead = found;
    int next = from;
    int limit = to;
    CommandStats stats = executor().commandStats();
    boolean isMonitored = !turn.monitors().areNone();
    executor().elementListener(isMonitored ? this::tellMonitors : null);
    long deadlineNanos = 0;
    while (mayExecute() && session.mayGoOn()) {
      if (next == limit && bytes.isReadable()) {
        ahead = turn.lookAhead(this, received);
        next = 0;
        limit = ahead.commands().count();
      }
      if (pushes != null && pushes.hasAny()) {
        push(pushes, speaking, out); // Before the command reads anything: see Tracking.
      }
      int start = bytes.readerIndex();
      long replyStart = out.position();
      Replies replies = session.replies();
      int place = -1;
      Command command = null;
      if (next < limit) {
        Plain plain = ahead.commands().get(next);
        command = speaking.decode(plain, session);
        if (command != null) {
          bytes.readerIndex(plain.end());
          place = ahead.place(next);
        }
        next++;
      }
      boolean isPlain = command != null;
      try {
        if (!isPlain) {
          command = speaking.decode(bytes, session);
        }
        if (command == null) {
          return;
        }
        work = executor().execute(command, session, ahead.keys(), place, speaking, out);
      } catch (MemoryShortageException e) {
        if (!share().hasReserve()) {
          bytes.readerIndex(start); // It is decoded again when there is memory.
          session.endCommand();
          session.replies(replies);
          throw e;
        }
        speaking.encode(new Reply.Failed(Reply.UNAVAILABLE, e.reason()), out);
        command = new Command.Malformed(e.reason()); // For those who count.
      }
      answered = true;
      if (isMonitored) {
        tellMonitors(session.executed(), command);
      }
      boolean isDrawn = stats.executed(session.executed());
      if (work != null) {
        workStart = start;
        workReplies = replies;
        doSlice(work, out);
      }
      long transferred = bytes.readerIndex() - start + out.position() - replyStart;
      ByteBuffer key = isDrawn ? stats.drawKey(command) : null;
      if (key != null && work == null) {
        stats.countKey(key, transferred);
      }
      if (out.position() >= MAX_UNFLUSHED_BYTES) {
        executor().count(Counter.WRITTEN_BYTES, turn.outbox().end(this));
        turn.outbox().sendAll();
        turn.outbox().begin(this);
      }
      if (!isPlain || next == limit || work != null) { // It may be the turn of others.
        long now = System.nanoTime();
        stopwatch.measure(command, isDrawn, work != null, heardNanos, now);
        if (key != null && work != null) {
          stopwatch.willCount(key, transferred);
        }
        deadlineNanos = deadlineNanos == 0 ? now + turn.sliceNanos() : deadlineNanos;
        if (now - deadlineNanos >= 0 && bytes.isReadable()) {
          goOnSoon();
          return;
        }
      }
    }
  }

  // ---- monitoring ----

  private void startMonitoring() {
    if (monitor == null) {
      ByteBuf lines = share().tryBuffer(Monitor.BUFFER_BYTES);
      if (lines == null) {
        refuse(
            new Reply.Failed(
                Reply.UNAVAILABLE, "no memory for a monitor: neededBytes=" + Monitor.BUFFER_BYTES));
        return;
      }
      monitor = new Monitor(lines, () -> turn.loop().execute(this::goOnSoon));
      turn.monitors().add(monitor);
    }
    goOnSoon();
  }

  private void stopMonitoring() {
    if (monitor != null) {
      turn.monitors().remove(monitor);
      monitor.close();
      monitor = null;
    }
  }

  /** Sends what there is to tell, unless the peer has enough to read. */
  private void sendLines(Monitor told) {
    if (!executor().mayMonitor(session)) {
      kill(); // Its rights have changed, or it is another user by now.
      return;
    }
    if (outgoing.unsentBytes() >= MAX_UNSENT_BYTES) {
      return; // It goes on when all is sent.
    }
    ReplyBuffer out = turn.outbox().begin(this);
    try {
      told.take(turn.monitors(), out);
    } catch (MemoryShortageException e) {
      waitForMemory(e.totalBytes()); // Meanwhile lines are lost, and counted.
    } finally {
      executor().count(Counter.WRITTEN_BYTES, turn.outbox().end(this));
    }
  }

  /** Tells monitors of a command that was executed. */
  private void tellMonitors(CommandName name, Command command) {
    boolean isCommand = !name.equals(CommandName.NONE);
    boolean isRefused = command instanceof Command.Malformed || executor().hasRefused();
    if (isCommand && !isRefused) { // Else it is unknown, or waits for the end of a transaction.
      turn.monitors().tell(name, command, session.database(), peer());
    }
  }

  // ---- pushes ----

  /** Sends what there is to tell, unless the peer has enough to read. */
  private void sendPushes(Pushes told) {
    if (outgoing.unsentBytes() >= MAX_UNSENT_BYTES) {
      watchReading(told);
      return; // It goes on when all is sent.
    }
    DialectPool pool = requireNonNull(spoken);
    Dialect speaking = dialect == null ? pool.take() : dialect;
    ReplyBuffer out = turn.outbox().begin(this);
    try {
      push(told, speaking, out);
    } catch (MemoryShortageException e) {
      waitForMemory(e.totalBytes());
    } finally {
      executor().count(Counter.WRITTEN_BYTES, turn.outbox().end(this));
      if (dialect == null) {
        pool.giveBack(speaking);
      }
    }
  }

  /** What cannot be written for want of memory is told later, as a change of everything. */
  private void push(Pushes told, Dialect speaking, ReplyBuffer out) {
    long start = out.position();
    try {
      speaking.push(told.take(), session, out);
    } catch (MemoryShortageException e) {
      out.resetTo(start);
      told.everything();
      throw e;
    }
  }

  /** Looks after a while whether the peer has taken anything, if nobody does so already. */
  private void watchReading(Pushes told) {
    if (untakenBytes != NOT_LOOKED) {
      return;
    }
    untakenBytes = outgoing.pendingBytes();
    turn.loop()
        .schedule(
            () -> {
              long before = untakenBytes;
              untakenBytes = NOT_LOOKED;
              boolean isStuck = told.hasAny() && outgoing.unsentBytes() >= MAX_UNSENT_BYTES;
              if (isStuck && state != State.FINISHING && outgoing.pendingBytes() >= before) {
                logger.log(
                    Level.WARNING,
                    "client does not read what it is told of changes, closing: peer=" + peer());
                executor().count(Counter.ERRORS, 1);
                context().close();
              } else if (isStuck) {
                watchReading(told);
              }
            },
            PUSH_PATIENCE_MILLIS,
            TimeUnit.MILLISECONDS);
  }

  // ---- HTTP ----

  /** Whether there is nothing more to answer here. */
  private boolean isOver() {
    return state == State.FINISHING || state == State.HANDED_OVER;
  }

  /** From now on others serve the peer, beginning with these bytes and what waits behind them. */
  private void handOver(ByteBuf bytes) {
    boolean isEnding = state != State.SERVING;
    state = State.HANDED_OVER;
    session.command(CommandName.HTTP);
    turn.http().serve(channel().pipeline());
    passOn(bytes);
    passOn(input.aside());
    forgetInput();
    leaveMemoryQueue();
    if (isEnding) {
      context().fireUserEventTriggered(HttpHandover.Event.END);
    }
  }

  /** The bytes lie where the loop reads to, or belong to the memory of all connections. */
  private void passOn(ByteBuf bytes) {
    if (bytes.isReadable()) {
      context().fireChannelRead(context().alloc().buffer(bytes.readableBytes()).writeBytes(bytes));
    }
  }

  // ---- commands in slices ----

  private void doSlice(Work doing, ReplyBuffer out) {
    long start = out.position();
    boolean isDone = false;
    try {
      isDone = executor().goOn(doing, session, out, System.nanoTime() + turn.sliceNanos());
    } catch (MemoryShortageException e) {
      boolean hasNoneToTake = outgoing.unsentBytes() == 0 || doing.isBetweenReplies();
      boolean isStuck = out.position() == start && hasNoneToTake;
      if (isStuck && share().hasReserve()) {
        throw e; // It can neither go on nor take back what the peer has.
      }
      if (isStuck) {
        waitForMemory(e.totalBytes());
      }
    }
    if (isDone) {
      endWork();
    } else if (doing.mayGoOn()) {
      goOnSoon();
    } else {
      doing.whenItMayGoOn(() -> turn.loop().execute(this::goOnSoon));
    }
  }

  private void endWork() {
    if (work != null) {
      work.close();
      work = null;
    }
    workBytes.release();
    workBytes = Unpooled.EMPTY_BUFFER;
  }

  /** The bytes of the command have moved to the input, with all that follows it. */
  private void moveWork() {
    Dialect speaking = requireNonNull(dialect);
    session.replies(workReplies);
    Command same = requireNonNull(speaking.decode(input.bytes(), session));
    requireNonNull(work).movedTo(same, turn.outbox().begin(this));
    turn.outbox().end(this);
    workBytes = input.bytes().retain();
  }

  private boolean mayGoOnWith(Work doing) {
    long maxUnsentBytes = doing.waitsUntilSent() ? 1 : MAX_UNSENT_BYTES;
    return outgoing.unsentBytes() < maxUnsentBytes && !starved && doing.mayGoOn();
  }

  private void goOnWithWork(Work doing) {
    ReplyBuffer out = turn.outbox().begin(this);
    long start = out.position();
    long sent = 0;
    executor().begin();
    try {
      doSlice(doing, out);
      sent = out.position() - start;
    } finally {
      executor().end();
      executor().count(Counter.WRITTEN_BYTES, turn.outbox().end(this));
    }
    stopwatch.measureSlice(work == null, sent);
    restIfDone(requireNonNull(spoken), requireNonNull(dialect));
    doAfter();
  }

  // ---- what was received and waits ----

  /** How many bytes the command that begins with these lacks, as far as that is known. */
  int missingBytes(ByteBuf begun) {
    if (dialect != null) {
      return dialect.missingBytes(begun);
    }
    if (spoken == null) {
      return 0;
    }
    Dialect speaking = spoken.take();
    int missing = speaking.missingBytes(begun);
    spoken.giveBack(speaking);
    return missing;
  }

  private void forgetInput() {
    endWork();
    stopwatch.forget();
    session.endCommand();
    input.forget();
  }

  // ---- memory ----

  private void waitForMemory(long totalBytes) {
    starved = true;
    queueForMemory(totalBytes);
  }

  private void queueForMemory(long totalBytes) {
    if (!queued) {
      queued = true;
      turn.memoryQueue().add(this, totalBytes);
    }
  }

  /**
   * The connection has waited, and may try again. Any thread may call it.
   *
   * @param getsReserve whether it may hold the reserve, whatever others hold
   */
  void mayHoldMore(boolean getsReserve) {
    turn.loop()
        .execute(() -> {
          queued = false;
          starved = false;
          answered = false;
          if (getsReserve) {
            share().reserve(true);
          }
          if (state == State.FINISHING) {
            leaveMemoryQueue();
          } else {
            goOnSoon();
          }
        });
  }

  private void leaveMemoryQueue() {
    if (queued || share().hasReserve()) {
      queued = false;
      share().reserve(false);
      turn.memoryQueue().leave(this);
    }
  }

  /** The reserve is for one command and its reply: then it is the turn of the next that waits. */
  private boolean needsReserve() {
    boolean isBetweenCommands = (answered || dialect == null) && work == null;
    return !isBetweenCommands
        || share().heldBytes() > Math.max(MIN_RESERVED_BYTES, share().freeBytes());
  }

  /**
   * Looks whether the peer has done enough since it last had.
   *
   * @param isFirst whether nobody has waited for memory, and thus nobody looked, before
   */
  void lookForProgress(boolean isFirst) {
    progress.look(isFirst || queued || isOurTurn(), outgoing.pendingBytes());
  }

  /** Whether it holds memory that others need, and its peer has done too little for a while. */
  boolean isStalled() {
    return progress.isStalled() && state != State.FINISHING;
  }

  /** Ends the connection because others need the memory that it holds. */
  void cutOff() {
    executor().count(Counter.ERRORS, 1);
    long heldBytes = share().heldBytes();
    forgetInput();
    outgoing.close();
    if (outgoing.unsentBytes() > 0) {
      context().close(); // It would have to take its replies first.
      return;
    }
    refuse(
        new Reply.Failed(
            Reply.UNAVAILABLE,
            "memory for connections is short, and this one held "
                + heldBytes
                + " bytes without sending or reading enough; closing the connection"));
  }

  /** Not even the reserve is enough for the command that has begun. */
  private void refuseTooLong() {
    executor().count(Counter.ERRORS, 1);
    forgetInput();
    refuse(
        new Reply.Failed(
            Reply.UNAVAILABLE,
            "request too long for the server's memory for connections; closing the connection"));
  }

  // ---- what comes after ----

  /** What is to be done whenever it has answered what it can. */
  private void settle() {
    if (isOver()) {
      return;
    }
    input.trim();
    if (input.takeAside()) {
      goOnSoon();
    }
    if (input.lacksMemory() && mayExecute() && !ready) {
      if (share().hasReserve()) {
        refuseTooLong();
        return;
      }
      queueForMemory(input.neededBytes());
    }
    if (share().hasReserve() && !queued && !needsReserve()) {
      leaveMemoryQueue();
    }
    if (state == State.INPUT_ENDED && mayExecute() && !ready && !input.lacksMemory()) {
      finish();
    } else {
      readOnOrWait();
    }
  }

  /** All that has been waiting is with the kernel. */
  private void sent() {
    if (state == State.FINISHING) {
      endOutput();
    } else {
      goOnSoon();
    }
  }

  private void pause() {
    paused = true;
    context()
        .executor()
        .schedule(
            () -> {
              paused = false;
              goOnSoon();
            },
            session.pauseMillis(),
            TimeUnit.MILLISECONDS);
  }

  /** Whether commands wait for the server alone, whatever the peer does. */
  private boolean isOurTurn() {
    return ready || paused || (work != null && !work.mayGoOn());
  }

  /** Reads only while it may keep what comes, or while what comes is thrown away. */
  private void readOnOrWait() {
    boolean isBehind = isOurTurn() && input.receivedBytes() >= MAX_BACKLOG_BYTES;
    boolean mayRead = state == State.FINISHING || (!input.lacksMemory() && !starved && !isBehind);
    DuplexChannel channel = (DuplexChannel) channel();
    if (mayRead != reading && channel.isActive() && !channel.isInputShutdown()) {
      reading = mayRead;
      channel.config().setAutoRead(mayRead);
    }
  }

  // ---- the end ----

  /** Answers what has been received, and then closes. Called when the server stops. */
  void drain() {
    if (state == State.HANDED_OVER) {
      context().fireUserEventTriggered(HttpHandover.Event.END);
    } else if (state == State.SERVING) {
      state = State.DRAINING;
      drainableBytes = channel().config().getOption(ChannelOption.SO_RCVBUF);
      finishWhenSilent();
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
  private void finishWhenSilent() {
    heard = false;
    context()
        .executor()
        .schedule(
            () -> {
              if (state == State.DRAINING && (heard || !reading)) {
                finishWhenSilent();
              } else if (state == State.DRAINING) {
                state = State.INPUT_ENDED;
                goOnSoon();
              }
            },
            SILENCE_MILLIS,
            TimeUnit.MILLISECONDS);
  }

  /** Answers something that was not asked, and ends. */
  private void refuse(Reply reply) {
    if (state == State.FINISHING) {
      return;
    }
    DialectPool speaking = spoken == null ? portDialects.first(turn.dialects()) : spoken;
    speaking.fresh().encode(reply, turn.outbox().begin(this));
    executor().count(Counter.WRITTEN_BYTES, turn.outbox().end(this));
    finish();
  }

  private void finish() {
    if (state == State.FINISHING) {
      return;
    }
    state = State.FINISHING;
    forgetInput();
    stopMonitoring();
    leaveMemoryQueue();
    turn.outbox().sendAll();
    readOnOrWait();
    if (outgoing.unsentBytes() == 0) {
      endOutput();
    }
  }

  private void endOutput() {
    if (peerEnded) {
      context().close();
      return;
    }
    if (!channel().isActive()) {
      return; // Closed meanwhile, and what encrypts it with it.
    }
    sentAll = true;
    DuplexChannel channel = (DuplexChannel) channel();
    if (tls == null) {
      channel.shutdownOutput();
    } else {
      tls.closeOutbound().addListener(told -> channel.shutdownOutput());
    }
    closeWhenSilent(System.nanoTime() + FINISH_NANOS);
  }

  /** A peer that still sends has replies to read before it learns that nobody listens. */
  private void closeWhenSilent(long deadlineNanos) {
    heard = false;
    context()
        .executor()
        .schedule(
            () -> {
              if (heard && System.nanoTime() - deadlineNanos < 0) {
                closeWhenSilent(deadlineNanos);
              } else {
                context().close();
              }
            },
            FINISH_SILENCE_MILLIS,
            TimeUnit.MILLISECONDS);
  }

  /** Ends the connection as it is; from any loop. */
  void kill() {
    channel().close();
  }

  // ---- what others are told ----

  ConnectionInfo info(@Nullable Session asking) {
    long now = System.nanoTime();
    Names called = session.names();
    QueuedCommands transaction = session.queued();
    SocketAddress peer = channel().remoteAddress();
    SocketAddress local = channel().localAddress();
    boolean isOnFile = local != null && !(local instanceof InetSocketAddress);
    return new ConnectionInfo(
        session.id(),
        text(isOnFile ? local : peer), // The peer of a socket file has no address.
        text(local),
        isOnFile,
        session.userName(),
        called.name(),
        called.library(),
        called.libraryVersion(),
        TimeUnit.NANOSECONDS.toMillis(now - startNanos),
        TimeUnit.NANOSECONDS.toMillis(Math.max(0, now - heardNanos)),
        session.command().name(),
        session.equals(asking),
        session.speaksResp3(),
        session.touches(),
        session.database(),
        transaction == null ? -1 : transaction.count(),
        transaction == null ? 0 : transaction.bytes().writerIndex(),
        input.receivedBytes(),
        outgoing.pendingBytes(),
        share().heldBytes());
  }

  /** Whether the peer's port is this one, as far as it has one. */
  boolean mayHavePeerPort(int port) {
    return !(channel().remoteAddress() instanceof InetSocketAddress internet)
        || internet.getPort() == port;
  }

  private static String text(@Nullable SocketAddress address) {
    return switch (address) {
      case InetSocketAddress internet ->
          Network.hostAndPort(internet.getAddress().getHostAddress(), internet.getPort());
      case DomainSocketAddress file -> file.path() + ":0"; // As Redis writes it.
      case UnixDomainSocketAddress file -> file.getPath() + ":0";
      case null, default -> "?:0";
    };
  }
}
