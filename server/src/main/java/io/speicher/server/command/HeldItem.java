package io.speicher.server.command;

import io.speicher.store.Item;
import java.nio.ByteBuffer;

/**
 * An item that lies in no store.
 *
 * @param bytes the value
 * @param expiresAtMillis in the milliseconds of this node's store
 */
public record HeldItem(
    ByteBuffer bytes, int kind, int marks, int flags, long expiresAtMillis, long version)
    implements Item {
  @Override
  public ByteBuffer value() {
    return bytes.duplicate();
  }
}
