package io.speicher.server.command;

import io.speicher.dialect.Dialect;
import io.speicher.dialect.ReplyBuffer;
import io.speicher.dialect.Session;
import io.speicher.protocol.Command;
import io.speicher.protocol.Command.AskLease;
import io.speicher.server.command.LeaseWaits.Place;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Waits for a lease that somebody else has, or for the value: its connection waits meanwhile, and
 * nobody else.
 */
abstract class LeaseWait implements Work {
  /** What is asked, with a key of its own, and without a time to wait. */
  final AskLease ask;

  final LeaseCommands commands;
  final Dialect dialect;
  final Session session;
  private final int heldBytes;
  private final Place place;
  private final Runnable wake = this::wake;
  private final long deadlineNanos;

  /** Completed when the key has changed. Another one each time it is asked. */
  private volatile CompletableFuture<@Nullable Void> change =
      CompletableFuture.completedFuture(null);

  /**
   * Copies what is asked.
   *
   * @param database {@link io.speicher.store.Store#number} of what is here of the items
   * @param heldBytes what it takes on the heap: counted in the share of the connection
   */
  LeaseWait(
      LeaseCommands commands,
      int database,
      AskLease asked,
      int heldBytes,
      Dialect dialect,
      Session session) {
    session.share().take(heldBytes);
    ByteBuffer key = ByteBuffer.allocate(asked.key().remaining()).put(asked.key().duplicate());
    ask = new AskLease(key.flip(), asked.view(), asked.leaseMillis(), asked.earlyMillis(), 0);
    this.commands = commands;
    this.heldBytes = heldBytes;
    this.dialect = dialect;
    this.session = session;
    place = new Place(database, ask.key());
    deadlineNanos = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(asked.waitMillis());
  }

  /** From now on it is told of changes. */
  final void begin() {
    commands.beginWaiting(place, wake);
  }

  /** The next change, to be had before it is asked: what changes afterwards is not missed. */
  final CompletableFuture<@Nullable Void> nextChange() {
    CompletableFuture<@Nullable Void> next = new CompletableFuture<>();
    change = next;
    return next;
  }

  /** The change that it was told of last, or is to be told of. */
  final CompletableFuture<@Nullable Void> change() {
    return change;
  }

  /** How long it may still wait; not positive if no longer. */
  final long leftNanos() {
    return deadlineNanos - System.nanoTime();
  }

  private void wake() {
    change.complete(null);
  }

  @Override
  public final boolean isBetweenReplies() {
    return true;
  }

  /** What it needs of the command was copied. */
  @Override
  public final void movedTo(Command same, ReplyBuffer out) {}

  @Override
  public final void close() {
    commands.stopWaiting(place, wake);
    change.cancel(false);
    session.share().giveBack(heldBytes);
  }
}
