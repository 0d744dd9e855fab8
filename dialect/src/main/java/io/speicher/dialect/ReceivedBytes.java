package io.speicher.dialect;

import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;

/**
 * Received bytes, and the two views that the keys and the values in them are shown by, one after
 * the other: a view for each would be garbage for each command.
 */
public final class ReceivedBytes {
  private final ByteBuf bytes;
  private final ByteBuffer keys;
  private final ByteBuffer values;

  /**
   * @param bytes which stay where they are, and what they are, as long as this is used
   */
  public ReceivedBytes(ByteBuf bytes) {
    this.bytes = bytes;
    keys = bytes.nioBuffer(0, bytes.capacity());
    values = keys.duplicate();
  }

  /** The bytes; those between its reader and its writer index have not been decoded yet. */
  public ByteBuf bytes() {
    return bytes;
  }

  ByteBuffer keys() {
    return keys;
  }

  ByteBuffer values() {
    return values;
  }

  /** All that may be looked at, for absolute indexes up to the limit. */
  ByteBuffer readable() {
    return keys.limit(bytes.writerIndex()).position(0);
  }
}
