package io.speicher.load;

import java.nio.ByteBuffer;

/** Writes the requests of one dialect. Any thread may use it. */
abstract class Requests {
  private final KeyTemplate get;
  private final KeyTemplate delete;
  private final Values values;

  /** Makes one with the bytes of what is always alike. */
  Requests(KeyTemplate get, KeyTemplate delete, Values values) {
    this.get = get;
    this.delete = delete;
    this.values = values;
  }

  /**
   * Puts a request at the buffer's position.
   *
   * @param counter for a set: tells this write from others
   */
  final void put(ByteBuffer out, Operation operation, long key, long counter) {
    switch (operation) {
      case GET -> get.put(out, key);
      case SET -> putSet(out, key, counter);
      case DELETE -> delete.put(out, key);
    }
  }

  Values values() {
    return values;
  }

  private void putSet(ByteBuffer out, long key, long counter) {
    long hash = Values.hash(key, counter);
    int valueBytes = values.size(hash);
    putBeforeValue(out, key, valueBytes);
    values.put(out, counter, hash, valueBytes);
    putAfterValue(out);
  }

  abstract void putBeforeValue(ByteBuffer out, long key, int valueBytes);

  abstract void putAfterValue(ByteBuffer out);

  /** The bytes of the longest set beside its value. */
  abstract int setBytesWithoutValue();

  /** The longest request that can come. */
  final int longestBytes() {
    return Math.max(
        setBytesWithoutValue() + values.largest(), Math.max(get.length(), delete.length()));
  }
}
