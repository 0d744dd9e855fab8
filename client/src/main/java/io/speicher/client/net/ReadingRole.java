package io.speicher.client.net;

import java.io.IOException;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Says which thread reads the replies of one connection: the I/O thread, or a caller who is alone
 * and spares two changes of threads by reading its own reply.
 *
 * <pre>
 *             a caller was alone {@value #MIN_STREAK} times in a row
 *   I/O THREAD ─────────────────────────────────────▶ CALLERS
 *       ▲                                                │
 *       └────────────────────────────────────────────────┘
 *         a command comes that its caller does not read for; a caller leaves
 *         something behind; nobody has called for a tick
 * </pre>
 *
 * <h2>The protocol</h2>
 *
 * <ol>
 *   <li>The role is a permit. Only its holder touches what belongs to reading: the buffer, the
 *       decoder, the head of the queue in flight. The I/O thread takes it for each time it reads, a
 *       caller from before it waits until after its reply.
 *   <li>Beside the permit there is a mode, which says who is to take it. In the mode I/O THREAD the
 *       selector of the I/O thread watches the socket. In the mode CALLERS it does not, so that it
 *       is not woken by each reply; the caller who has the permit watches the socket with a
 *       selector of its own.
 *   <li>A caller may take the permit only for a command that was the only one without a reply when
 *       it was submitted, and that is in flight on this connection. All other commands set the mode
 *       to I/O THREAD and wake that thread.
 *   <li>A caller who holds the permit answers whatever it reads, to whomever it belongs. Replies
 *       come in the order of the commands, so that it never has to read beyond its own one; it
 *       gives the permit back when it has that, at its deadline, when it is interrupted, and when
 *       it is recalled.
 *   <li>When it has given the permit back, it looks whether the mode has changed, whether a command
 *       waits or is in flight, and whether it has left anything to be done. If so, it sets the mode
 *       to I/O THREAD and wakes that thread, which watches the socket again.
 *   <li>A caller never ends a connection. What goes wrong while it reads it writes down, and the
 *       I/O thread ends the connection, which also fails the caller's command.
 *   <li>The I/O thread needs the permit to end the connection. It recalls it: the caller is woken
 *       and gives it back without waiting for anything, and meanwhile no other one takes it.
 *   <li>In the mode CALLERS nobody watches the socket between two calls. If there was no call for
 *       {@link #TICK_NANOS}, the I/O thread does so again: the end of an idle connection is seen
 *       after two ticks at the latest.
 * </ol>
 *
 * <p>No reply is overlooked. Whoever submits a command first puts it into a queue and then sets the
 * mode; who leaves first gives the permit back and then looks at the mode and the queues; and the
 * I/O thread looks at the mode first and then whether the permit is held. All of these are
 * volatile, so that of two that meet at least one sees the other.
 *
 * <p>Virtual threads do not take the role, since waiting on a selector would pin their carriers.
 * Connections that are told of changes have no such mode: what the server pushes has to be read
 * when it comes.
 *
 * <p><b>Threads.</b> Any thread may call any method that does not say otherwise.
 */
final class ReadingRole {
  /** So many calls in a row have to be alone: a lone call among many is better left to a batch. */
  static final int MIN_STREAK = 16;

  /** How often the I/O thread looks whether callers still come. */
  static final long TICK_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

  /** {@code Thread.isVirtual}, or null before Java 21. */
  private static final @Nullable MethodHandle IS_VIRTUAL = findIsVirtual();

  private final boolean isForCallers;
  private final Semaphore permit = new Semaphore(1);

  /** The mode: whether callers read. */
  private volatile boolean callersRead;

  private volatile boolean recalled;

  /** Whether the holder is a caller. */
  private volatile boolean isWithCaller;

  /** What callers wait on. Opened by the first of them, with the permit. */
  private volatile @Nullable Selector selector;

  /** How many calls were alone, about: it is counted without any order. */
  private int streak;

  /** How often a caller has taken the role. */
  private final AtomicLong takes = new AtomicLong();

  /** What {@link #takes} was at the last tick. Belongs to the I/O thread. */
  private long takesAtTick;

  /**
   * @param isForCallers whether anybody but the I/O thread may ever read
   */
  ReadingRole(boolean isForCallers) {
    this.isForCallers = isForCallers;
  }

  // Callers.

  /** What became of an attempt of a caller to take the role. */
  enum Attempt {
    TAKEN,
    /** The same, and it is the first one since the I/O thread has read, which is to be told. */
    TAKEN_OVER,
    LEFT_TO_IO_THREAD
  }

  /** Takes the role for a command that was alone, if this thread may read. Does not block. */
  Attempt take() {
    boolean isTakenOver = !callersRead;
    if (!isForCallers || recalled || (isTakenOver && ++streak < MIN_STREAK) || isVirtual()) {
      return Attempt.LEFT_TO_IO_THREAD;
    }
    if (!permit.tryAcquire()) {
      return Attempt.LEFT_TO_IO_THREAD;
    }
    isWithCaller = true;
    takes.incrementAndGet();
    if (isTakenOver) {
      callersRead = true;
    }
    return isTakenOver ? Attempt.TAKEN_OVER : Attempt.TAKEN;
  }

  /**
   * Waits until {@code channel} has something, the time is over, this thread is interrupted or the
   * role is recalled; to be called by the caller who has it.
   *
   * @param nanos greater than zero
   */
  void await(SelectableChannel channel, long nanos) throws IOException {
    Selector own = selector;
    if (own == null) {
      own = Selector.open();
      channel.register(own, SelectionKey.OP_READ);
      selector = own;
    }
    if (!recalled) {
      long millis = TimeUnit.NANOSECONDS.toMillis(nanos + TimeUnit.MILLISECONDS.toNanos(1) - 1);
      int unused = own.select(key -> {}, Math.max(1, millis));
    }
  }

  /** Whether callers are to read. */
  boolean isForCallersNow() {
    return callersRead;
  }

  /** Whether the caller who has the role is to give it back at once. */
  boolean isRecalled() {
    return recalled;
  }

  /** Gives the role back, and returns whether it is for callers to take it next. */
  boolean giveBack() {
    isWithCaller = false;
    permit.release();
    return callersRead;
  }

  /**
   * The I/O thread reads from now on.
   *
   * @return whether it did not before, so that it has to be woken
   */
  boolean leaveToIoThread() {
    if (streak != 0) {
      streak = 0;
    }
    if (callersRead) {
      callersRead = false;
      return true;
    }
    return false;
  }

  // The I/O thread.

  /** Whether the I/O thread is to watch the socket now. */
  boolean isWatchedByIoThread() {
    return !callersRead && !isWithCaller;
  }

  /** Takes the role for the I/O thread, unless a caller has it. */
  boolean tryTakeForIoThread() {
    return permit.tryAcquire();
  }

  /** Takes the role for the I/O thread, from a caller if need be. */
  void recall() {
    recalled = true;
    callersRead = false;
    Selector waitedOn = selector;
    if (waitedOn != null) {
      waitedOn.wakeup();
    }
    permit.acquireUninterruptibly();
    recalled = false;
  }

  /** Gives the role back that the I/O thread has taken. */
  void release() {
    permit.release();
  }

  /**
   * Looks whether callers still come, and ends their mode if not.
   *
   * @return the nanoseconds until this has to be called again; {@link Long#MAX_VALUE} for never
   */
  long tick() {
    if (!callersRead) {
      return Long.MAX_VALUE;
    }
    long takesNow = takes.get();
    if (takesNow == takesAtTick && !isWithCaller) {
      leaveToIoThread();
      return Long.MAX_VALUE;
    }
    takesAtTick = takesNow;
    return TICK_NANOS;
  }

  /** Lets go of what callers waited on; to be called by the I/O thread with the role. */
  void close() throws IOException {
    Selector opened = selector;
    if (opened != null) {
      opened.close();
    }
  }

  private static boolean isVirtual() {
    MethodHandle isVirtual = IS_VIRTUAL;
    try {
      return isVirtual != null && (boolean) isVirtual.invokeExact(Thread.currentThread());
    } catch (Throwable e) {
      throw new AssertionError("isVirtual throws nothing", e);
    }
  }

  private static @Nullable MethodHandle findIsVirtual() {
    try {
      return MethodHandles.publicLookup()
          .findVirtual(Thread.class, "isVirtual", MethodType.methodType(boolean.class));
    } catch (NoSuchMethodException | IllegalAccessException e) {
      return null; // An older Java, which has none.
    }
  }
}
