package io.speicher.store;

/**
 * What is stored beside a value.
 *
 * @param kind 0 to 3; means something to the caller and nothing to the store. An item of kind 3 may
 *     take a byte more
 * @param flags any 32 bits; mean nothing to the store
 * @param expiresAtMillis when the item disappears, in the store's milliseconds, or {@link
 *     Item#NEVER}; at once if that is not in the future
 */
public record PutOptions(int kind, int flags, long expiresAtMillis) {
  /** Kind 0, no flags; the item lives until it is deleted or evicted. */
  public static final PutOptions DEFAULT = new PutOptions(0, 0, Item.NEVER);

  private static final int MAX_KIND = 3;

  public PutOptions {
    requireKind(kind);
  }

  public PutOptions withKind(int newKind) {
    return new PutOptions(newKind, flags, expiresAtMillis);
  }

  public PutOptions withFlags(int newFlags) {
    return new PutOptions(kind, newFlags, expiresAtMillis);
  }

  public PutOptions withExpiresAtMillis(long newExpiresAtMillis) {
    return new PutOptions(kind, flags, newExpiresAtMillis);
  }

  static void requireKind(int kind) {
    if (kind < 0 || kind > MAX_KIND) {
      throw new IllegalArgumentException(
          "kind out of bounds: kind=" + kind + " (expected: 0.." + MAX_KIND + ")");
    }
  }
}
