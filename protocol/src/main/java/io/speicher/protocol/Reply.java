package io.speicher.protocol;

import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What a server answers to a {@link Command}, whatever dialect it was asked in. */
public sealed interface Reply {
  /** The status code of the replies that the server itself refuses. */
  int BAD_REQUEST = 400;

  /** The status code of a server that could not do what it was asked. */
  int UNAVAILABLE = 503;

  /** It is done, and there is nothing more to say. */
  record Done() implements Reply {
    public static final Done DONE = new Done();
  }

  /** There is no such key. */
  record Miss() implements Reply {
    public static final Miss MISS = new Miss();
  }

  /** Nothing was done: there is an item, and it is not as the condition wants it. */
  record Exists() implements Reply {
    public static final Exists EXISTS = new Exists();
  }

  /**
   * An item that was asked for.
   *
   * @param bytes a view: who receives the reply copies what it keeps
   * @param version greater than zero, or 0 if nobody asked for it
   * @param expiresAtMillis since 1970, or {@link #NEVER}
   * @param nowMillis the time of the server, or 0 if nobody asked for it
   * @param frequency how often it has been read lately, 0 to 3; a hint
   */
  record Value(
      ValueKind kind,
      ByteBuffer bytes,
      int flags,
      long version,
      long expiresAtMillis,
      long nowMillis,
      int frequency)
      implements Reply {
    /** Stands for the expiry of an item that has none. */
    public static final long NEVER = Long.MAX_VALUE;

    /** A value without anything beside it. */
    public Value(ValueKind kind, ByteBuffer bytes) {
      this(kind, bytes, 0, 0, NEVER, 0, 0);
    }

    /** How long it has left, at least 1, or -1 if it has no end. */
    public long ttlMillis() {
      return expiresAtMillis == NEVER ? -1 : Math.max(1, expiresAtMillis - nowMillis);
    }
  }

  /**
   * What is shown to one of those who may get a lease: the item, if there is one, and the lease, if
   * it was given. Neither an item that is fresh and cannot be leased, nor a miss without a lease.
   *
   * @param value null if there is no item
   * @param lease greater than zero, or {@link #NONE} if somebody else has it
   * @param stale whether the item is out of date
   */
  record Leasable(@Nullable Value value, long lease, boolean stale) implements Reply {
    /** Stands for no lease. */
    public static final long NONE = 0;
  }

  /**
   * An item and its lease, as memcached tells it.
   *
   * @param value as it is after the command
   * @param oldExpiresAtMillis as it was before
   * @param won whether the lease was given to who asks
   * @param taken whether somebody else has it
   * @param stale whether the item was marked so
   */
  record Leased(Value value, long oldExpiresAtMillis, boolean won, boolean taken, boolean stale)
      implements Reply {}

  /**
   * What a client receives for a batch; a server writes the elements one by one instead.
   *
   * @param items a {@link Value} or a {@link Miss} for each key, in their order, or an error
   */
  record Items(List<Reply> items) implements Reply {}

  /**
   * Values that the peer has read have changed: no reply to anything, but told between two replies
   * to who wants it ({@link Command.Track}).
   *
   * @param everything whether the peer has to forget all that it keeps
   * @param keys what it has to forget; nothing beside everything
   * @param brokenRedirect the id of the connection that was told instead, and is gone; or 0
   */
  record Invalidated(boolean everything, List<ByteBuffer> keys, long brokenRedirect)
      implements Reply {}

  /** A length, a count, or the value of a counter. */
  record Count(long number) implements Reply {}

  /**
   * What a number has become.
   *
   * @param decimal whether it may have a fraction
   * @param change by how much, 0 if nothing was done
   */
  record Increased(boolean decimal, BigDecimal number, BigDecimal change) implements Reply {}

  /**
   * Keys that were found.
   *
   * @param cursor where to go on, or 0 if that is all; any 64 bits
   */
  record Keys(long cursor, List<ByteBuffer> keys) implements Reply {}

  record Stats(ServerStats stats) implements Reply {}

  /**
   * What a client receives for {@link Command.Stats}: what the server knows beyond the first
   * edition of the protocol. A server writes {@link Stats} instead.
   *
   * @param names as the page of the protocol has them; none if the server says nothing of them
   */
  record Features(List<String> names) implements Reply {}

  /**
   * The cluster that a server is a node of.
   *
   * @param view null if it is none
   */
  record Cluster(@Nullable ClusterView view) implements Reply {}

  /** In the order of their prefixes. */
  record Namespaces(List<NamespaceFigures> namespaces) implements Reply {}

  record Users(List<UserInfo> users) implements Reply {}

  /**
   * Whether a user may do something.
   *
   * @param denied why not, or null if it may
   * @param key the key that it may not use, if that is why
   */
  record Permission(@Nullable Denied denied, @Nullable ByteBuffer key) implements Reply {}

  /**
   * What was denied.
   *
   * @param nowMillis the time of the server
   */
  record Denials(List<Denial> denials, long nowMillis) implements Reply {}

  /**
   * What tells of keys and of other peers.
   *
   * @param slowCommands the last one first
   * @param hotKeys which are computed each time they are asked for
   * @param bigKeys likewise
   * @param latencyEvents what has held up the server, by name
   */
  record Inspected(
      List<SlowCommand> slowCommands,
      HotKeySource hotKeys,
      Supplier<BigKeys> bigKeys,
      List<LatencyEvent> latencyEvents)
      implements Reply {}

  /** Tells which keys are hot. */
  @FunctionalInterface
  interface HotKeySource {
    /** So many at the most, the hottest first, within one of {@link HotKey#WINDOWS}. */
    List<HotKey> hottest(HotKey.Rank rank, Duration window, int limit);
  }

  /** Nothing was done: the present value, or what would come of it, is not of the right sort. */
  enum WrongValue implements Reply {
    /** It is not the decimal text of a 64-bit number. */
    NOT_AN_INTEGER,
    /** The sum is not a 64-bit number. */
    OVERFLOW,
    /** It is not a decimal number. */
    NOT_A_DECIMAL,
    /** The sum of decimal numbers is out of range. */
    NOT_FINITE,
    /** The value would be longer than the server takes. */
    TOO_LONG
  }

  /**
   * The command is wrong, and sending it again will not help.
   *
   * @param statusCode 400 to 499
   * @param message one sentence for a person
   */
  record Refused(int statusCode, String message) implements Reply {}

  /** Nothing was done: the peer has not the right to it. */
  enum Denied implements Reply {
    /** The peer has not said who it is. */
    NOT_AUTHENTICATED(401, "authentication required"),
    /** There is no such user, or it has another password, or is disabled. */
    WRONG_PASSWORD(401, "wrong user or password"),
    /** The user may not do such a thing. */
    COMMAND(403, "the user has no permission for this command"),
    /** The user may not do this with one of the keys. */
    KEY(403, "the user has no permission for one of the keys");

    private final int statusCode;
    private final String message;

    Denied(int statusCode, String message) {
      this.statusCode = statusCode;
      this.message = message;
    }

    /** 401 or 403. */
    public int statusCode() {
      return statusCode;
    }

    /** For a person. */
    public String message() {
      return message;
    }
  }

  /**
   * The server could not do it.
   *
   * @param statusCode 500 to 599
   * @param message one sentence for a person
   * @param outOfMemory whether it is because an item is larger than all of the memory
   */
  record Failed(int statusCode, String message, boolean outOfMemory) implements Reply {
    public Failed(int statusCode, String message) {
      this(statusCode, message, false);
    }
  }

  /**
   * There are as many connections as there may be, so that this one ends.
   *
   * @param max how many there may be
   */
  record TooManyConnections(int max) implements Reply {}
}
