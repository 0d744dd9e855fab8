package io.speicher.cli.copy;

import io.speicher.protocol.ValueKind;
import java.util.Arrays;

/** An item on its way. Key and value are arrays of its own, which nobody writes to. */
final class Item {
  static final long NEVER = Long.MAX_VALUE;
  static final long NO_VERSION = 0;

  /**
   * Servers round to seconds, and an answer is on its way for a while; two expiries that differ by
   * less are the same.
   */
  private static final long SAME_EXPIRY_MILLIS = 2_500;

  private final byte[] key;
  private final byte[] value;
  private final ValueKind kind;
  private final int flags;
  private final long expiresAtMillis;
  private final long version;

  /**
   * Makes an item.
   *
   * @param kind what Speicher knows the value as; {@link ValueKind#BYTES} if it came from elsewhere
   * @param flags those of memcached, 0 if there are none
   * @param expiresAtMillis by the clock of this machine, or {@link #NEVER}
   */
  Item(byte[] key, byte[] value, ValueKind kind, int flags, long expiresAtMillis) {
    this(key, value, kind, flags, expiresAtMillis, NO_VERSION);
  }

  /** One whose version, as a Speicher counts them, is known. */
  Item(byte[] key, byte[] value, ValueKind kind, int flags, long expiresAtMillis, long version) {
    this.key = key;
    this.value = value;
    this.kind = kind;
    this.flags = flags;
    this.expiresAtMillis = expiresAtMillis;
    this.version = version;
  }

  /** One that says how long it has left; negative if it has no end. */
  static Item living(byte[] key, byte[] value, ValueKind kind, int flags, long ttlMillis) {
    long now = System.currentTimeMillis();
    boolean ends = ttlMillis >= 0 && ttlMillis < NEVER - now;
    return new Item(key, value, kind, flags, ends ? now + ttlMillis : NEVER);
  }

  byte[] key() {
    return key;
  }

  byte[] value() {
    return value;
  }

  ValueKind kind() {
    return kind;
  }

  int flags() {
    return flags;
  }

  long expiresAtMillis() {
    return expiresAtMillis;
  }

  /** What its server had counted it as; {@link #NO_VERSION} if that is not known. */
  long version() {
    return version;
  }

  Item withVersion(long newVersion) {
    return new Item(key, value, kind, flags, expiresAtMillis, newVersion);
  }

  boolean ends() {
    return expiresAtMillis != NEVER;
  }

  boolean hasEnded() {
    return ends() && ttlMillis() <= 0;
  }

  /** How long it has left; only of one that ends. */
  long ttlMillis() {
    return expiresAtMillis - System.currentTimeMillis();
  }

  /** What it takes in memory, about. */
  long bytes() {
    return (long) key.length + value.length;
  }

  Item withKey(byte[] newKey) {
    return new Item(newKey, value, kind, flags, expiresAtMillis, version);
  }

  /**
   * Whether the other one is the same.
   *
   * @param comparesFlags whether both servers keep flags
   * @param comparesKinds whether both servers know kinds
   */
  boolean matches(Item other, boolean comparesFlags, boolean comparesKinds) {
    boolean isSameEnd =
        ends() == other.ends()
            && (!ends() || Math.abs(expiresAtMillis - other.expiresAtMillis) <= SAME_EXPIRY_MILLIS);
    return isSameEnd
        && Arrays.equals(value, other.value)
        && (!comparesFlags || flags == other.flags)
        && (!comparesKinds || kind == other.kind);
  }
}
