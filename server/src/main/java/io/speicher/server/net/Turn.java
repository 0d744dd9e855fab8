package io.speicher.server.net;

import static java.util.Objects.requireNonNull;

import io.netty.buffer.ByteBuf;
import io.netty.channel.EventLoop;
import io.speicher.dialect.Account;
import io.speicher.dialect.ReceivedBytes;
import io.speicher.server.command.CommandExecutor;
import io.speicher.server.command.Lookahead;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * A turn of an event loop: the connections that are ready at the same time are all read, then all
 * are answered, then all replies are sent. Only the thread of the loop uses it.
 *
 * <p>What the commands of all these connections need of the store is fetched at once, and the
 * processor turns from the kernel's code to ours once instead of each time: a GET without
 * pipelining takes 0.9 of what it takes if each connection is answered as soon as it was read, one
 * of 16 or 64 at a time 0.96.
 *
 * <p>It owns what it was given: the bytes that each connection has received, until that connection
 * has been answered.
 */
final class Turn {
  /** So many connections do not wait for more: the first one has waited long enough. */
  private static final int MAX_WAITING = 64;

  /** How often it is looked for connections that hold memory for nothing, and how many then end. */
  static final int WATCH_MILLIS = 100;

  /*
   * After its slice it is the turn of others, if the commands of a connection take time. The slices
   * of all that have something to do make a turn, so that a hundred busy peers make others wait for
   * no longer than a few do.
   */
  private static final long TURN_NANOS = TimeUnit.MILLISECONDS.toNanos(4);
  private static final long MAX_SLICE_NANOS = TimeUnit.MILLISECONDS.toNanos(1);
  private static final long MIN_SLICE_NANOS = TimeUnit.MICROSECONDS.toNanos(50);

  /** What is left of a turn, at least, for those whose commands are long or many. */
  private static final long MIN_LONG_NANOS = TURN_NANOS / 4;

  private static final int MAX_CUT_OFF = 64;

  private final EventLoop loop;
  private final CommandExecutor executor;
  private final ReceiveBuffer receiveBuffer;
  private final Outbox outbox;
  private final Dialects dialects;
  private final MemoryQueue memoryQueue;
  private final Connections connections;
  private final Monitors monitors;
  private final HttpHandover http;
  private final Runnable run = this::run;
  private final Runnable answerWaiting = this::answerWaiting;

  // What was received and waits to be answered.
  private final @Nullable Connection[] waiting = new Connection[MAX_WAITING];
  private final @Nullable ReceivedBytes[] received = new ReceivedBytes[MAX_WAITING];
  private final int[] starts = new int[MAX_WAITING];
  private final int[] ends = new int[MAX_WAITING];
  private int count;

  /** Where the commands of each of them begin that were found ahead; one more for their end. */
  private final int[] firstAhead = new int[MAX_WAITING + 1];

  /** The commands that come next, of all connections that are answered together. */
  private final Lookahead ahead;

  /** Those of one connection that has more, or was not answered with others. */
  private final Lookahead ownAhead;

  /** Connections that have something to do although they have received nothing. */
  private final Queue<Connection> ready = new ArrayDeque<>();

  /** Those of them whose commands are long, or many: others do not wait for them. */
  private final Queue<Connection> readyForLong = new ArrayDeque<>();

  private long sliceNanos = MAX_SLICE_NANOS;
  private boolean scheduled;
  private boolean running;
  private final AtomicBoolean watching = new AtomicBoolean();
  private boolean answering;

  Turn(
      EventLoop loop,
      CommandExecutor executor,
      Account account,
      Dialects dialects,
      MemoryQueue memoryQueue,
      Connections connections,
      Monitors monitors,
      HttpHandover http) {
    this.loop = loop;
    this.monitors = monitors;
    this.executor = executor;
    this.dialects = dialects;
    this.memoryQueue = memoryQueue;
    this.connections = connections;
    this.http = http;
    receiveBuffer = new ReceiveBuffer(account);
    outbox = new Outbox(account);
    ahead = new Lookahead(executor);
    ownAhead = new Lookahead(executor);
  }

  EventLoop loop() {
    return loop;
  }

  CommandExecutor executor() {
    return executor;
  }

  ReceiveBuffer receiveBuffer() {
    return receiveBuffer;
  }

  Outbox outbox() {
    return outbox;
  }

  /** Who is told of the commands of all loops. */
  Monitors monitors() {
    return monitors;
  }

  Dialects dialects() {
    return dialects;
  }

  /** How long a connection may take in this turn. */
  long sliceNanos() {
    return sliceNanos;
  }

  MemoryQueue memoryQueue() {
    return memoryQueue;
  }

  HttpHandover http() {
    return http;
  }

  // ---- what waits ----

  /** Takes over bytes that a connection has received, to be answered when all are read. */
  void add(Connection connection, ByteBuf bytes) {
    waiting[count] = connection;
    received[count] = receiveBuffer.viewed(bytes);
    starts[count] = bytes.readerIndex();
    ends[count] = bytes.writerIndex();
    count++;
    boolean isEnough = receiveBuffer.keep(bytes);
    if (isEnough || count == MAX_WAITING) {
      answerAll();
    }
    endSoon();
  }

  /**
   * Has a connection go on when what was received is answered.
   *
   * @param isLong whether its commands are long, or many
   */
  void addReady(Connection connection, boolean isLong) {
    (isLong ? readyForLong : ready).add(connection);
    endSoon();
  }

  /**
   * Ends this turn when all connections that are ready have been read. What a turn leaves to the
   * next one is scheduled: Netty goes on with tasks for up to a second if each one adds another,
   * but looks for scheduled ones only once between two looks at its channels.
   */
  void endSoon() {
    if (!scheduled) {
      scheduled = true;
      if (running) {
        loop.schedule(run, 0, TimeUnit.NANOSECONDS);
      } else {
        loop.execute(run);
      }
    }
  }

  private void run() {
    scheduled = false;
    running = true;
    long fairNanos = TURN_NANOS / Math.max(1, ready.size() + readyForLong.size() + count);
    sliceNanos = Math.clamp(fairNanos, MIN_SLICE_NANOS, MAX_SLICE_NANOS);
    try {
      answerAll();
      if (!ready.isEmpty() || !readyForLong.isEmpty()) {
        outbox.sendAll(); // Before what takes time.
        goOnWithReady();
      }
      outbox.sendAll();
      if (memoryQueue.isBusy()) {
        memoryQueue.next();
      }
    } finally {
      running = false;
    }
  }

  /**
   * Has connections go on, for as long as a turn may take, and at least one of each sort. Those
   * that are left have their turn in the next one, after what has been received by then: a short
   * request does not wait for all who have long ones.
   */
  private void goOnWithReady() {
    long endNanos = System.nanoTime() + TURN_NANOS;
    goOn(ready, endNanos);
    goOn(readyForLong, Math.max(endNanos, System.nanoTime() + MIN_LONG_NANOS));
  }

  private void goOn(Queue<Connection> some, long endNanos) {
    int left = some.size();
    while (left > 0) {
      some.remove().goOn();
      left--;
      if (left > 0 && System.nanoTime() - endNanos >= 0) {
        endSoon();
        return;
      }
    }
  }

  // ---- memory ----

  /**
   * Looks after those who hold memory that others wait for, as long as somebody waits, on whatever
   * loop. Any thread may call it.
   */
  void watchMemory() {
    if (!watching.getAndSet(true)) {
      watchSoon(true);
    }
  }

  private void watchSoon(boolean isFirst) {
    loop.schedule(() -> watch(isFirst), WATCH_MILLIS, TimeUnit.MILLISECONDS);
  }

  private void watch(boolean isFirst) {
    if (!memoryQueue.isBusy()) {
      watching.set(false);
      if (memoryQueue.isBusy()) { // Somebody has come meanwhile, and relied on this.
        watchMemory();
      }
      return;
    }
    watchSoon(false);
    List<Connection> own = connections.all().stream().filter(one -> one.turn() == this).toList();
    own.forEach(connection -> connection.lookForProgress(isFirst));
    own.stream()
        .filter(Connection::isStalled)
        .sorted(Comparator.comparingLong((Connection one) -> one.share().heldBytes()).reversed())
        .limit(MAX_CUT_OFF)
        .forEach(Connection::cutOff);
    memoryQueue.next();
  }

  // ---- answering ----

  /** Answers all that waits, but for what is being answered already. */
  void answerAll() {
    if (answering) {
      return;
    }
    answering = true;
    try {
      receiveBuffer.keepingIndexes(answerWaiting);
    } finally {
      release();
      answering = false;
    }
  }

  private void answerWaiting() {
    for (int from = 0; from < count; ) {
      from = answerTogether(from);
    }
  }

  /** Gives back what was received, also where an error has kept it from being answered. */
  private void release() {
    for (int i = 0; i < count; i++) {
      requireNonNull(received[i]).bytes().release();
    }
    Arrays.fill(waiting, 0, count, null);
    Arrays.fill(received, 0, count, null);
    count = 0;
    receiveBuffer.clear();
  }

  /** Answers connections from this one on, and returns which one is next. */
  private int answerTogether(int from) {
    int to = from;
    ahead.clear();
    for (; to < count && !ahead.commands().isFull(); to++) {
      firstAhead[to] = ahead.commands().count();
      requireNonNull(waiting[to]).lookAhead(bytes(to), ahead.commands());
    }
    firstAhead[to] = ahead.commands().count();
    ahead.fetch();
    for (int i = from; i < to; i++) {
      requireNonNull(waiting[i]).answer(bytes(i), ahead, firstAhead[i], firstAhead[i + 1]);
    }
    return to;
  }

  private ReceivedBytes bytes(int index) {
    ReceivedBytes bytes = requireNonNull(received[index]);
    bytes.bytes().setIndex(starts[index], ends[index]);
    return bytes;
  }

  /** For a connection of which nothing has been looked for. */
  Lookahead nothingAhead() {
    ownAhead.clear();
    return ownAhead;
  }

  /** Looks for more commands of a connection that is being answered. */
  Lookahead lookAhead(Connection connection, ReceivedBytes bytes) {
    ownAhead.clear();
    connection.lookAhead(bytes, ownAhead.commands());
    ownAhead.fetch();
    return ownAhead;
  }

  void close() {
    release();
    receiveBuffer.release();
    outbox.release();
  }
}
