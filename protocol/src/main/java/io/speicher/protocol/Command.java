package io.speicher.protocol;

import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What a server can be asked to do, whatever dialect it was asked in: the union of what all
 * dialects can say. Which database it is about is not said here: the connection has chosen one.
 *
 * <p>The buffers of a decoded command are views of what was read from the network: they are valid
 * until the command has been executed and the next one is decoded. Keys are 1 to {@link
 * Limits#MAX_KEY_BYTES} bytes long. Any command may also be answered with {@link Reply.Failed}.
 */
public sealed interface Command {

  // ---- reading ----

  /**
   * Answered with {@link Reply.Value} or {@link Reply.Miss}.
   *
   * @param view what is asked about the item
   */
  record Get(ByteBuffer key, View view) implements Command {
    public Get(ByteBuffer key) {
      this(key, View.VALUE);
    }
  }

  /** What a reading command wants to know of an item. */
  enum View {
    /** Value, kind, flags and expiry: all that costs nothing. */
    VALUE,
    /** All of it: the server has to remember from then on that somebody knows the version. */
    VERSION,
    /** All but the version. It does not count as a use: the item is not kept longer for it. */
    GLANCE
  }

  /** A batch: one {@link Reply.Value} or {@link Reply.Miss} for each key. Not a snapshot. */
  record GetAll(List<ByteBuffer> keys, View view) implements Command {}

  /** The item as it was, which is gone then. Answered with {@link Reply.Value} or a miss. */
  record GetAndDelete(ByteBuffer key) implements Command {}

  /** The item as it was, which has another expiry then. Answered like {@link Get}. */
  record GetAndTouch(ByteBuffer key, Expiry expiry, View view) implements Command {}

  /** How many of the keys have an item, each counted as often as it comes: {@link Reply.Count}. */
  record CountPresent(List<ByteBuffer> keys) implements Command {}

  // ---- writing ----

  /**
   * Replaces what was there, its time to live included. Answered with {@link Reply.Done}; where the
   * condition does not hold with {@link Reply.Miss} (the key has no item) or {@link Reply.Exists}
   * (it has one, or one of another version); or, if the options say so, with the old item.
   */
  record Set(ByteBuffer key, ValueKind kind, ByteBuffer value, SetOptions options)
      implements Command {

    /** Stands for no time to live. */
    public static final long NO_TTL = 0;

    /**
     * @param ttlMillis from 1 to {@link Limits#MAX_TTL_MILLIS}, or {@link #NO_TTL}
     */
    public Set(ByteBuffer key, ValueKind kind, ByteBuffer value, long ttlMillis) {
      this(
          key,
          kind,
          value,
          ttlMillis == NO_TTL
              ? SetOptions.DEFAULT
              : SetOptions.DEFAULT.withExpiry(Expiry.after(ttlMillis)));
    }
  }

  /**
   * Stores all items at one moment, or none. Answered with {@link Reply.Done}, or with {@link
   * Reply.Exists} or {@link Reply.Miss} if the condition does not hold for one of the keys.
   *
   * @param items with conditions {@link Condition#ALWAYS} and no old value to return
   * @param condition of each of the keys
   */
  record SetAll(List<Set> items, Condition condition) implements Command {}

  /** Answered with {@link Reply.Done} if there was such an item, else with {@link Reply.Miss}. */
  record Delete(ByteBuffer key) implements Command {}

  /**
   * Deletes an item that is as the condition says: {@link Reply.Done}, {@link Reply.Miss} if there
   * is none, {@link Reply.Exists} if it is another one.
   */
  record DeleteIf(ByteBuffer key, Condition condition) implements Command {}

  /**
   * How many items were deleted: {@link Reply.Count}.
   *
   * @param condition of each of them
   */
  record DeleteAll(List<ByteBuffer> keys, Condition condition) implements Command {
    public DeleteAll(List<ByteBuffer> keys) {
      this(keys, Condition.ALWAYS);
    }
  }

  /**
   * Gives an item another expiry. Answered with {@link Reply.Done}, {@link Reply.Miss}, or {@link
   * Reply.Exists} if the condition does not hold.
   */
  record Touch(ByteBuffer key, Expiry expiry, TouchCondition condition) implements Command {}

  /**
   * Gives an item another expiry if it is as the condition says. Answered with {@link Reply.Done},
   * {@link Reply.Miss} if there is none, or {@link Reply.Exists} if it is another one.
   *
   * @param ifExpires whether it must have an expiry before
   */
  record TouchIf(ByteBuffer key, Expiry expiry, Condition condition, boolean ifExpires)
      implements Command {}

  /**
   * What must be so for an expiry to be changed. No expiry counts as one that is infinitely far.
   */
  enum TouchCondition {
    ALWAYS,
    /** The item has no expiry. */
    IF_NEVER,
    /** The item has an expiry. */
    IF_EXPIRES,
    /** The new one is later than the present one. */
    IF_LATER,
    /** The new one is earlier than the present one. */
    IF_EARLIER,
    /** The item has an expiry, and the new one is earlier. */
    IF_EXPIRES_AND_EARLIER
  }

  /**
   * Gives an item these tags in place of those that it has; all else stays as it is. Answered with
   * {@link Reply.Done} or {@link Reply.Miss}.
   *
   * @param tags within the bounds of {@link Tags}; none takes all away
   */
  record Tag(ByteBuffer key, List<ByteBuffer> tags) implements Command {}

  /**
   * Adds bytes to the end of a value, or to its front. Answered with {@link Reply.Count}, the new
   * length, or with {@link Reply.Miss}.
   *
   * @param toFront whether they come before the value
   * @param kind {@link ValueKind#TEXT} or {@link ValueKind#BYTES}; only text added to text is text
   * @param creates whether an absent item is taken for an empty one
   */
  record Append(ByteBuffer key, ValueKind kind, ByteBuffer bytes, boolean toFront, boolean creates)
      implements Command {}

  /**
   * Overwrites a part of a value, which grows if need be, with zero bytes where there was nothing;
   * an absent item is taken for an empty one. Answered with {@link Reply.Count}, the new length. No
   * bytes change nothing.
   *
   * @param offset bytes, not negative
   */
  record SetRange(ByteBuffer key, int offset, ByteBuffer bytes) implements Command {}

  /**
   * Adds to the number that a value is, as decimal text. Answered with {@link Reply.Count}, the new
   * number; {@link Reply.Miss}; or {@link Reply.WrongValue}.
   *
   * @param initial what the number is to be if there is no item, or null: then it is a miss
   */
  record Add(ByteBuffer key, long delta, Arithmetic arithmetic, @Nullable Initial initial)
      implements Command {}

  /** The counter that an {@link Add} makes where there is none. */
  record Initial(long number, ValueKind kind, Expiry expiry) {}

  /** How numbers are added. */
  enum Arithmetic {
    /** Signed 64-bit numbers; a sum that is none is refused. */
    SIGNED,
    /** Unsigned 64-bit numbers, wrapping around. */
    UNSIGNED_UP,
    /** Unsigned 64-bit numbers: the delta is taken away, and nothing goes below zero. */
    UNSIGNED_DOWN
  }

  /**
   * Adds to the decimal number that a value is, in the arithmetic of {@link LongDouble}; an absent
   * item is taken for zero. Answered with {@link Reply.Value}, the text of the sum, or with {@link
   * Reply.WrongValue}.
   */
  record AddDecimal(ByteBuffer key, BigDecimal delta) implements Command {}

  /**
   * Adds to the number that a value is, within bounds; an absent item is taken for zero. Answered
   * with {@link Reply.Increased}, or with {@link Reply.WrongValue}.
   *
   * @param decimal whether numbers may have fractions, in the arithmetic of {@link LongDouble};
   *     else they are signed 64-bit numbers
   * @param least what the sum may be at least
   * @param most what it may be at most
   * @param saturates whether a sum that is out of bounds becomes the nearest one within them; else
   *     nothing is done
   * @param expiry {@link Expiry#KEEP}, or what the item gets
   * @param when it gets that
   */
  record Increase(
      ByteBuffer key,
      BigDecimal delta,
      boolean decimal,
      @Nullable BigDecimal least,
      @Nullable BigDecimal most,
      boolean saturates,
      Expiry expiry,
      When when)
      implements Command {
    /** When an item that is increased gets another expiry. */
    public enum When {
      ALWAYS,
      /** It has none. */
      IF_NEVER,
      /** The sum is what was added. */
      IF_FIRST
    }
  }

  /**
   * Gives the item of a key to another one, in place of what was there, at one moment. Answered
   * with {@link Reply.Done}, {@link Reply.Miss}, or {@link Reply.Exists} if the other key was to be
   * absent.
   *
   * @param keepsSource whether the first key keeps its item as well
   * @param toDatabase the database of the other key, or {@link #SAME_DATABASE}
   */
  record Move(ByteBuffer from, ByteBuffer to, boolean ifAbsent, boolean keepsSource, int toDatabase)
      implements Command {
    /** Stands for the database that the command is executed in. */
    public static final int SAME_DATABASE = -1;

    public Move(ByteBuffer from, ByteBuffer to, boolean ifAbsent, boolean keepsSource) {
      this(from, to, ifAbsent, keepsSource, SAME_DATABASE);
    }
  }

  // ---- leases ----

  /**
   * Reads an item, or gets the lease of its key: the right and the task to compute the value, which
   * one at a time of those who ask has. It can be had if the key has no item, or one that is stale
   * ({@link Invalidate}) or expires soon; it is over when the key gets another item or loses it,
   * when the key is deleted or cleared, and when its time is up. Answered with {@link Reply.Value},
   * {@link Reply.Leasable}, or {@link Reply.Miss} if there is no item and somebody else has the
   * lease.
   *
   * @param leaseMillis how long the lease is to last, from 1 to {@link #MAX_LEASE_MILLIS}
   * @param earlyMillis an item that has less time to live than this can be leased; 0 for none
   * @param waitMillis how long a miss may be held back, from 0 to {@link #MAX_LEASE_MILLIS}: until
   *     there is an item, or the lease of somebody else is over and this one can be had
   */
  record AskLease(ByteBuffer key, View view, long leaseMillis, long earlyMillis, long waitMillis)
      implements Command {
    /** An hour. */
    public static final long MAX_LEASE_MILLIS = 3_600_000;
  }

  /**
   * Stores an item for who has the lease of its key. Answered with {@link Reply.Done}, or with
   * {@link Reply.Exists} if that lease is over, whatever the key has.
   *
   * @param set which has no condition of its own
   * @param lease what {@link Reply.Leasable} has told
   */
  record SetWithLease(Set set, long lease) implements Command {}

  /**
   * memcached's way to {@link AskLease}, where a lease lasts as long as the item.
   *
   * <p>Reads an item, and gives to one of those who ask the lease of it: to compute it anew, while
   * the others use what there is. There is a lease to be had of an item that is stale ({@link
   * Invalidate}), that was made here because there was none, or that expires soon; it is over when
   * the item is replaced. Answered with {@link Reply.Leased} or {@link Reply.Miss}.
   *
   * @param touch the expiry that the item gets, or null
   * @param vivify where there is no item, an empty one with this expiry is made; null if not
   * @param recacheMillis an item that has less time to live than this can be leased; 0 for none
   */
  record LeaseGet(
      ByteBuffer key,
      View view,
      @Nullable Expiry touch,
      @Nullable Expiry vivify,
      long recacheMillis)
      implements Command {}

  /**
   * Marks an item as stale, which has another version then and can be leased. Answered with {@link
   * Reply.Done}, {@link Reply.Miss}, or {@link Reply.Exists} if it has another version.
   *
   * @param condition {@link Condition.Kind#ALWAYS} or {@link Condition.Kind#VERSION}
   * @param expiry {@link Expiry#KEEP}, or what it gets
   */
  record Invalidate(ByteBuffer key, Condition condition, Expiry expiry) implements Command {}

  /**
   * As {@link Set}, but answered with {@link Reply.Count} where it is done: the version of the new
   * item, or -1, which no item has, if it was replaced already.
   *
   * @param acceptsOlder whether a version that the key had before is accepted, too, whatever the
   *     order of the numbers: then the new item is stale, and its expiry and its lease are those of
   *     the old one
   */
  record SetLeased(Set set, boolean acceptsOlder) implements Command {}

  /**
   * As {@link Append}, but answered with {@link Reply.Count}, the version of the longer value, or
   * -1 if it was replaced already; or with {@link Reply.Exists} if the condition does not hold.
   *
   * @param append which does not create
   * @param condition {@link Condition.Kind#ALWAYS} or {@link Condition.Kind#VERSION}
   */
  record AppendLeased(Append append, Condition condition) implements Command {}

  /**
   * As {@link Add}, but answered with {@link Reply.Value}, the text of the new number, or with
   * {@link Reply.Exists} if the condition does not hold.
   *
   * @param condition {@link Condition.Kind#ALWAYS} or {@link Condition.Kind#VERSION}
   * @param expiry {@link Expiry#KEEP}, or what the item gets
   */
  record AddAndGet(Add add, Condition condition, Expiry expiry) implements Command {}

  // ---- all items ----

  /**
   * Removes every item. Answered with {@link Reply.Done}.
   *
   * @param delayMillis from now on; another such command takes the place of one that waits
   * @param allDatabases whether of all databases, or of the one that it is executed in
   */
  record Clear(long delayMillis, boolean allDatabases) implements Command {
    public Clear(long delayMillis) {
      this(delayMillis, false);
    }

    public Clear() {
      this(0);
    }
  }

  /**
   * Removes every item of a namespace, in all databases. Answered with {@link Reply.Done}, or
   * {@link Reply.Miss} if it is not declared.
   *
   * @param prefix as it was declared, in UTF-8
   */
  record ClearNamespace(ByteBuffer prefix) implements Command {}

  /**
   * Removes every item that has one of these tags, in all databases. Answered with {@link
   * Reply.Done}.
   */
  record ClearTags(List<ByteBuffer> tags) implements Command {}

  /** Exchanges the items of two databases. Answered with {@link Reply.Done}. */
  record SwapDatabases(int database, int other) implements Command {}

  /**
   * Some keys: {@link Reply.Keys}. Begins at cursor 0; a key that is there from the first call to
   * the last is found at least once.
   *
   * @param count about how many to look at, at least 1
   * @param pattern those that match are in the reply; null for all
   */
  record Scan(long cursor, int count, @Nullable Glob pattern) implements Command {}

  /** All keys that match: {@link Reply.Keys}. Takes long where there are many. */
  record FindKeys(Glob pattern) implements Command {}

  /**
   * How many keys of a slot this node holds, as primary or as backup: {@link Reply.Count}, or
   * {@link Reply.Cluster} where there is no cluster. Takes long where there are many items.
   *
   * @param slot below {@link KeySlot#SLOTS}
   */
  record CountKeysInSlot(int slot) implements Command {}

  /**
   * Keys of a slot that this node holds: {@link Reply.Keys}, otherwise as {@link CountKeysInSlot}.
   *
   * @param limit as many at the most
   */
  record FindKeysInSlot(int slot, long limit) implements Command {}

  /** Any key: {@link Reply.Keys} with one, or {@link Reply.Miss}. */
  record RandomKey() implements Command {}

  /** How many items there are: {@link Reply.Count}. */
  record CountItems() implements Command {}

  // ---- several commands ----

  /** One after the other, each answered as an element of a batch. Others may come in between. */
  record Batch(List<? extends Command> commands) implements Command {}

  /**
   * All at one moment, each answered as an element of a batch; or {@link Reply.Miss}, and none is
   * executed, if a watched key has changed.
   */
  record Transaction(List<Command> commands) implements Command {}

  /** Watches keys until the next transaction of this connection: {@link Reply.Done}. */
  record Watch(List<ByteBuffer> keys) implements Command {}

  /** Forgets what is watched: {@link Reply.Done}. */
  record Unwatch() implements Command {}

  // ---- what a peer keeps ----

  /**
   * From now on the peer is told of changes ({@link Reply.Invalidated}), instead of what it was
   * told before. Answered with {@link Reply.Done}, or {@link Reply.Miss} if there is no such
   * connection as is to be told instead.
   */
  record Track(TrackingOptions options) implements Command {}

  /** The peer is told no more: {@link Reply.Done}. */
  record Untrack() implements Command {}

  /** The peer can be told instead of others, which say so: {@link Reply.Done}. */
  record Subscribe() implements Command {}

  // ---- the server and its connections ----

  /**
   * Asks nothing of the server but to be alive, or nothing that its dialect does not know by
   * itself. Answered with {@link Reply.Done}.
   */
  record Ping() implements Command {}

  /** Which nodes there are, and which slots they own: {@link Reply.Cluster}. */
  record DescribeCluster() implements Command {}

  /**
   * Hands over what this node of a cluster owns to the others, and then stops the server: {@link
   * Reply.Done} when that has begun, or {@link Reply.Cluster} where there is no cluster.
   */
  record DrainNode() implements Command {}

  /** Answered with {@link Reply.Stats}. */
  record Stats() implements Command {}

  /**
   * As {@link Stats}, for whoever administers the server: answered with {@link Reply.Inspected},
   * which tells of keys and of other peers, too.
   */
  record Inspect() implements Command {}

  /**
   * Changes settings of the running server, all of these or none: {@link Reply.Done} or {@link
   * Reply.Refused}.
   *
   * @param wanted values by the names that {@link ServerStats#settings} has, Redis's where there is
   *     one; in the plain form that these have
   * @param refusal what is answered if that cannot be
   */
  record Configure(Map<String, String> wanted, Refusal refusal) implements Command {

    /** Says why settings were not changed. */
    @FunctionalInterface
    public interface Refusal {
      /**
       * The text for a setting.
       *
       * @param why null if there is no setting of this name
       */
      String text(String name, @Nullable String why);
    }
  }

  /** Forgets the slow commands that were noted: {@link Reply.Done}. */
  record ResetSlowLog() implements Command {}

  /**
   * Forgets what has held up the server: {@link Reply.Count}, how many kinds of it.
   *
   * @param names of events; none for all
   */
  record ResetLatencyEvents(Collection<String> names) implements Command {}

  /** Sets the counters to zero: {@link Reply.Done}. */
  record ResetStats() implements Command {}

  /** The clock: {@link Reply.Count}, in microseconds since 1970. */
  record Time() implements Command {}

  /**
   * Says who the peer is, for all that follows on this connection. Answered with {@link Reply.Done}
   * or {@link Reply.Denied}. Never a part of another command.
   *
   * @param password its bytes, which nobody may log or keep as they are
   */
  record Auth(String user, ByteBuffer password) implements Command {
    /** The user whom a password without a name belongs to. */
    public static final String DEFAULT_USER = "default";

    /** A longer password is none. */
    public static final int MAX_PASSWORD_BYTES = 1_024;

    @Override
    public String toString() {
      return "Auth[]"; // Whoever mistakes the order of the two says the password first.
    }
  }

  /**
   * Asks about users or changes them: what it is answered with is up to the request. A {@link
   * UserRequest.Mutation} is never a part of another command.
   */
  record ManageUsers(UserRequest request) implements Command {}

  /** Asks about namespaces or changes them: what it is answered with is up to the request. */
  record ManageNamespaces(NamespaceRequest request) implements Command {}

  /**
   * Whether the peer may have another command executed, which is not done: {@link Reply.Done} or
   * {@link Reply.Denied}.
   */
  record Check(Command command) implements Command {}

  /** Answered with {@link Reply.Done}, after which the server ends the connection. */
  record Quit() implements Command {}

  /** Stops the server, as a signal does. */
  record Shutdown() implements Command {}

  /**
   * From now on the peer is told of each command that the server has executed, beside the replies
   * to its own. Answered with {@link Reply.Done}.
   */
  record Monitor() implements Command {}

  /** Nothing more is executed on this connection for so long. Answered with {@link Reply.Done}. */
  record Pause(long millis) implements Command {}

  /**
   * Answered with {@link Reply.Value}: a text with a line for each connection.
   *
   * @param line what is told of a connection, with the end of the line; in ISO 8859-1
   */
  record ListConnections(ConnectionFilter filter, Function<ConnectionInfo, String> line)
      implements Command {}

  /** Closes connections: {@link Reply.Count}, how many. */
  record CloseConnections(ConnectionFilter filter) implements Command {}

  /**
   * Something that was read to its end but is no command. Answered with {@link Reply.Refused}; the
   * next command starts where it should.
   *
   * @param why one sentence for the peer, without any of its keys and values unless the dialect's
   *     clients expect them
   */
  record Malformed(String why) implements Command {}
}
