package io.speicher.server.command;

import io.speicher.dialect.Dialect;
import io.speicher.dialect.ReplyBuffer;
import io.speicher.dialect.Session;
import io.speicher.protocol.Command;
import io.speicher.protocol.Command.AskLease;
import io.speicher.server.command.LeaseWaits.Place;
import io.speicher.store.Leases.Answer;
import io.speicher.store.Store;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * Asks for a lease that somebody else has, again whenever that may have changed: when the key has
 * changed, and when the lease is over. So one of those who wait gets the lease of a winner that is
 * lost, and all of them get the value at once. Its connection waits meanwhile, and nobody else.
 */
final class LeaseWork implements Work {
  /** What a waiting connection takes on the heap, beside its key: counted in its share. */
  private static final int WAIT_BYTES = 512;

  private final LeaseCommands commands;
  private final Store store;
  private final AskLease ask;
  private final Dialect dialect;
  private final Session session;
  private final Place place;
  private final Runnable wake = this::wake;
  private final long deadlineNanos;

  /** Completed when it may go on. Another one each time it has asked. */
  private volatile CompletableFuture<Void> change = CompletableFuture.completedFuture(null);

  private LeaseWork(
      LeaseCommands commands, Store store, AskLease ask, Dialect dialect, Session session) {
    this.commands = commands;
    this.store = store;
    this.ask = ask;
    this.dialect = dialect;
    this.session = session;
    place = new Place(store.number(), ask.key());
    deadlineNanos = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(ask.waitMillis());
  }

  /**
   * Begins to wait.
   *
   * @param ask what is to be asked; its key is copied
   */
  static LeaseWork begin(
      LeaseCommands commands, Store store, AskLease ask, Dialect dialect, Session session) {
    int keyBytes = ask.key().remaining();
    session.share().take(WAIT_BYTES + keyBytes);
    ByteBuffer key = ByteBuffer.allocate(keyBytes).put(ask.key().duplicate()).flip();
    AskLease own =
        new AskLease(key, ask.view(), ask.leaseMillis(), ask.earlyMillis(), ask.waitMillis());
    LeaseWork work = new LeaseWork(commands, store, own, dialect, session);
    commands.beginWaiting(work.place, work.wake);
    return work;
  }

  @Override
  public boolean goOn(ReplyBuffer out, long sliceDeadlineNanos) {
    CompletableFuture<Void> next = new CompletableFuture<>();
    change = next; // Before it asks: what changes afterwards is not missed.
    commands.noteReads(ask, session); // It was told, perhaps, of the change that has woken it.
    long start = out.position();
    Answer answer = commands.ask(store, ask, dialect, out);
    long leftNanos = deadlineNanos - System.nanoTime();
    if (answer.heldUntilMillis() == 0 || leftNanos <= 0) {
      commands.count(answer);
      return true;
    }
    out.resetTo(start);
    long leaseMillis = Math.max(1, answer.heldUntilMillis() - store.nowMillis());
    long leftMillis = TimeUnit.NANOSECONDS.toMillis(leftNanos) + 1;
    next.completeOnTimeout(null, Math.min(leaseMillis, leftMillis), TimeUnit.MILLISECONDS);
    return false;
  }

  private void wake() {
    change.complete(null);
  }

  @Override
  public boolean isBetweenReplies() {
    return true;
  }

  @Override
  public boolean mayGoOn() {
    return change.isDone();
  }

  @Override
  public void whenItMayGoOn(Runnable action) {
    change.thenRun(action);
  }

  /** What it needs of the command was copied. */
  @Override
  public void movedTo(Command same, ReplyBuffer out) {}

  @Override
  public void close() {
    commands.stopWaiting(place, wake);
    change.cancel(false);
    session.share().giveBack(WAIT_BYTES + ask.key().remaining());
  }
}
