package io.speicher.client;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.speicher.client.wire.Login;
import io.speicher.client.wire.Wire;
import io.speicher.protocol.Command;
import io.speicher.protocol.ProtocolException;
import io.speicher.protocol.Reply;
import io.speicher.protocol.json.JsonCommandEncoder;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.charset.StandardCharsets;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * One connection, from its first byte to its last: sends commands and gives each the reply that is
 * its own.
 *
 * <p>Replies come in the order of the commands, so the oldest command in flight owns the next
 * reply, even if nobody waits for it any more. A connection on which anything went wrong is closed
 * and never used again: what was in flight then has no reply, and a new connection starts with
 * nothing in flight.
 *
 * <p><b>Threads.</b> Any thread may {@link #flush}; everything else belongs to the I/O thread. What
 * both touch is thread-safe or guarded by the send lock, under which nothing blocks.
 */
final class Connection {

  /*
   * The holder of the send lock copies frames to the batch, as many as are waiting and fit, and
   * writes it with one system call. A thread that does not get the lock leaves its command to the
   * holder. So the commands of many threads travel together, and none waits for company.
   *
   * The batch is outside the heap because the JDK copies heap buffers to such memory before it
   * writes them, and keeps that memory for each thread that ever wrote.
   *
   * A command is put in flight before its first byte is written, so that the reply always finds it,
   * and before it leaves the queue, so that a walk through the queue and then through what is in
   * flight misses none.
   */

  /** What one system call sends at most. */
  private static final int BATCH_BYTES = 64 << 10;

  /** How many batches are sent or received before other work has its turn. */
  private static final int MAX_BATCHES = 16;

  private static final String CUT = " in the middle of a reply";

  private final Dispatcher dispatcher;
  private final Settings settings;
  private final Wire wire;
  private final SelectionKey key;
  private final Queue<PendingCommand<?>> waiting;
  private final Queue<PendingCommand<?>> inFlight = new ConcurrentLinkedQueue<>();

  private final ReentrantLock sendLock = new ReentrantLock();

  @GuardedBy("sendLock")
  private final ByteBuffer batch = ByteBuffer.allocateDirect(BATCH_BYTES);

  /** What is left of the frame that is being sent, or null between two frames. */
  @GuardedBy("sendLock")
  private @Nullable ByteBuffer unsent;

  /** Whether the socket takes more. Written under the send lock, read by anybody. */
  private volatile boolean writable = true;

  /** Why a write failed. What was received before it can still be read. */
  private volatile @Nullable Throwable writeFailure;

  // What follows belongs to the I/O thread.

  private final ReplyReader reader;
  private long receivedNanos = System.nanoTime();
  private boolean ended;

  /** Whether something may be there to be read, whatever the socket says. */
  private boolean mayHaveMore = true;

  /** Whether the next reply is that to the login. */
  private boolean authenticating;

  /**
   * @param wire to the server, ready for the first command
   * @param key of its socket; everything that becomes ready is told by {@link #ready}
   * @param waiting commands of all threads, which are sent in this order; nobody else takes any
   *     while the connection lasts
   */
  Connection(
      Dispatcher dispatcher,
      Settings settings,
      Wire wire,
      SelectionKey key,
      Queue<PendingCommand<?>> waiting) {
    this.dispatcher = dispatcher;
    this.settings = settings;
    this.wire = wire;
    this.key = key;
    this.waiting = waiting;
    reader = new ReplyReader(settings.maxFrameBytes());
    Login login = settings.login();
    if (login != null) {
      ByteBuffer password = ByteBuffer.wrap(login.password().getBytes(StandardCharsets.UTF_8));
      unsent = new JsonCommandEncoder().encode(new Command.Auth(login.user(), password));
      authenticating = true;
    }
    key.interestOps(SelectionKey.OP_READ);
  }

  // Commands out.

  /**
   * Sends what is waiting, as far as the socket takes it, or leaves it to a thread that is sending
   * already. Does not block. The I/O thread sends the rest: what the socket does not take now, and
   * what is too much for one turn.
   */
  void flush() {
    for (int i = 0; writable && !waiting.isEmpty(); i++) {
      if (i == MAX_BATCHES) {
        dispatcher.wake();
        return;
      }
      if (!sendLock.tryLock()) {
        return; // The holder looks at the queue again after it has unlocked.
      }
      try {
        if (writable) {
          send();
        }
      } finally {
        sendLock.unlock();
      }
    }
  }

  /** Sends one batch, and all of the frame that the batch ends in. */
  @GuardedBy("sendLock")
  private void send() {
    try {
      long nowNanos = System.nanoTime();
      do {
        fillBatch(nowNanos);
        batch.flip();
        wire.write(batch);
        boolean isStuck = batch.hasRemaining() || wire.hasUnsent();
        batch.compact();
        if (isStuck) {
          writable = false;
          key.interestOpsOr(SelectionKey.OP_WRITE);
          dispatcher.wake();
          return;
        }
      } while (unsent != null);
    } catch (IOException | RuntimeException | Error e) {
      writable = false;
      writeFailure = e;
      dispatcher.wake();
    }
  }

  @GuardedBy("sendLock")
  private void fillBatch(long nowNanos) {
    while (batch.hasRemaining()) {
      ByteBuffer frame = unsent == null ? nextFrame(nowNanos) : unsent;
      if (frame == null) {
        return;
      }
      int length = Math.min(frame.remaining(), batch.remaining());
      batch.put(batch.position(), frame, frame.position(), length);
      batch.position(batch.position() + length);
      frame.position(frame.position() + length);
      unsent = frame.hasRemaining() ? frame : null;
    }
  }

  @GuardedBy("sendLock")
  private @Nullable ByteBuffer nextFrame(long nowNanos) {
    for (PendingCommand<?> next = waiting.peek(); next != null; next = waiting.peek()) {
      ByteBuffer frame = next.isDone() ? null : next.send(nowNanos);
      if (frame != null) {
        inFlight.add(next);
      }
      waiting.remove();
      if (frame != null) {
        return frame;
      }
      dispatcher.release();
    }
    return null;
  }

  private void sendRest() {
    sendLock.lock();
    try {
      key.interestOpsAnd(~SelectionKey.OP_WRITE);
      writable = true;
      send();
    } finally {
      sendLock.unlock();
    }
    flush();
  }

  // Events, on the I/O thread.

  /** Does what the channel is ready for. */
  void ready() {
    if (key.isReadable() || mayHaveMore) {
      receive();
    }
    boolean owesAnswer = wire.owesAnswer();
    if (!ended && (key.isWritable() || owesAnswer)) {
      sendRest();
    }
    if (owesAnswer && !wire.owesAnswer()) {
      lookAgain(); // What had come behind the question was not decrypted before.
    }
  }

  /** Whether {@link #ready} is to be called though the channel is not ready for anything. */
  boolean mayHaveMore() {
    return mayHaveMore;
  }

  /** Ends the connection if a write has failed, on whatever thread. */
  void checkWriteFailure() {
    Throwable failure = writeFailure;
    if (failure != null && !ended) {
      receive();
      if (!ended) {
        end(String.valueOf(failure.getMessage()), failure);
      }
    }
  }

  // Replies in.

  private void receive() {
    mayHaveMore = false;
    try {
      for (int i = 0; i < MAX_BATCHES && !ended; i++) {
        int receivedBytes = reader.receive(wire);
        if (receivedBytes < 0) {
          end("the server closed the connection" + (reader.isWithinReply() ? CUT : ""), null);
        } else if (receivedBytes > 0) {
          receivedNanos = System.nanoTime();
          answerAll();
        }
        if (receivedBytes < ReplyReader.READ_BYTES) {
          return;
        }
      }
      lookAgain();
    } catch (ProtocolException e) {
      endMalformed(e.reason());
    } catch (IOException e) {
      end(String.valueOf(e.getMessage()), e);
    }
  }

  private void lookAgain() {
    mayHaveMore = true;
    dispatcher.wake();
  }

  private void answerAll() {
    Reply reply = reader.next();
    while (reply != null) {
      answer(reply);
      reply = ended ? null : reader.next();
    }
  }

  private void answer(Reply reply) {
    if (authenticating) {
      endUnlessAccepted(reply);
      return;
    }
    PendingCommand<?> command = inFlight.peek();
    if (command == null) {
      endUnasked(reply);
    } else if (!command.operation().allows(reply)) {
      endMalformed("a status that does not fit the command");
    } else {
      inFlight.remove();
      dispatcher.answered(reply);
      if (!command.isDone()) {
        command.complete(reply);
      }
    }
  }

  // Time.

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

  // The end.

  private void endUnlessAccepted(Reply reply) {
    authenticating = false;
    if (reply instanceof Reply.Refused refused) {
      end(
          "the server refused the login: " + refused.message(),
          new RefusedException(refused.message(), refused.statusCode()));
    } else if (!(reply instanceof Reply.Done)) {
      endUnasked(reply);
    }
  }

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

  /** Closes the connection and fails what is in flight. Calling it again does what is left. */
  void end(String reason, @Nullable Throwable cause) {
    ended = true;
    closeChannel();
    for (PendingCommand<?> lost = inFlight.poll(); lost != null; lost = inFlight.poll()) {
      dispatcher.release();
      lost.failLost(reason, cause);
    }
    dispatcher.lost(this, reason);
  }

  /** Closes the connection and fails what is in flight because the client is closed. */
  void close() {
    ended = true;
    closeChannel();
    for (PendingCommand<?> lost = inFlight.poll(); lost != null; lost = inFlight.poll()) {
      lost.failClosed();
    }
  }

  /** From here on nobody sends, and so nothing more is put in flight. */
  private void closeChannel() {
    sendLock.lock();
    try {
      writable = false;
      unsent = null;
      wire.close();
    } catch (IOException e) {
      // It is gone either way.
    } finally {
      sendLock.unlock();
    }
  }
}
