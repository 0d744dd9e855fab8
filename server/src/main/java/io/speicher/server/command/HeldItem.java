package io.speicher.server.command;

import io.speicher.store.Item;
import java.nio.ByteBuffer;

/**
 * An item that lies in no store. It has no version that means anything.
 *
 * @param bytes the value
 * @param expiresAtMillis in the milliseconds of this node's store
 */
public record HeldItem(ByteBuffer bytes, int kind, int flags, long expiresAtMillis)
    implements Item {
  private static final long VERSION = 1;

  @Override
  public ByteBuffer value() {
    return bytes.duplicate();
  }

  @Override
  public int marks() {
    return 0;
  }

  @Override
  public long version() {
    return VERSION;
  }
}
