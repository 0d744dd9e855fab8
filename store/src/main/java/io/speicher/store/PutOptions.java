package io.speicher.store;

import org.jspecify.annotations.Nullable;

/**
 * What is stored beside a value, and when.
 *
 * @param kind 0 to 255; means something to the caller and nothing to the store. An item of kind 3
 *     or above may take a byte more
 * @param flags any 32 bits; mean nothing to the store
 * @param ttlMillis how long the item lives, at least 1, or {@link #NO_TTL}
 * @param condition what must be so for the value to be stored
 */
public record PutOptions(int kind, int flags, long ttlMillis, Condition condition) {
  /** The item lives until it is deleted or evicted. */
  public static final long NO_TTL = 0;

  /** Kind 0, no flags, no time to live, unconditionally. */
  public static final PutOptions DEFAULT = new PutOptions(0, 0, NO_TTL, Condition.ALWAYS);

  private static final int MAX_KIND = 255;

  /** What must be so, at the moment of storing, for a value to be stored. */
  public sealed interface Condition {
    Condition ALWAYS = new Always();
    Condition IF_ABSENT = new IfAbsent();
    Condition IF_PRESENT = new IfPresent();

    /** Always holds. */
    record Always() implements Condition {}

    /** Holds if the key has no item. */
    record IfAbsent() implements Condition {}

    /** Holds if the key has an item. */
    record IfPresent() implements Condition {}

    /** Holds if the key has an item and this is its {@link Item#version}. */
    record IfVersion(long version) implements Condition {}
  }

  public PutOptions {
    requireKind(kind);
    if (ttlMillis < 0) {
      throw new IllegalArgumentException(
          "time to live out of bounds: ttlMillis=" + ttlMillis + " (expected: 1 or more, or 0)");
    }
  }

  /** When an item that is stored now disappears, or {@link Item#NEVER}. */
  public long expiresAtMillis(long nowMillis) {
    if (ttlMillis == NO_TTL) {
      return Item.NEVER;
    }
    long expiresAtMillis = nowMillis + ttlMillis;
    return expiresAtMillis < 0 ? Item.NEVER : expiresAtMillis; // Past the end of time.
  }

  /** Why nothing may be stored in place of {@code old}, or null if it may. */
  public @Nullable PutResult refusal(@Nullable Item old) {
    return switch (condition) {
      case Condition.Always _ -> null;
      case Condition.IfAbsent _ -> old == null ? null : PutResult.KEY_PRESENT;
      case Condition.IfPresent _ -> old == null ? PutResult.KEY_ABSENT : null;
      case Condition.IfVersion(long version) -> {
        if (old == null) {
          yield PutResult.KEY_ABSENT;
        }
        yield old.version() == version ? null : PutResult.KEY_PRESENT;
      }
    };
  }

  public PutOptions withKind(int newKind) {
    return new PutOptions(newKind, flags, ttlMillis, condition);
  }

  public PutOptions withFlags(int newFlags) {
    return new PutOptions(kind, newFlags, ttlMillis, condition);
  }

  public PutOptions withTtlMillis(long newTtlMillis) {
    return new PutOptions(kind, flags, newTtlMillis, condition);
  }

  public PutOptions withCondition(Condition newCondition) {
    return new PutOptions(kind, flags, ttlMillis, newCondition);
  }

  static void requireKind(int kind) {
    if (kind < 0 || kind > MAX_KIND) {
      throw new IllegalArgumentException(
          "kind out of bounds: kind=" + kind + " (expected: 0.." + MAX_KIND + ")");
    }
  }
}
