package io.speicher.server.command;

import io.speicher.dialect.Dialect;
import io.speicher.dialect.ReplyBuffer;
import io.speicher.dialect.Session;
import io.speicher.protocol.Command.AskLease;
import io.speicher.protocol.Reply;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Asks a cluster for a lease that somebody else has, again and again. A node that has a copy of the
 * key is told when that changes; others find out, each time after a longer pause.
 */
final class ClusterLeaseWork extends LeaseWait {
  /** What a waiting connection takes on the heap, beside its key twice. */
  private static final int WAIT_BYTES = 1_024;

  private static final long FIRST_PAUSE_MILLIS = 10;
  private static final long LONGEST_PAUSE_MILLIS = 160;

  private final Cluster cluster;
  private long pauseMillis = FIRST_PAUSE_MILLIS;

  /** What the cluster answers; null in a pause, which a change of the key ends. */
  private @Nullable CompletableFuture<Reply> answer;

  private ClusterLeaseWork(
      LeaseCommands commands,
      Cluster cluster,
      int database,
      AskLease asked,
      Dialect dialect,
      Session session) {
    super(commands, database, asked, WAIT_BYTES + 2 * asked.key().remaining(), dialect, session);
    this.cluster = cluster;
  }

  /** Begins to ask. What is asked is copied. */
  static ClusterLeaseWork begin(
      LeaseCommands commands,
      Cluster cluster,
      int database,
      AskLease asked,
      Dialect dialect,
      Session session) {
    ClusterLeaseWork work =
        new ClusterLeaseWork(commands, cluster, database, asked, dialect, session);
    work.begin();
    work.askAgain();
    return work;
  }

  private void askAgain() {
    var _ = nextChange();
    answer = cluster.execute(ask.key(), ask);
  }

  private CompletableFuture<?> next() {
    return answer == null ? change() : answer;
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
    long leftMillis = TimeUnit.NANOSECONDS.toMillis(leftNanos());
    if (reply instanceof Reply.Miss && leftMillis > 0) { // Somebody else has the lease.
      answer = null;
      change().completeOnTimeout(null, Math.min(pauseMillis, leftMillis), TimeUnit.MILLISECONDS);
      pauseMillis = Math.min(2 * pauseMillis, LONGEST_PAUSE_MILLIS);
      return false;
    }
    commands.count(reply);
    dialect.encode(reply, out);
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
}
