package io.speicher.store;

/** What became of a {@link Store#add}. */
public sealed interface AddResult {
  /** The counter is {@code value} now. */
  record Counted(long value) implements AddResult {}

  /** Nothing was done. */
  enum Refused implements AddResult {
    /** The key has no item. */
    KEY_ABSENT,

    /** The value is not the decimal text of a signed 64-bit number. */
    NOT_A_NUMBER,

    /** The sum is not a signed 64-bit number. */
    OVERFLOW
  }
}
