package io.speicher.protocol;

/**
 * What a {@link Command.Set} says beside key and value.
 *
 * @param flags any 32 bits, which mean nothing to the server
 * @param returnsOld whether the reply is the value that was there before, or a miss, instead of
 *     what became of the new one
 */
public record SetOptions(int flags, Expiry expiry, Condition condition, boolean returnsOld) {

  /** No flags, no end, unconditionally. */
  public static final SetOptions DEFAULT = new SetOptions(0, Expiry.NEVER, Condition.ALWAYS, false);

  public SetOptions withFlags(int newFlags) {
    return new SetOptions(newFlags, expiry, condition, returnsOld);
  }

  public SetOptions withExpiry(Expiry newExpiry) {
    return new SetOptions(flags, newExpiry, condition, returnsOld);
  }

  public SetOptions withCondition(Condition newCondition) {
    return new SetOptions(flags, expiry, newCondition, returnsOld);
  }

  public SetOptions returningOld() {
    return new SetOptions(flags, expiry, condition, true);
  }
}
