package io.speicher.server.command;

import io.speicher.dialect.Dialect;
import io.speicher.dialect.ReplyBuffer;
import io.speicher.dialect.Session;
import io.speicher.dialect.Tracker;
import io.speicher.protocol.Command;
import io.speicher.protocol.Command.View;
import io.speicher.protocol.Condition;
import io.speicher.protocol.Counter;
import io.speicher.protocol.Reply;
import io.speicher.protocol.ValueKind;
import io.speicher.server.command.LeaseWaits.Place;
import io.speicher.store.Item;
import io.speicher.store.ItemReader;
import io.speicher.store.Leases;
import io.speicher.store.Leases.Answer;
import io.speicher.store.Store;
import io.speicher.store.Update;
import io.speicher.store.UpdateResult;
import io.speicher.store.Updater;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Commands on leases, in the words of all dialects: what a lease is, {@link Leases} says.
 *
 * <p>memcached's meta commands have no time for a lease: it lasts as long as the item, and an empty
 * item that everybody sees takes the place of a placeholder. But whoever asks for a lease in either
 * way respects those that were given in the other.
 */
final class LeaseCommands {
  /**
   * What no item has. It is not 0, which memcached's clients send back where they want no
   * condition.
   */
  private static final long NO_VERSION = -1;

  private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

  private final CommandExecutor executor;
  private final Edits edits;
  private final Changes changes;

  LeaseCommands(CommandExecutor executor, Edits edits, Changes changes) {
    this.executor = executor;
    this.edits = edits;
    this.changes = changes;
  }

  /** Has {@code wake} run whenever the key changes, until {@link #stopWaiting}. */
  void beginWaiting(Place place, Runnable wake) {
    executor.listen();
    changes.waits().add(place, wake);
  }

  void noteReads(Command.AskLease ask, Session session) {
    Tracker tracker = session.tracker();
    if (tracker != null) {
      executor.noteReads(ask, session, tracker);
    }
  }

  void stopWaiting(Place place, Runnable wake) {
    changes.waits().remove(place, wake);
    changes.leave();
  }

  private UpdateResult update(ByteBuffer key, Updater updater) {
    return executor.store().update(key, updater);
  }

  private boolean look(ByteBuffer key, ItemReader reader) {
    return executor.store().look(key, reader);
  }

  /** What the bytes of an item are. */
  static ValueKind kind(Item item) {
    return ValueKind.ofCode(item.kind());
  }

  private boolean isLeased(Item item) {
    return Leases.isLeased(item, executor.store().nowMillis());
  }

  // ---- leases that end ----

  /** Asks for an item or a lease; returns what is left to be done if that is to wait. */
  @Nullable Work ask(
      Command.AskLease ask, Dialect dialect, Session session, boolean mayWait, ReplyBuffer out) {
    long start = out.position();
    Store store = executor.store();
    Answer answer = ask(store, ask, dialect, out);
    if (answer.heldUntilMillis() == 0 || ask.waitMillis() == 0 || !mayWait) {
      count(answer);
      return null;
    }
    out.resetTo(start);
    return LeaseWork.begin(this, store, ask, dialect, session);
  }

  /** Asks once, and writes what is to be answered if nobody waits. */
  Answer ask(Store store, Command.AskLease ask, Dialect dialect, ReplyBuffer out) {
    long start = out.position();
    Answer answer =
        new Leases(store)
            .get(
                ask.key(),
                ask.leaseMillis(),
                ask.earlyMillis(),
                (item, lease) ->
                    dialect.encode(leasable(ask.view(), item, lease), out.resetTo(start)));
    if (answer.isTooLarge()) {
      dialect.encode(executor.tooLarge(ask.key().remaining()), out.resetTo(start));
    }
    return answer;
  }

  /**
   * Answers with an item that is as good as one without leases, or returns false: then nothing was
   * written.
   */
  boolean show(Command.AskLease ask, Dialect dialect, ReplyBuffer out) {
    long start = out.position();
    boolean isShown =
        new Leases(executor.store())
            .show(
                ask.key(),
                ask.earlyMillis(),
                (item, lease) ->
                    dialect.encode(leasable(ask.view(), item, lease), out.resetTo(start)));
    if (isShown) {
      executor.count(Counter.GET_HITS, 1);
    } else {
      out.resetTo(start);
    }
    return isShown;
  }

  /** Counts what a cluster has answered. */
  void count(Reply answer) {
    boolean isHit =
        answer instanceof Reply.Value
            || (answer instanceof Reply.Leasable leasable && leasable.value() != null);
    executor.countHit(isHit, Counter.GET_HITS, Counter.GET_MISSES);
  }

  void count(Answer answer) {
    executor.countHit(answer.isHit(), Counter.GET_HITS, Counter.GET_MISSES);
  }

  private Reply leasable(View view, @Nullable Item item, long lease) {
    if (item == null) {
      return lease == Leases.NONE ? Reply.Miss.MISS : new Reply.Leasable(null, lease, false);
    }
    Reply.Value value = executor.value(item, view);
    boolean isStale = Leases.isStale(item);
    if (lease == Leases.NONE) {
      return isStale ? new Reply.Leasable(value, lease, true) : value;
    }
    long version = view == View.VERSION ? lease : 0; // That is what the item has now.
    Reply.Value leased =
        new Reply.Value(
            value.kind(),
            value.bytes(),
            value.flags(),
            version,
            value.expiresAtMillis(),
            value.nowMillis(),
            value.frequency());
    return new Reply.Leasable(leased, lease, isStale);
  }

  Reply set(Command.SetWithLease command) {
    executor.count(Counter.SETS, 1);
    Command.Set set = command.set();
    return switch (new Leases(executor.store())
        .set(set.key(), command.lease(), old -> executor.replacement(set, old))) {
      case STORED, REMOVED -> Reply.Done.DONE;
      case KEPT -> Reply.Exists.EXISTS;
      case TOO_LARGE -> executor.tooLarge(set);
    };
  }

  Reply invalidate(Command.Invalidate invalidate) {
    @Nullable Reply[] refusal = new Reply[1];
    executor
        .store()
        .updateLeased(
            invalidate.key(),
            old -> {
              if (old == null || Leases.isPlaceholder(old)) {
                refusal[0] = Reply.Miss.MISS;
                return Update.REMOVE; // What is computed now is out of date, too.
              }
              refusal[0] = CommandExecutor.refusal(invalidate.condition(), old);
              return refusal[0] != null
                  ? Update.KEEP
                  : Leases.stale(old, executor.expiresAtMillis(invalidate.expiry(), old));
            });
    return refusal[0] == null ? Reply.Done.DONE : refusal[0];
  }

  // ---- memcached's ----

  @Nullable Work get(Command.LeaseGet get, Session session, Dialect dialect, ReplyBuffer out) {
    long start = out.position();
    boolean[] changes = new boolean[1];
    boolean hit;
    try {
      hit =
          read(
              get,
              item -> {
                executor.putOffIfLong(item);
                changes[0] = get.touch() != null || isToBeLeased(get, item);
                dialect.encode(
                    leased(get, item, false, Update.Replace.KEEP_VERSION), out.resetTo(start));
              });
    } catch (PutOffWork.PutOffException e) {
      return new PutOffWork(executor, session, dialect, get);
    }
    if (hit ? changes[0] : get.vivify() != null) {
      hit = change(get, dialect, out.resetTo(start));
    } else if (!hit) {
      dialect.encode(Reply.Miss.MISS, out.resetTo(start));
    }
    executor.count(hit ? Counter.GET_HITS : Counter.GET_MISSES, 1);
    if (get.touch() != null) {
      executor.count(hit ? Counter.TOUCH_HITS : Counter.TOUCH_MISSES, 1);
    }
    return null;
  }

  private boolean read(Command.LeaseGet get, ItemReader reader) {
    return get.view() == View.GLANCE
        ? look(get.key(), reader)
        : executor.store().get(get.key(), reader);
  }

  /** Reads again, and changes; returns whether there was an item. */
  private boolean change(Command.LeaseGet get, Dialect dialect, ReplyBuffer out) {
    long start = out.position();
    boolean[] creates = new boolean[1];
    boolean[] isHit = new boolean[1];
    Updater updater =
        old -> {
          out.resetTo(start);
          creates[0] = old == null && get.vivify() != null;
          isHit[0] = old != null;
          if (old != null) {
            return change(get, old, dialect, out);
          }
          return get.vivify() == null
              ? Update.KEEP
              : new Update.Replace(
                      NOTHING,
                      NOTHING,
                      ValueKind.BYTES.code(),
                      0,
                      executor.expiresAtMillis(get.vivify(), null),
                      Update.Replace.NEW_VERSION)
                  .withMarks(Item.LEASED);
        };
    UpdateResult result =
        get.vivify() == null
            ? update(get.key(), updater)
            : executor.store().updateLeased(get.key(), updater);
    if (result == UpdateResult.TOO_LARGE) {
      dialect.encode(executor.tooLarge(get.key().remaining()), out.resetTo(start));
    } else if (creates[0]) {
      encodeCreated(get, dialect, out.resetTo(start));
    } else if (!isHit[0]) {
      dialect.encode(Reply.Miss.MISS, out);
    }
    return isHit[0];
  }

  private Update change(Command.LeaseGet get, Item old, Dialect dialect, ReplyBuffer out) {
    boolean leases = isToBeLeased(get, old);
    // The version of an item may be a lease that is over, which would be no lease again.
    long version =
        leases && Leases.hasVersionOfLease(old)
            ? Leases.newLease(Item.NEVER)
            : Update.Replace.KEEP_VERSION;
    dialect.encode(leased(get, old, false, version), out);
    if (Leases.isPlaceholder(old) || (!leases && get.touch() == null)) {
      return Update.KEEP;
    }
    return Update.Replace.expiry(old, newExpiry(get, old))
        .withMarks(leases ? old.marks() | Item.LEASED : old.marks())
        .withVersion(version);
  }

  /** The version of a new item is told by the store only once it is there. */
  private void encodeCreated(Command.LeaseGet get, Dialect dialect, ReplyBuffer out) {
    long start = out.position();
    boolean[] ours = new boolean[1];
    look(
        get.key(),
        item -> {
          ours[0] = isLeased(item) && !item.value().hasRemaining();
          dialect.encode(leased(get, item, true, Update.Replace.KEEP_VERSION), out.resetTo(start));
        });
    if (!ours[0]) { // Somebody was quicker: a version that no item has cannot do harm.
      Reply.Value nothing =
          new Reply.Value(ValueKind.BYTES, NOTHING, 0, NO_VERSION, Reply.Value.NEVER, 0, 0);
      dialect.encode(new Reply.Leased(nothing, Item.NEVER, true, false, false), out.resetTo(start));
    }
  }

  private Reply.Leased leased(Command.LeaseGet get, Item item, boolean created, long newVersion) {
    boolean keepsVersion = newVersion == Update.Replace.KEEP_VERSION;
    Reply.Value value =
        new Reply.Value(
            kind(item),
            item.value(),
            item.flags(),
            get.view() != View.VERSION ? 0 : keepsVersion ? item.version() : newVersion,
            created ? item.expiresAtMillis() : newExpiry(get, item),
            executor.store().nowMillis(),
            item.frequency());
    return new Reply.Leased(
        value,
        created ? Item.NEVER : item.expiresAtMillis(),
        created || isToBeLeased(get, item),
        !created && isLeased(item),
        Leases.isStale(item));
  }

  private long newExpiry(Command.LeaseGet get, Item item) {
    return get.touch() == null
        ? item.expiresAtMillis()
        : executor.expiresAtMillis(get.touch(), item);
  }

  private boolean isToBeLeased(Command.LeaseGet get, Item item) {
    return Leases.canBeLeased(item, get.recacheMillis(), executor.store().nowMillis());
  }

  Reply set(Command.SetLeased leased) {
    Command.Set set = leased.set();
    Condition condition = set.options().condition();
    executor.count(Counter.SETS, 1);
    @Nullable Reply[] refusal = new Reply[1];
    UpdateResult result =
        update(
            set.key(),
            old -> {
              refusal[0] = CommandExecutor.refusal(condition, old);
              if (refusal[0] == null) {
                return executor.replacement(set, old);
              }
              if (old != null && leased.acceptsOlder() && isOlder(condition)) {
                refusal[0] = null;
                return new Update.Replace(
                        set.value(),
                        NOTHING,
                        set.kind().code(),
                        set.options().flags(),
                        old.expiresAtMillis(),
                        Update.Replace.NEW_VERSION)
                    .withMarks(Item.STALE | (old.marks() & Item.LEASED))
                    .withTags(set.options().tags());
              }
              return Update.KEEP;
            });
    executor.countCas(condition, refusal[0]);
    if (result == UpdateResult.TOO_LARGE) {
      return executor.tooLarge(set);
    }
    return refusal[0] == null ? new Reply.Count(versionOf(set.key(), set.value())) : refusal[0];
  }

  /**
   * Whether a version, which is not the item's, may be that of an older one.
   *
   * <p>Versions tell values apart and nothing of their order: the store writes in several places at
   * once, and its numbers grow in each of them only. But a version is known before it is sent, so
   * any that is not the present one was that of an older value, unless it was made up. Nothing is
   * lost by believing who made it up, since what is stored here is stale; all the same we refuse
   * numbers that no item has.
   */
  private static boolean isOlder(Condition condition) {
    return condition.kind() == Condition.Kind.VERSION && condition.number() > 0;
  }

  /** The version of an item if it has this value, else {@link #NO_VERSION}. */
  private long versionOf(ByteBuffer key, ByteBuffer value) {
    long[] version = new long[1];
    boolean present =
        look(key, item -> version[0] = item.value().equals(value) ? item.version() : NO_VERSION);
    return present ? version[0] : NO_VERSION;
  }

  Reply append(Command.AppendLeased command) {
    Command.Append append = command.append();
    executor.count(Counter.SETS, 1);
    @Nullable Reply[] refusal = new Reply[1];
    int[] length = new int[1];
    UpdateResult result =
        update(
            append.key(),
            old -> {
              if (old == null) {
                refusal[0] = Reply.Miss.MISS;
                return Update.KEEP;
              }
              refusal[0] = CommandExecutor.refusal(command.condition(), old);
              if (refusal[0] == null) {
                refusal[0] = edits.refusal(append, old);
              }
              length[0] = old.value().remaining() + append.bytes().remaining();
              return refusal[0] == null ? Edits.longer(append, old) : Update.KEEP;
            });
    if (result == UpdateResult.TOO_LARGE) {
      return executor.tooLarge(length[0]);
    }
    return refusal[0] == null ? new Reply.Count(versionOf(append, length[0])) : refusal[0];
  }

  /**
   * The version of an item if it looks like what was made by appending, else {@link #NO_VERSION}.
   */
  private long versionOf(Command.Append append, int length) {
    ByteBuffer bytes = append.bytes();
    long[] version = new long[1];
    boolean present =
        look(
            append.key(),
            item -> {
              ByteBuffer value = item.value();
              int start = value.position() + (append.toFront() ? 0 : length - bytes.remaining());
              boolean ours =
                  value.remaining() == length
                      && value.slice(start, bytes.remaining()).equals(bytes);
              version[0] = ours ? item.version() : NO_VERSION;
            });
    return present ? version[0] : NO_VERSION;
  }

  Reply add(Command.AddAndGet command) {
    Command.Add add = command.add();
    Reply[] reply = new Reply[1];
    long[] expiresAtMillis = new long[1];
    UpdateResult result =
        update(
            add.key(),
            old -> {
              // No bytes are no number, and that memcached says before it looks at the version.
              Reply refusal =
                  old == null || !old.value().hasRemaining()
                      ? null
                      : CommandExecutor.refusal(command.condition(), old);
              if (refusal != null) {
                reply[0] = refusal;
                return Update.KEEP;
              }
              Update update = edits.add(add, old, reply);
              if (!(update instanceof Update.Replace sum)) {
                return update;
              }
              expiresAtMillis[0] =
                  old == null
                      ? sum.expiresAtMillis()
                      : executor.expiresAtMillis(command.expiry(), old);
              return new Update.Replace(
                  sum.head(),
                  sum.gapBytes(),
                  sum.middle(),
                  sum.tail(),
                  sum.kind(),
                  sum.marks(),
                  sum.flags(),
                  expiresAtMillis[0],
                  sum.version(),
                  sum.tags());
            });
    if (result == UpdateResult.TOO_LARGE) {
      return executor.tooLarge(add.key().remaining());
    }
    edits.countAdd(add, reply[0]);
    if (!(reply[0] instanceof Reply.Count(long number))) {
      return reply[0];
    }
    ByteBuffer text = Numbers.text(add.arithmetic(), number);
    return new Reply.Value(
        ValueKind.BYTES,
        text,
        0,
        versionOf(add.key(), text),
        expiresAtMillis[0],
        executor.store().nowMillis(),
        0);
  }
}
