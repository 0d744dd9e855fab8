package io.speicher.store;

/**
 * What is stored beside a value, and when.
 *
 * @param kind 0 to 3; means something to the caller and nothing to the store
 * @param flags any 32 bits; mean nothing to the store
 * @param ttlMillis how long the item lives, at least 1, or {@link #NO_TTL}
 * @param condition what must be so for the value to be stored
 */
public record PutOptions(int kind, int flags, long ttlMillis, Condition condition) {
  /** The item lives until it is deleted or evicted. */
  public static final long NO_TTL = 0;

  /** Kind 0, no flags, no time to live, unconditionally. */
  public static final PutOptions DEFAULT = new PutOptions(0, 0, NO_TTL, Condition.ALWAYS);

  private static final int MAX_KIND = 3;

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
    if (kind < 0 || kind > MAX_KIND) {
      throw new IllegalArgumentException("kind out of bounds: kind=" + kind + " (expected: 0..3)");
    }
    if (ttlMillis < 0) {
      throw new IllegalArgumentException(
          "time to live out of bounds: ttlMillis=" + ttlMillis + " (expected: 1 or more, or 0)");
    }
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
}
