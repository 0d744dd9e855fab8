package io.speicher.server.command;

import static java.util.Objects.requireNonNull;

import io.speicher.dialect.Dialect;
import io.speicher.dialect.ReplyBuffer;
import io.speicher.protocol.Command;
import io.speicher.protocol.Reply;
import io.speicher.server.command.Cluster.OwnKeys;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Looks at the keys of which this node is the primary owner. While the node may not answer for
 * them, the connection waits, as long as for any other command; if owners have changed meanwhile,
 * it looks again from the beginning.
 */
final class OwnKeysWork implements Work {
  /** A node that joins or leaves changes the owners four times or so. */
  private static final int MAX_LOOKS = 12;

  private static final Reply CHANGES =
      new Reply.Failed(Reply.UNAVAILABLE, "the owners of keys change all the time: try again");

  private final Cluster cluster;
  private final Dialect dialect;
  private final Function<OwnKeys, Work> look;
  private @Nullable OwnKeys own;
  private @Nullable Work work;
  private @Nullable CompletableFuture<Reply> permission;
  private int looks;

  /**
   * @param look makes what looks at them, and writes its reply when it has come to its end
   */
  OwnKeysWork(Cluster cluster, Dialect dialect, Function<OwnKeys, Work> look) {
    this.cluster = cluster;
    this.dialect = dialect;
    this.look = look;
  }

  @Override
  public boolean mayGoOn() {
    return permission == null || permission.isDone();
  }

  @Override
  public void whenItMayGoOn(Runnable action) {
    if (permission == null) {
      action.run();
    } else {
      permission.whenComplete((answer, failure) -> action.run());
    }
  }

  @Override
  public boolean goOn(ReplyBuffer out, long deadlineNanos) {
    CompletableFuture<Reply> asked = permission;
    if (asked != null) {
      if (!asked.isDone()) {
        return false;
      }
      permission = null;
      if (!(asked.join() instanceof Reply.Done)) {
        dialect.encode(asked.join(), out);
        return true;
      }
    }
    if (work == null) {
      if (looks++ == MAX_LOOKS) {
        dialect.encode(CHANGES, out);
        return true;
      }
      own = cluster.ownKeys();
      if (own == null) {
        permission = cluster.awaitOwnership();
        return false;
      }
      work = look.apply(own);
    }
    long start = out.position();
    boolean isDone = requireNonNull(work).goOn(out, deadlineNanos);
    if (cluster.isStill(requireNonNull(own).ownership())) {
      return isDone;
    }
    out.resetTo(start);
    close();
    return false;
  }

  /** What is looked for has no part in the bytes of the command. */
  @Override
  public void movedTo(Command same, ReplyBuffer out) {}

  @Override
  public void close() {
    if (work != null) {
      work.close();
      work = null;
    }
  }
}
