package io.speicher.server.command;

import io.speicher.protocol.Command;
import io.speicher.protocol.Command.Arithmetic;
import io.speicher.protocol.Counter;
import io.speicher.protocol.Expiry;
import io.speicher.protocol.Reply;
import io.speicher.protocol.ValueKind;
import io.speicher.store.Item;
import io.speicher.store.Update;
import io.speicher.store.UpdateResult;
import io.speicher.store.Updater;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** Commands that make a new value of the one that a key has: longer, partly other, or a sum. */
final class Edits {
  private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);
  private static final ByteBuffer ZERO = ByteBuffer.wrap(new byte[] {'0'});

  private final CommandExecutor executor;
  private final ServerControl server;

  Edits(CommandExecutor executor, ServerControl server) {
    this.executor = executor;
    this.server = server;
  }

  private UpdateResult update(ByteBuffer key, Updater updater) {
    return executor.store().update(key, updater);
  }

  Reply append(Command.Append append) {
    executor.count(Counter.SETS, 1);
    @Nullable Reply[] refusal = new Reply[1];
    int[] length = new int[1];
    UpdateResult result =
        update(
            append.key(),
            old -> {
              ByteBuffer bytes = append.bytes();
              if (old == null) {
                length[0] = bytes.remaining();
                refusal[0] = append.creates() ? null : Reply.Miss.MISS;
                return append.creates() ? item(append.kind(), bytes) : Update.KEEP;
              }
              length[0] = old.value().remaining() + bytes.remaining();
              refusal[0] = refusal(append, old);
              return refusal[0] == null ? longer(append, old) : Update.KEEP;
            });
    if (result == UpdateResult.TOO_LARGE) {
      return executor.tooLarge(length[0]);
    }
    return refusal[0] == null ? new Reply.Count(length[0]) : refusal[0];
  }

  /** Why nothing may be appended to this item, or null if it may. */
  @Nullable Reply refusal(Command.Append append, Item old) {
    int length = old.value().remaining() + append.bytes().remaining();
    return length > server.maxValueBytes() ? Reply.WrongValue.TOO_LONG : null;
  }

  /** The item with its bytes added; it is neither stale nor leased. */
  static Update.Replace longer(Command.Append append, Item old) {
    ByteBuffer bytes = append.bytes();
    ByteBuffer value = old.value();
    boolean isText = append.kind() == ValueKind.TEXT && LeaseCommands.kind(old) == ValueKind.TEXT;
    return changed(
        old,
        append.toFront() ? bytes : value,
        append.toFront() ? value : bytes,
        isText ? ValueKind.TEXT : ValueKind.BYTES);
  }

  /** A new item without flags and end. */
  private static Update.Replace item(ValueKind kind, ByteBuffer value) {
    return new Update.Replace(
        value, NOTHING, kind.code(), 0, Item.NEVER, Update.Replace.NEW_VERSION);
  }

  /** Another value, of another kind; flags, expiry and tags stay. */
  private static Update.Replace changed(
      Item old, ByteBuffer head, ByteBuffer tail, ValueKind kind) {
    return new Update.Replace(
            head, tail, kind.code(), old.flags(), old.expiresAtMillis(), Update.Replace.NEW_VERSION)
        .keepingTags();
  }

  Reply setRange(Command.SetRange set) {
    executor.count(Counter.SETS, 1);
    if (set.offset() > server.maxValueBytes() - set.bytes().remaining()) {
      return Reply.WrongValue.TOO_LONG;
    }
    int[] length = new int[1];
    UpdateResult result =
        update(
            set.key(),
            old -> {
              ByteBuffer value = old == null ? NOTHING : old.value();
              if (!set.bytes().hasRemaining()) {
                length[0] = value.remaining();
                return Update.KEEP;
              }
              length[0] = Math.max(value.remaining(), set.offset() + set.bytes().remaining());
              return overwritten(set, value, old);
            });
    return result == UpdateResult.TOO_LARGE
        ? executor.tooLarge(length[0])
        : new Reply.Count(length[0]);
  }

  /** What is before the offset, zeros if that is too little, the new bytes, and what is behind. */
  private static Update.Replace overwritten(
      Command.SetRange set, ByteBuffer value, @Nullable Item old) {
    int length = value.remaining();
    int kept = Math.min(set.offset(), length);
    int behind = Math.min(set.offset() + set.bytes().remaining(), length);
    return new Update.Replace(
        value.slice(value.position(), kept),
        set.offset() - kept,
        set.bytes(),
        value.slice(value.position() + behind, length - behind),
        ValueKind.BYTES.code(),
        0,
        old == null ? 0 : old.flags(),
        old == null ? Item.NEVER : old.expiresAtMillis(),
        Update.Replace.NEW_VERSION,
        null);
  }

  Reply add(Command.Add add) {
    Reply[] reply = new Reply[1];
    UpdateResult result = update(add.key(), old -> add(add, old, reply));
    if (result == UpdateResult.TOO_LARGE) {
      return executor.tooLarge(add.key().remaining());
    }
    countAdd(add, reply[0]);
    return reply[0];
  }

  void countAdd(Command.Add add, Reply reply) {
    boolean up = add.arithmetic() == Arithmetic.SIGNED ? add.delta() >= 0 : isUp(add);
    executor.countHit(
        !(reply instanceof Reply.Miss),
        up ? Counter.INCREMENT_HITS : Counter.DECREMENT_HITS,
        up ? Counter.INCREMENT_MISSES : Counter.DECREMENT_MISSES);
  }

  private static boolean isUp(Command.Add add) {
    return add.arithmetic() == Arithmetic.UNSIGNED_UP;
  }

  Update add(Command.Add add, @Nullable Item old, Reply[] reply) {
    if (old != null) {
      reply[0] = Numbers.sum(old.value(), add.delta(), add.arithmetic());
      return reply[0] instanceof Reply.Count(long sum)
          ? Update.Replace.value(old, Numbers.text(add.arithmetic(), sum))
          : Update.KEEP;
    }
    Command.Initial initial = add.initial();
    if (initial == null) {
      reply[0] = Reply.Miss.MISS;
      return Update.KEEP;
    }
    reply[0] = new Reply.Count(initial.number());
    return new Update.Replace(
        Numbers.text(add.arithmetic(), initial.number()),
        NOTHING,
        initial.kind().code(),
        0,
        executor.expiresAtMillis(initial.expiry(), null),
        Update.Replace.NEW_VERSION);
  }

  Reply increase(Command.Increase increase) {
    Reply[] reply = new Reply[1];
    return updated(
        increase.key(),
        reply,
        old -> {
          reply[0] = Numbers.increased(old == null ? ZERO : old.value(), increase);
          return reply[0] instanceof Reply.Increased sum && !isRefused(increase, sum)
              ? increased(increase, sum, old)
              : Update.KEEP;
        });
  }

  /** Whether nothing was to be done because the sum is out of bounds. */
  private static boolean isRefused(Command.Increase increase, Reply.Increased sum) {
    return !increase.saturates() && sum.change().signum() == 0 && increase.delta().signum() != 0;
  }

  private Update.Replace increased(
      Command.Increase increase, Reply.Increased sum, @Nullable Item old) {
    boolean isToExpire =
        switch (increase.when()) {
          case ALWAYS -> true;
          case IF_NEVER -> old == null || old.expiresAtMillis() == Item.NEVER;
          case IF_FIRST -> sum.number().compareTo(increase.delta()) == 0;
        };
    long expiresAtMillis =
        executor.expiresAtMillis(isToExpire ? increase.expiry() : Expiry.KEEP, old);
    return new Update.Replace(
            Numbers.text(sum),
            NOTHING,
            (old == null ? ValueKind.BYTES : LeaseCommands.kind(old)).code(),
            old == null ? 0 : old.flags(),
            expiresAtMillis,
            Update.Replace.NEW_VERSION)
        .keepingTags();
  }

  Reply add(Command.AddDecimal add) {
    Reply[] reply = new Reply[1];
    return updated(
        add.key(),
        reply,
        old -> {
          reply[0] = Numbers.sum(old == null ? ZERO : old.value(), add.delta());
          if (!(reply[0] instanceof Reply.Value sum)) {
            return Update.KEEP;
          }
          return old == null
              ? item(ValueKind.BYTES, sum.bytes())
              : Update.Replace.value(old, sum.bytes());
        });
  }

  /** What the updater has answered, unless the store has no room for that. */
  private Reply updated(ByteBuffer key, Reply[] reply, Updater updater) {
    return update(key, updater) == UpdateResult.TOO_LARGE
        ? executor.tooLarge(key.remaining())
        : reply[0];
  }
}
