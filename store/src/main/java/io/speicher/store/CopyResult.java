package io.speicher.store;

/** What became of a {@link Store#copy}. */
public enum CopyResult {
  /** The target has the item of the source now. */
  COPIED,

  /** Nothing was done: the source has no item. */
  SOURCE_ABSENT,

  /** Nothing was done: the target was to be absent, and has an item. */
  TARGET_PRESENT,

  /**
   * Not stored: with the key of the target, the item is larger than the store can hold. The target
   * has no item now.
   */
  TOO_LARGE
}
