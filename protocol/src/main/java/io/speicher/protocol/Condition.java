package io.speicher.protocol;

import java.nio.ByteBuffer;

/**
 * What must be so, at the moment of storing or deleting, for it to be done.
 *
 * @param number the version that the item must have, for {@link Kind#VERSION}; the digest of its
 *     value ({@link Xxh3}) for {@link Kind#DIGEST_EQUAL} and {@link Kind#DIGEST_NOT_EQUAL}; else 0
 * @param value what the value is compared with, for the kinds that do; else nothing
 */
public record Condition(Kind kind, long number, ByteBuffer value) {

  /** What is looked at. */
  public enum Kind {
    ALWAYS,
    /** The key has no item. */
    ABSENT,
    /** The key has an item. */
    PRESENT,
    /** The key has an item of that version. */
    VERSION,
    /** The key has an item with that value. */
    EQUAL,
    /** The key has no item, or one with another value. */
    NOT_EQUAL,
    /** The key has no item, or one with that value. */
    ABSENT_OR_EQUAL,
    /** The key has an item whose value has that digest. */
    DIGEST_EQUAL,
    /** The key has no item, or one whose value has another digest. */
    DIGEST_NOT_EQUAL;

    /** Whether it tells something of the value. */
    public boolean comparesValue() {
      return compareTo(EQUAL) >= 0;
    }
  }

  private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

  public static final Condition ALWAYS = new Condition(Kind.ALWAYS, 0);
  public static final Condition ABSENT = new Condition(Kind.ABSENT, 0);
  public static final Condition PRESENT = new Condition(Kind.PRESENT, 0);

  /** One that compares no value. */
  public Condition(Kind kind, long number) {
    this(kind, number, NOTHING);
  }

  public static Condition version(long version) {
    return new Condition(Kind.VERSION, version);
  }

  /** One that compares the value. */
  public static Condition value(Kind kind, ByteBuffer value) {
    return new Condition(kind, 0, value);
  }
}
