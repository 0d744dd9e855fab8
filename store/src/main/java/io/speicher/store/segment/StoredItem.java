package io.speicher.store.segment;

import io.speicher.store.Item;
import java.nio.ByteBuffer;

/**
 * An item where it lies: what its header says, read once when it is {@link #at}. One thread uses
 * it.
 */
final class StoredItem {
  private long address;
  private int options;
  private int keyBytes;
  private int valueBytes;
  private long keyAddress;
  private long expiresAtMillis = Item.NEVER;

  /** Reads the header of another item. */
  void at(long itemAddress, long expiryBaseMillis) {
    address = itemAddress;
    options = ItemLayout.options(itemAddress);
    keyBytes = ItemLayout.keyBytes(itemAddress, options);
    valueBytes = ItemLayout.valueBytes(itemAddress, options);
    keyAddress = ItemLayout.keyAt(itemAddress, options);
    expiresAtMillis = ItemLayout.expiresAtMillis(itemAddress, options, expiryBaseMillis);
  }

  long address() {
    return address;
  }

  /** From its first byte to its last. */
  int bytes() {
    return (int) (valueAddress() + valueBytes - address);
  }

  int keyBytes() {
    return keyBytes;
  }

  long keyAddress() {
    return keyAddress;
  }

  /** A view of its own. */
  ByteBuffer key() {
    return NativeMemory.view(keyAddress, keyBytes);
  }

  boolean hasKey(ByteBuffer key) {
    return keyBytes == key.remaining() && NativeMemory.equal(key, keyAddress);
  }

  long valueAddress() {
    return keyAddress + keyBytes;
  }

  int valueBytes() {
    return valueBytes;
  }

  int kind() {
    return ItemLayout.kind(address, options);
  }

  int flags() {
    return ItemLayout.flags(address, options);
  }

  boolean expires() {
    return ItemLayout.expires(options);
  }

  long expiresAtMillis() {
    return expiresAtMillis;
  }

  boolean hasVersion() {
    return ItemLayout.hasVersion(options);
  }

  /** Only if it {@link #hasVersion}; else its version is where it lies. */
  long version() {
    return ItemLayout.version(address, options);
  }
}
