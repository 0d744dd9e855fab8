package io.speicher.dialect.resp;

import io.speicher.protocol.Command.View;
import org.jspecify.annotations.Nullable;

/** What a connection has agreed with its peer, and what it waits for. */
final class Session {

  /** Which commands are answered. */
  enum Replies {
    ON,
    OFF,
    /** The next one is not. */
    SKIP
  }

  private boolean resp3;
  private String name = "";
  private boolean touches = true;
  private Replies replies = Replies.ON;

  /** Whether the current command is not answered. */
  private boolean muted;

  private @Nullable Transaction transaction;

  /** The one whose commands are executed now: they lie in its memory. */
  private @Nullable Transaction executed;

  /** Another command is decoded. */
  void beginCommand() {
    if (executed != null) {
      executed.close();
      executed = null;
    }
    muted = replies != Replies.ON;
    if (replies == Replies.SKIP) {
      replies = Replies.ON;
    }
  }

  /** Whether a command means what it says and is answered, with nothing else to be thought of. */
  boolean isOrdinary() {
    return transaction == null && replies == Replies.ON;
  }

  /** Whether nothing has been agreed on, nor waits, so that it is as good as a new one. */
  boolean isNew() {
    return isOrdinary() && executed == null && !resp3 && touches && name.isEmpty();
  }

  boolean isMuted() {
    return muted;
  }

  /** Concerns the current command, too. */
  void replies(Replies newReplies) {
    if (newReplies == Replies.SKIP && replies == Replies.OFF) {
      return;
    }
    replies = newReplies;
    muted = newReplies != Replies.ON;
  }

  boolean speaksResp3() {
    return resp3;
  }

  void speakResp3(boolean newResp3) {
    resp3 = newResp3;
  }

  String name() {
    return name;
  }

  void name(String newName) {
    name = newName;
  }

  /** What a plain read asks for: whether it counts as a use of the item. */
  View readingView() {
    return touches ? View.VALUE : View.GLANCE;
  }

  void touches(boolean newTouches) {
    touches = newTouches;
  }

  /** The transaction that commands are queued for, or null. */
  @Nullable Transaction transaction() {
    return transaction;
  }

  void beginTransaction(int maxBytes) {
    transaction = new Transaction(maxBytes);
  }

  /** Ends the transaction, whose commands are the current one. */
  void executeTransaction() {
    executed = transaction;
    transaction = null;
  }

  /** Ends the transaction, if there is one, and forgets its commands. */
  void dropTransaction() {
    if (transaction != null) {
      transaction.close();
      transaction = null;
    }
  }

  void reset() {
    resp3 = false;
    name = "";
    touches = true;
    replies(Replies.ON);
    dropTransaction();
  }

  /** Gives its memory back, when the connection has ended. */
  void close() {
    dropTransaction();
    beginCommand();
  }
}
