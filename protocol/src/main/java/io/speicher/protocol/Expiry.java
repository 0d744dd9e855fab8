package io.speicher.protocol;

/**
 * When an item disappears, as it was asked for. Only the server knows what time it is.
 *
 * @param millis after the command is executed for {@link Base#AFTER} and {@link Base#WITHIN}, since
 *     1970 for {@link Base#AT}; may be in the past, and then the item is gone at once; else 0
 */
public record Expiry(Base base, long millis) {

  /** What the milliseconds are counted from. */
  public enum Base {
    /** The item has no end. */
    NEVER,
    /** The item keeps the end that the one before it had; a new one has none. */
    KEEP,
    /** From the moment the command is executed. */
    AFTER,
    /** From 1970. */
    AT,
    /** From the end that the item before it had; one without an end keeps none. */
    LATER,
    /** As {@link #AFTER}, or the end that the item before it had, if that is sooner. */
    WITHIN
  }

  public static final Expiry NEVER = new Expiry(Base.NEVER, 0);
  public static final Expiry KEEP = new Expiry(Base.KEEP, 0);

  public static Expiry after(long millis) {
    return new Expiry(Base.AFTER, millis);
  }

  public static Expiry later(long millis) {
    return new Expiry(Base.LATER, millis);
  }

  public static Expiry within(long millis) {
    return new Expiry(Base.WITHIN, millis);
  }

  public static Expiry at(long millis) {
    return new Expiry(Base.AT, millis);
  }
}
