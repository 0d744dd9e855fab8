package io.speicher.cluster;

import io.speicher.protocol.Command;
import io.speicher.server.command.ItemCommands.Outcome;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Function;
import org.infinispan.functional.EntryView.ReadWriteEntryView;
import org.jspecify.annotations.Nullable;

/**
 * A command about the item of a key, on its way: it is executed once, on the primary, under
 * Infinispan's lock of the key, and what travels on to the backups is its decision. The result is
 * the reply, as {@link RecordCodec} has it.
 *
 * <p>Infinispan executes it again after a change of the topology, and does not say so. It therefore
 * counts itself as used once it was executed, or was marshalled, which is what sending it is. One
 * that was used is looked up in {@link RecentOperations}: there its reply is, if it was executed
 * and what came of it is here; if not, it may be executed where nothing can have been missed.
 */
final class Operation implements Function<ReadWriteEntryView<Key, Image>, byte[]> {
  /** Older ones are not executed again, since nobody remembers so long whether they were. */
  private static final long MAX_AGE_NANOS = Duration.ofSeconds(5).toNanos();

  static final byte[] OUTCOME_UNKNOWN =
      RecordCodec.encode(
          InfinispanCluster.unknown(
              "the cluster changed while the command was executed, and it may have been executed"));

  private static final byte[] NOT_CONFIRMED =
      RecordCodec.encode(InfinispanCluster.unavailable(InfinispanCluster.NOT_CONFIRMED));

  /** Which no other operation has. */
  private final long id;

  /** As {@link RecordCodec} has it; empty where a decision has come without it. */
  private final byte[] command;

  private final boolean isRetry;
  private final boolean isTooOld;
  private final long beganNanos = System.nanoTime();
  private @Nullable Image decision;
  private boolean isUsed;
  private boolean isSent;

  /** A command that has not been sent. */
  Operation(byte[] encoded) {
    this(ThreadLocalRandom.current().nextLong(), encoded, null, false, false);
  }

  /** What has come from another node. */
  Operation(long id, byte[] command, @Nullable Image decision, boolean isRetry, boolean isTooOld) {
    this.id = id;
    this.command = command;
    this.decision = decision;
    this.isRetry = isRetry;
    this.isTooOld = isTooOld;
  }

  // ---- marshalling ----

  long id() {
    return id;
  }

  byte[] command() {
    return command;
  }

  @Nullable Image decision() {
    return decision;
  }

  /** Whether what is being sent was sent or executed before. */
  boolean takeRetry() {
    boolean wasUsed = isUsed || isRetry;
    isUsed = true;
    return wasUsed;
  }

  /**
   * Whether the command is to travel with the decision. The first way of a decision is to a backup,
   * which needs no more; later it may be to another primary.
   */
  boolean takeCommand() {
    boolean isAgain = isSent;
    isSent = true;
    return isAgain && command.length > 0;
  }

  boolean isTooOld() {
    return isTooOld || System.nanoTime() - beganNanos > MAX_AGE_NANOS;
  }

  // ---- execution ----

  /**
   * Whether a reply says that the primary has executed nothing, since it does not know whether it
   * is the primary still.
   */
  static boolean isNotConfirmed(byte[] reply) {
    return Arrays.equals(reply, NOT_CONFIRMED);
  }

  @Override
  public byte[] apply(ReadWriteEntryView<Key, Image> view) {
    boolean isAgain = isUsed || isRetry;
    isUsed = true;
    InfinispanCluster node = InfinispanCluster.current();
    Image decided = decision;
    if (decided != null && !node.isPrimary(view.key())) {
      view.set(decided);
      return decided.reply();
    }
    if (!node.mayDecide()) { // It may be the primary no more, and not know it.
      return isAgain ? OUTCOME_UNKNOWN : NOT_CONFIRMED;
    }
    if (isAgain) {
      byte[] reply = node.recent().reply(id);
      if (reply != null) {
        return leaveAsIs(node, view, reply);
      }
    }
    if (command.length == 0) {
      return leaveAsIs(node, view, OUTCOME_UNKNOWN);
    }
    Command decoded = RecordCodec.decode(command, Command.class);
    if (isAgain
        && !InfinispanCluster.isRead(decoded)
        && (isTooOld() || !node.knowsAllOf(view.key(), MAX_AGE_NANOS))) {
      return leaveAsIs(node, view, OUTCOME_UNKNOWN);
    }
    Image present = view.peek().orElse(null);
    Outcome outcome = node.execute(decoded, present == null ? null : present.item());
    byte[] reply = RecordCodec.encode(outcome.reply());
    if (InfinispanCluster.isRead(decoded)) {
      node.countUse(view.key());
    }
    if (outcome.isChanged()) {
      Image made = Image.of(outcome.item()).by(id, node.recent().last(view.key()), reply);
      decision = made;
      view.set(made);
    }
    return reply;
  }

  /**
   * Sends what the key has to the backups once more, under the same lock: one of them may have been
   * added after it was sent, another one may have what this node has not.
   */
  private byte[] leaveAsIs(
      InfinispanCluster node, ReadWriteEntryView<Key, Image> view, byte[] reply) {
    long previous = node.recent().last(view.key());
    Image present = view.peek().orElse(Image.TOMBSTONE).by(id, previous, reply);
    decision = present;
    view.set(present);
    return reply;
  }
}
