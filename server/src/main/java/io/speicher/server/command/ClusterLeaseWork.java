package io.speicher.server.command;

import io.speicher.dialect.Dialect;
import io.speicher.dialect.ReplyBuffer;
import io.speicher.dialect.Session;
import io.speicher.protocol.Command;
import io.speicher.protocol.Command.AskLease;
import io.speicher.protocol.Reply;
import io.speicher.server.command.LeaseWaits.Place;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Asks a cluster for a lease that somebody else has, again and again. A node that has a copy of the
 * key is told when that changes; others find out, each time after a longer pause. Its connection
 * waits meanwhile, and nobody else.
 */
final class ClusterLeaseWork implements Work {
  /** What a waiting connection takes on the heap, beside its key twice: counted in its share. */
  private static final int WAIT_BYTES = 1_024;

  private static final long FIRST_PAUSE_MILLIS = 10;
  private static final long LONGEST_PAUSE_MILLIS = 160;

  private final LeaseCommands commands;
  private final Cluster cluster;
  private final AskLease ask;
  private final Dialect dialect;
  private final Session session;
  private final Place place;
  private final Runnable wake = this::wake;
  private final long deadlineNanos;
  private long pauseMillis = FIRST_PAUSE_MILLIS;

  /** What the cluster answers; null in a pause. */
  private @Nullable CompletableFuture<Reply> answer;

  /** The present pause, which a change of the key ends; or the last one. */
  private volatile CompletableFuture<@Nullable Void> pause = new CompletableFuture<>();

  private ClusterLeaseWork(
      LeaseCommands commands,
      Cluster cluster,
      int database,
      AskLease ask,
      long waitMillis,
      Dialect dialect,
      Session session) {
    this.commands = commands;
    this.cluster = cluster;
    this.ask = ask;
    this.dialect = dialect;
    this.session = session;
    place = new Place(database, ask.key());
    deadlineNanos = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(waitMillis);
  }

  /**
   * Begins to ask.
   *
   * @param database {@link io.speicher.store.Store#number} of what this node has of the items
   * @param ask what is to be asked; its key is copied
   */
  static ClusterLeaseWork begin(
      LeaseCommands commands,
      Cluster cluster,
      int database,
      AskLease ask,
      Dialect dialect,
      Session session) {
    session.share().take(heldBytes(ask));
    ByteBuffer key = ByteBuffer.allocate(ask.key().remaining()).put(ask.key().duplicate()).flip();
    AskLease once = new AskLease(key, ask.view(), ask.leaseMillis(), ask.earlyMillis(), 0);
    ClusterLeaseWork work =
        new ClusterLeaseWork(commands, cluster, database, once, ask.waitMillis(), dialect, session);
    commands.beginWaiting(work.place, work.wake);
    work.askAgain();
    return work;
  }

  private static int heldBytes(AskLease ask) {
    return WAIT_BYTES + 2 * ask.key().remaining();
  }

  private void askAgain() {
    pause = new CompletableFuture<>(); // Before it asks: what changes afterwards is not missed.
    answer = cluster.execute(ask.key(), ask);
  }

  private CompletableFuture<?> next() {
    return answer == null ? pause : answer;
  }

  @Override
  public boolean goOn(ReplyBuffer out, long sliceDeadlineNanos) {
    if (!next().isDone()) {
      return false;
    }
    if (answer == null) {
      askAgain();
      return false;
    }
    Reply reply = answer.join();
    long leftMillis = TimeUnit.NANOSECONDS.toMillis(deadlineNanos - System.nanoTime());
    if (reply instanceof Reply.Miss && leftMillis > 0) { // Somebody else has the lease.
      answer = null;
      pause.completeOnTimeout(null, Math.min(pauseMillis, leftMillis), TimeUnit.MILLISECONDS);
      pauseMillis = Math.min(2 * pauseMillis, LONGEST_PAUSE_MILLIS);
      return false;
    }
    commands.count(reply);
    dialect.encode(reply, out);
    return true;
  }

  private void wake() {
    pause.complete(null);
  }

  @Override
  public boolean isBetweenReplies() {
    return true;
  }

  @Override
  public boolean mayGoOn() {
    return next().isDone();
  }

  @Override
  public void whenItMayGoOn(Runnable action) {
    next().whenComplete((done, failure) -> action.run());
  }

  /** What it needs of the command was copied. */
  @Override
  public void movedTo(Command same, ReplyBuffer out) {}

  @Override
  public void close() {
    commands.stopWaiting(place, wake);
    pause.cancel(false);
    session.share().giveBack(heldBytes(ask));
  }
}
