package io.speicher.client.net;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.speicher.client.exception.RefusedException;
import io.speicher.client.wire.Address;
import io.speicher.client.wire.Login;
import io.speicher.client.wire.Wire;
import io.speicher.protocol.Command;
import io.speicher.protocol.ProtocolException;
import io.speicher.protocol.Reply;
import io.speicher.protocol.TrackingOptions;
import io.speicher.protocol.json.Frame;
import io.speicher.protocol.json.JsonCommandEncoder;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * One connection, from its first byte to its last: sends commands and gives each the reply that is
 * its own.
 *
 * <p>It begins with a greeting: the login, if there is one, and an {@code INF}. Only when that is
 * answered is it known that a Speicher server listens there, and what it can do; and the connection
 * takes commands.
 *
 * <p>Replies come in the order of the commands, so the oldest command in flight owns the next
 * reply, even if nobody waits for it any more. A connection on which anything went wrong is closed
 * and never used again: what was in flight then has no reply, and a new connection starts with
 * nothing in flight.
 *
 * <p><b>Threads.</b> Any thread may {@link #flush}, {@link #readFor} and {@link #leaveToIoThread};
 * everything else belongs to the I/O thread. What they have in common is thread-safe, guarded by
 * the send lock, under which nothing blocks, or belongs to who has the {@link ReadingRole}.
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
   * Who reads, and when, is said by the reading role.
   *
   * A command is put in flight before its first byte is written, so that the reply always finds it,
   * and before it leaves the queue, so that a walk through the queue and then through what is in
   * flight misses none.
   */

  /** What one system call sends at most. */
  private static final int BATCH_BYTES = 64 << 10;

  /** How many batches are sent or received before other work has its turn. */
  private static final int MAX_BATCHES = 16;

  private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);
  private static final String CUT = " in the middle of a reply";

  /**
   * Asks what the server knows. It ends with a line, which is white space to a Speicher server and
   * lets one of another protocol answer at once instead of waiting for more.
   */
  private static final byte[] INFO = "{\"command\":\"INF\"}\r\n".getBytes(US_ASCII);

  /** RFC 8446, section 5.1. */
  private static final int TLS_ALERT = 0x15;

  private static final int TLS_MAJOR_VERSION = 3;

  /** As much of an answer tells what has answered. */
  private static final int HINT_BYTES = 16;

  /** What a node of a cluster answers where there is no tracking: as if it were too old. */
  private static final int NOT_IMPLEMENTED = 501;

  /** What a connection begins with. */
  private enum Greeting {
    LOGIN,
    TRACK,
    INFO
  }

  private static final JsonCommandEncoder ENCODER = new JsonCommandEncoder();

  private static final ByteBuffer TRACK_FRAME =
      ENCODER.encode(
          new Command.Track(
              new TrackingOptions(
                  false,
                  List.of(),
                  TrackingOptions.Choice.ALL,
                  false,
                  TrackingOptions.NO_REDIRECT)));

  private final Dispatcher dispatcher;
  private final Settings settings;
  private final String server;
  private final @Nullable ChangeHub changes;
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

  private final ReadingRole reading;

  // What follows is written by who has the reading role.

  private final ReplyReader reader;
  private volatile long receivedNanos = System.nanoTime();
  private volatile boolean ended;

  /** How many commands were answered. */
  private long answeredCount;

  /** Whether something may be there to be read, whatever the socket says. */
  private volatile boolean mayHaveMore = true;

  /** Ends the connection because of what was read; for the I/O thread. Null if all is well. */
  private volatile @Nullable Runnable trouble;

  // What follows belongs to the I/O thread.

  /** Whether its selector watches the socket. */
  private boolean isWatching = true;

  /** Whose replies have not come, of the greeting. */
  private final Queue<Greeting> greetings = new ArrayDeque<>();

  /**
   * @param server where it leads to
   * @param wire to the server, ready for the first command
   * @param key of its socket; everything that becomes ready is told by {@link #ready}
   * @param waiting commands of all threads, which are sent in this order; nobody else takes any
   *     while the connection lasts
   * @param changes whom it tells of changes, or null if the server is not to tell of any
   */
  Connection(
      Dispatcher dispatcher,
      Settings settings,
      Address server,
      Wire wire,
      SelectionKey key,
      Queue<PendingCommand<?>> waiting,
      @Nullable ChangeHub changes) {
    this.changes = changes;
    this.dispatcher = dispatcher;
    this.settings = settings;
    this.server = server.toString();
    this.wire = wire;
    this.key = key;
    this.waiting = waiting;
    reading = new ReadingRole(changes == null);
    reader = new ReplyReader(settings.maxFrameBytes());
    key.interestOps(SelectionKey.OP_READ);
  }

  /** Where it leads to, for messages. */
  String server() {
    return server;
  }

  /** Sends what a connection begins with. {@link Dispatcher#established} is called when it ends. */
  void greet() {
    ByteBuffer frames = NOTHING;
    Login login = settings.login();
    if (login != null) {
      ByteBuffer password = ByteBuffer.wrap(login.password().getBytes(UTF_8));
      frames = ENCODER.encode(new Command.Auth(login.user(), password));
      greetings.add(Greeting.LOGIN);
    }
    if (changes != null) {
      frames = joined(frames, TRACK_FRAME.duplicate());
      greetings.add(Greeting.TRACK);
    }
    ByteBuffer info = ByteBuffer.allocate(Frame.HEADER_BYTES + INFO.length);
    info.putInt(INFO.length).put(INFO).flip();
    frames = joined(frames, info);
    greetings.add(Greeting.INFO);
    sendLock.lock();
    try {
      unsent = frames;
    } finally {
      sendLock.unlock();
    }
    sendRest();
  }

  private static ByteBuffer joined(ByteBuffer first, ByteBuffer second) {
    ByteBuffer both = ByteBuffer.allocate(first.remaining() + second.remaining());
    return both.put(first).put(second).flip();
  }

  // Commands out.

  /**
   * Sends what is waiting, as far as the socket takes it, or leaves it to a thread that is sending
   * already. Does not block. The I/O thread sends the rest: what the socket does not take now, and
   * what is too much for one turn.
   */
  void flush() {
    for (int i = 0; writable && !waiting.isEmpty() && !dispatcher.isGreeting(this); i++) {
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
    if (dispatcher.isGreeting(this)) {
      return null;
    }
    for (PendingCommand<?> next = waiting.peek(); next != null; next = waiting.peek()) {
      ByteBuffer frame = next.isDone() ? null : next.send(nowNanos, this);
      if (frame != null) {
        inFlight.add(next);
      }
      waiting.remove();
      if (frame != null) {
        return frame;
      }
      dispatcher.release(next);
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

  /** Does what the channel is ready for, except what a caller does. */
  void ready() {
    if ((key.isReadable() || mayHaveMore) && reading.tryTakeForIoThread()) {
      try {
        receive();
        endIfTroubled();
      } finally {
        reading.release();
      }
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

  /** Ends the connection if something has failed, on whatever thread. */
  void checkFailures() {
    Throwable failure = writeFailure;
    if (ended || (failure == null && trouble == null)) {
      return;
    }
    reading.recall();
    try {
      receive(); // What came before the failure.
      endIfTroubled();
      if (!ended) {
        endWithRole(String.valueOf(requireNonNull(failure).getMessage()), failure);
      }
    } finally {
      reading.release();
    }
  }

  private void endIfTroubled() {
    Runnable end = trouble;
    if (end != null && !ended) {
      end.run();
    }
  }

  /** Watches the socket, or leaves that to callers. To be called before the I/O thread waits. */
  void watch() {
    boolean watches = reading.isWatchedByIoThread();
    if (watches != isWatching && !ended) {
      isWatching = watches;
      if (watches) {
        key.interestOpsOr(SelectionKey.OP_READ);
      } else {
        key.interestOpsAnd(~SelectionKey.OP_READ);
      }
    }
  }

  // Callers who read, on their own threads.

  /**
   * Reads replies until {@code command} is done, if this thread is the one to do so. Otherwise, and
   * if it has to stop earlier, the I/O thread goes on: the caller is to wait for the command then.
   *
   * @param command the only one without a reply when it was submitted, in flight on this connection
   */
  void readFor(PendingCommand<?> command) {
    ReadingRole.Attempt attempt = reading.take();
    if (attempt == ReadingRole.Attempt.LEFT_TO_IO_THREAD) {
      if (reading.isForCallersNow()) {
        leaveToIoThread();
      }
      return;
    }
    boolean isAlone = false;
    try {
      if (attempt == ReadingRole.Attempt.TAKEN_OVER) {
        dispatcher.lookAtTime();
      }
      isAlone = readUntilDone(command);
    } catch (IOException | RuntimeException | Error e) { // The command fails with the connection.
      trouble = () -> endWithRole(e.toString(), e);
    } finally {
      boolean isForCallers = reading.giveBack();
      if (!isForCallers || !isAlone || !waiting.isEmpty() || !inFlight.isEmpty()) {
        reading.leaveToIoThread();
        dispatcher.wake();
      }
    }
  }

  /** Returns whether nothing is left to be done by others. */
  private boolean readUntilDone(PendingCommand<?> command) throws IOException {
    long answeredBefore = answeredCount;
    while (!command.isDone() && !ended && trouble == null && !reading.isRecalled()) {
      if (!mayHaveMore) {
        long leftNanos = command.deadlineNanos() - System.nanoTime();
        if (leftNanos <= 0 || Thread.currentThread().isInterrupted()) {
          return false;
        }
        reading.await(key.channel(), leftNanos);
      }
      receive();
      if (wire.owesAnswer()) {
        mayHaveMore = true; // Which has the I/O thread send it.
      }
      if (mayHaveMore) {
        return false;
      }
    }
    return trouble == null && answeredCount - answeredBefore == 1;
  }

  /** The I/O thread reads from now on: a command comes that its caller does not read for. */
  void leaveToIoThread() {
    if (reading.leaveToIoThread()) {
      dispatcher.wake();
    }
  }

  // Replies in.

  private void receive() {
    mayHaveMore = false;
    try {
      for (int i = 0; i < MAX_BATCHES && !ended && trouble == null; i++) {
        int receivedBytes = reader.receive(wire);
        if (receivedBytes < 0) {
          String cut = reader.isWithinReply() ? CUT : "";
          trouble = () -> endWithRole("the server closed the connection" + cut, null);
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
      String reason = !greetings.isEmpty() ? hint(reader.peek(HINT_BYTES)) : e.reason();
      trouble = () -> endMalformed(reason);
    } catch (IOException e) {
      trouble = () -> endWithRole(String.valueOf(e.getMessage()), e);
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
      reply = ended || trouble != null ? null : reader.next();
    }
  }

  private void answer(Reply reply) {
    if (reply instanceof Reply.Invalidated push && changes != null) {
      changes.changed(push);
      return;
    }
    Greeting greeting = greetings.poll();
    if (greeting != null) {
      greeted(greeting, reply);
      return;
    }
    PendingCommand<?> command = inFlight.peek();
    if (command == null) {
      trouble = () -> endUnasked(reply);
    } else if (!command.operation().allows(reply)) {
      trouble = () -> endMalformed("a status that does not fit the command");
    } else {
      answeredCount++;
      inFlight.remove();
      command.end();
      dispatcher.answered(command, reply);
      if (!command.isDone()) {
        command.complete(reply);
      }
    }
  }

  private void greeted(Greeting greeting, Reply reply) {
    boolean isUnknown =
        greeting == Greeting.TRACK
            && reply instanceof Reply.Failed failed
            && failed.statusCode() == NOT_IMPLEMENTED;
    if (reply instanceof Reply.Failed && !isUnknown) {
      trouble = () -> endUnasked(reply);
    } else if (greeting == Greeting.LOGIN && reply instanceof Reply.Refused refused) {
      RefusedException cause = new RefusedException(refused.message(), refused.statusCode());
      trouble = () -> endWithRole("the server refused the login", cause);
    } else if (greeting == Greeting.INFO) {
      boolean isTold = reply instanceof Reply.Features; // A server of level core refuses.
      dispatcher.established(this, isTold ? ((Reply.Features) reply).names() : List.of());
    }
  }

  /** What most likely has answered so. */
  private static String hint(byte[] answer) {
    String start = new String(answer, US_ASCII);
    if (start.startsWith("HTTP/")) {
      return "what listens there speaks HTTP";
    } else if (start.startsWith("SSH-")) {
      return "what listens there speaks SSH";
    } else if (start.startsWith("-ERR")
        || start.startsWith("-NOAUTH")
        || start.startsWith("-DENIED")) {
      return "what listens there speaks Redis's protocol (RESP) and not Speicher's";
    } else if (start.startsWith("ERROR") || start.startsWith("CLIENT_ERROR")) {
      return "what listens there speaks memcached's protocol and not Speicher's";
    } else if (answer.length > 1 && answer[0] == TLS_ALERT && answer[1] == TLS_MAJOR_VERSION) {
      return "what listens there speaks TLS: use speichers:// or tls()";
    }
    return "what listens there does not speak Speicher's protocol";
  }

  // Time.

  /** Whether nothing at all was received since then. */
  boolean isSilentSince(long sentNanos) {
    return receivedNanos - sentNanos <= 0;
  }

  /** How long the server may be silent after a command. */
  long patienceNanos() {
    return settings.timeoutNanos();
  }

  /** Gives the connection up because nothing was received for so long. */
  void endSilent(long silentNanos) {
    end("the server sent nothing for " + TimeUnit.NANOSECONDS.toMillis(silentNanos) + " ms", null);
  }

  /**
   * Asks the server for a sign of life if there was none for a while and none is on its way, and
   * looks whether callers still read.
   *
   * @return the nanoseconds until this has to be called again
   */
  long beat(long nowNanos) {
    long tickNanos = reading.tick();
    long leftNanos = receivedNanos + settings.heartbeatNanos() - nowNanos;
    if (leftNanos > 0) {
      return Math.min(tickNanos, leftNanos);
    }
    if (inFlight.isEmpty()) {
      dispatcher.ping();
    }
    return Math.min(tickNanos, settings.heartbeatNanos());
  }

  // The end.

  /** A server with too many connections says so to a new one, and closes it. */
  private void endUnasked(Reply reply) {
    if (reply instanceof Reply.Failed failed) {
      endWithRole("the server turned the connection away: " + failed.message(), null);
    } else {
      endWithRole("the server sent a reply that nobody asked for", null);
    }
  }

  private void endMalformed(String reason) {
    PendingCommand<?> command = inFlight.poll();
    if (command != null) {
      command.end();
      dispatcher.release(command);
    }
    endWithRole(!greetings.isEmpty() ? reason : "malformed reply: " + reason, null);
    if (command != null) {
      command.failMalformed(reason); // Now that its caller's next command takes another connection.
    }
  }

  /** Closes the connection and fails what is in flight. Calling it again does what is left. */
  void end(String reason, @Nullable Throwable cause) {
    reading.recall();
    try {
      endWithRole(reason, cause);
    } finally {
      reading.release();
    }
  }

  private void endWithRole(String reason, @Nullable Throwable cause) {
    ended = true;
    closeChannel();
    forgetAll();
    for (PendingCommand<?> lost = inFlight.poll(); lost != null; lost = inFlight.poll()) {
      lost.end();
      dispatcher.release(lost);
      lost.failLost(reason, cause);
    }
    dispatcher.lost(this, reason, cause);
  }

  /** Closes the connection and fails what is in flight because the client is closed. */
  void close() {
    reading.recall();
    try {
      ended = true;
      closeChannel();
      forgetAll();
      for (PendingCommand<?> lost = inFlight.poll(); lost != null; lost = inFlight.poll()) {
        lost.end();
        lost.fail(lost.closed());
      }
    } finally {
      reading.release();
    }
  }

  /** Nobody tells any more what changes. */
  private void forgetAll() {
    if (changes != null) {
      changes.allChanged();
    }
  }

  /** From here on nobody sends, and so nothing more is put in flight. */
  private void closeChannel() {
    sendLock.lock();
    try {
      writable = false;
      unsent = null;
      reading.close();
      wire.close();
    } catch (IOException e) {
      // It is gone either way.
    } finally {
      sendLock.unlock();
    }
  }
}
