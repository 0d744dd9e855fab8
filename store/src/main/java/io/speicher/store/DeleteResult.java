package io.speicher.store;

/** What became of a {@link Store#delete(java.nio.ByteBuffer, long)}. */
public enum DeleteResult {
  /** The item is gone. */
  DELETED,

  /** There was none. */
  KEY_ABSENT,

  /** Nothing was done: the item has another version. */
  OTHER_VERSION
}
