package io.speicher.cluster;

import io.speicher.protocol.Command;
import io.speicher.protocol.Condition;
import io.speicher.protocol.Expiry;
import io.speicher.protocol.Reply;
import io.speicher.server.command.ItemCommands.Outcome;
import java.util.function.Function;
import org.infinispan.functional.EntryView.ReadWriteEntryView;
import org.jspecify.annotations.Nullable;

/**
 * A command that changes the item of a key, on its way: it is executed once, on the primary, under
 * Infinispan's lock of the key, and what travels on to the backups is its decision. The result is
 * the reply, as {@link RecordCodec} has it.
 *
 * <p>Infinispan executes it again after a change of the topology, and does not say so. It therefore
 * counts itself as used once it was executed, or was marshalled, which is what sending it is.
 */
final class Operation implements Function<ReadWriteEntryView<Key, Image>, byte[]> {
  private static final byte[] OUTCOME_UNKNOWN =
      RecordCodec.encode(
          InfinispanCluster.unknown(
              "the cluster changed while the command was executed, and it may have been executed"));

  /** As {@link RecordCodec} has it; empty where a decision has come without it. */
  private final byte[] command;

  private final boolean isRetry;
  private final boolean mayRepeat;
  private @Nullable Image decision;
  private boolean isUsed;

  /** A command that has not been sent. */
  Operation(byte[] encoded, Command command) {
    this(encoded, null, false, mayRepeat(command));
  }

  /** What has come from another node. */
  Operation(byte[] command, @Nullable Image decision, boolean isRetry, boolean mayRepeat) {
    this.command = command;
    this.decision = decision;
    this.isRetry = isRetry;
    this.mayRepeat = mayRepeat;
  }

  /** Whether it is all the same if a command is executed once or twice, to its reply as well. */
  private static boolean mayRepeat(Command command) {
    return command instanceof Command.Set set
        && set.options().condition().kind() == Condition.Kind.ALWAYS
        && !set.options().returnsOld()
        && (set.options().expiry().base() == Expiry.Base.NEVER
            || set.options().expiry().base() == Expiry.Base.AFTER
            || set.options().expiry().base() == Expiry.Base.AT);
  }

  // ---- marshalling ----

  byte[] command() {
    return command;
  }

  @Nullable Image decision() {
    return decision;
  }

  boolean mayRepeat() {
    return mayRepeat;
  }

  /** Whether what is being sent was sent before. */
  boolean takeRetry() {
    boolean wasUsed = isUsed || isRetry;
    isUsed = true;
    return wasUsed;
  }

  // ---- execution ----

  @Override
  public byte[] apply(ReadWriteEntryView<Key, Image> view) {
    boolean isAgain = isUsed || isRetry;
    isUsed = true;
    InfinispanCluster node = InfinispanCluster.current();
    Image decided = decision;
    if (decided != null && (mayRepeat || !node.isPrimary(view.key()))) {
      view.set(decided);
      return RecordCodec.encode(Reply.Done.DONE); // Of the commands that get here, and are replied.
    }
    if (isAgain && !mayRepeat) {
      return OUTCOME_UNKNOWN;
    }
    Image present = view.peek().orElse(null);
    Outcome outcome =
        node.execute(
            RecordCodec.decode(command, Command.class), present == null ? null : present.item());
    if (outcome.isChanged()) {
      Image made = Image.of(outcome.item());
      decision = made;
      view.set(made);
    }
    return RecordCodec.encode(outcome.reply());
  }
}
