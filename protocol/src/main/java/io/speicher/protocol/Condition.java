package io.speicher.protocol;

/**
 * What must be so, at the moment of storing or deleting, for it to be done.
 *
 * @param version the one that the item must have, for {@link Kind#VERSION}; else 0
 */
public record Condition(Kind kind, long version) {

  /** What is looked at. */
  public enum Kind {
    ALWAYS,
    /** The key has no item. */
    ABSENT,
    /** The key has an item. */
    PRESENT,
    /** The key has an item of that version. */
    VERSION
  }

  public static final Condition ALWAYS = new Condition(Kind.ALWAYS, 0);
  public static final Condition ABSENT = new Condition(Kind.ABSENT, 0);
  public static final Condition PRESENT = new Condition(Kind.PRESENT, 0);

  public static Condition version(long version) {
    return new Condition(Kind.VERSION, version);
  }
}
