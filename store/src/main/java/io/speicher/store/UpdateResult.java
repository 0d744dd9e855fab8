package io.speicher.store;

/** What became of a {@link Store#update}. */
public enum UpdateResult {
  /** Nothing was to be done. */
  KEPT,

  /** The key has no item now. */
  REMOVED,

  /** The new item is what the key has now. */
  STORED,

  /** Not stored: the item is larger than the store can hold. The key has no item now. */
  TOO_LARGE
}
