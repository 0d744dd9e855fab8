package io.speicher.server.command;

import io.speicher.dialect.Dialect;
import io.speicher.dialect.ReplyBuffer;
import io.speicher.dialect.Session;
import io.speicher.protocol.Command.AskLease;
import io.speicher.store.Leases.Answer;
import io.speicher.store.Store;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Asks for a lease that somebody else has, again whenever that may have changed: when the key has
 * changed, and when the lease is over. So one of those who wait gets the lease of a winner that is
 * lost, and all of them get the value at once.
 */
final class LeaseWork extends LeaseWait {
  /** What a waiting connection takes on the heap, beside its key. */
  private static final int WAIT_BYTES = 512;

  private final Store store;

  private LeaseWork(
      LeaseCommands commands, Store store, AskLease asked, Dialect dialect, Session session) {
    super(commands, store.number(), asked, WAIT_BYTES + asked.key().remaining(), dialect, session);
    this.store = store;
  }

  /** Begins to wait. What is asked is copied. */
  static LeaseWork begin(
      LeaseCommands commands, Store store, AskLease asked, Dialect dialect, Session session) {
    LeaseWork work = new LeaseWork(commands, store, asked, dialect, session);
    work.begin();
    return work;
  }

  @Override
  public boolean goOn(ReplyBuffer out, long sliceDeadlineNanos) {
    CompletableFuture<@Nullable Void> next = nextChange();
    commands.noteReads(ask, session); // It was told, perhaps, of the change that has woken it.
    long start = out.position();
    Answer answer = commands.ask(store, ask, dialect, out);
    long leftNanos = leftNanos();
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

  @Override
  public boolean mayGoOn() {
    return change().isDone();
  }

  @Override
  public void whenItMayGoOn(Runnable action) {
    change().thenRun(action);
  }
}
