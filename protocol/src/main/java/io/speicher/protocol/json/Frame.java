package io.speicher.protocol.json;

import io.speicher.protocol.ProtocolException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * A frame: the length of a payload, and the payload.
 *
 * <pre>
 *  0                        4                4+n
 *  | n, signed, big-endian  | payload (JSON) |
 * </pre>
 */
public final class Frame {
  public static final int HEADER_BYTES = 4;

  private Frame() {}

  /**
   * Takes the frame at the position of {@code in} and returns a view of its payload, or returns
   * null, and takes nothing, if it is not there to its end.
   *
   * @throws ProtocolException if no frame can have that length; the rest of it need not be there
   */
  public static @Nullable ByteBuffer take(ByteBuffer in, int maxFrameBytes) {
    if (in.remaining() < HEADER_BYTES) {
      return null;
    }
    int payloadBytes = checkedLength(in.getInt(in.position()), maxFrameBytes);
    if (in.remaining() - HEADER_BYTES < payloadBytes) {
      return null;
    }
    ByteBuffer payload = in.slice(in.position() + HEADER_BYTES, payloadBytes);
    in.position(in.position() + HEADER_BYTES + payloadBytes);
    return payload;
  }

  private static int checkedLength(int payloadBytes, int maxFrameBytes) {
    if (payloadBytes < 1 || payloadBytes > maxFrameBytes) {
      throw new ProtocolException(
          "frame length out of bounds: frameBytes="
              + payloadBytes
              + " (expected: 1.."
              + maxFrameBytes
              + "); closing the connection");
    }
    return payloadBytes;
  }
}
