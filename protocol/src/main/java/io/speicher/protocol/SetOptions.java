package io.speicher.protocol;

import java.nio.ByteBuffer;
import java.util.List;

/**
 * What a {@link Command.Set} says beside key and value.
 *
 * @param flags any 32 bits, which mean nothing to the server
 * @param returnsOld whether the reply is the value that was there before, or a miss, instead of
 *     what became of the new one
 * @param tags what the item is tagged with from now on, within the bounds of {@link Tags}
 */
public record SetOptions(
    int flags, Expiry expiry, Condition condition, boolean returnsOld, List<ByteBuffer> tags) {

  /** No flags, no end, no tags, unconditionally. */
  public static final SetOptions DEFAULT = new SetOptions(0, Expiry.NEVER, Condition.ALWAYS, false);

  /** Without tags. */
  public SetOptions(int flags, Expiry expiry, Condition condition, boolean returnsOld) {
    this(flags, expiry, condition, returnsOld, List.of());
  }

  public SetOptions withFlags(int newFlags) {
    return new SetOptions(newFlags, expiry, condition, returnsOld, tags);
  }

  public SetOptions withExpiry(Expiry newExpiry) {
    return new SetOptions(flags, newExpiry, condition, returnsOld, tags);
  }

  public SetOptions withCondition(Condition newCondition) {
    return new SetOptions(flags, expiry, newCondition, returnsOld, tags);
  }

  public SetOptions returningOld() {
    return new SetOptions(flags, expiry, condition, true, tags);
  }

  public SetOptions withTags(List<ByteBuffer> newTags) {
    return new SetOptions(flags, expiry, condition, returnsOld, newTags);
  }
}
