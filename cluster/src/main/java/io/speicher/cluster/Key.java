package io.speicher.cluster;

import io.speicher.protocol.KeySlot;
import java.nio.ByteBuffer;
import java.util.Arrays;

/** A key as Infinispan knows it. Its bytes are never changed. */
final class Key {
  private static final int UNKNOWN = -1;

  final byte[] bytes;
  private int hash;
  private int segment = UNKNOWN;

  Key(byte[] bytes) {
    this.bytes = bytes;
  }

  static Key copyOf(ByteBuffer key) {
    byte[] bytes = new byte[key.remaining()];
    key.get(key.position(), bytes);
    return new Key(bytes);
  }

  /** A view. */
  ByteBuffer buffer() {
    return ByteBuffer.wrap(bytes);
  }

  int segment() {
    int known = segment;
    if (known == UNKNOWN) {
      known = segmentOf(buffer());
      segment = known;
    }
    return known;
  }

  static int segmentOf(ByteBuffer key) {
    return KeySlot.of(key) / SlotPartitioner.SLOTS_PER_SEGMENT;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Key key && Arrays.equals(bytes, key.bytes);
  }

  @Override
  public int hashCode() {
    int known = hash;
    if (known == 0) {
      known = Arrays.hashCode(bytes);
      hash = known;
    }
    return known;
  }

  /** Keys are in no log. */
  @Override
  public String toString() {
    return "Key[bytes=" + bytes.length + " segment=" + segment() + "]";
  }
}
