package io.speicher.store;

/** What became of a {@link Store#put(java.nio.ByteBuffer, java.nio.ByteBuffer, PutOptions)}. */
public enum PutResult {
  /** The value is what the key has now. */
  STORED,

  /**
   * Not stored: the item is larger than the whole budget allows. The key has no item now, for an
   * old value would be worse than none.
   */
  TOO_LARGE
}
