package io.speicher.protocol.json;

import io.netty.buffer.ByteBuf;
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
   * Takes the frame at the reader index and returns a view of its payload, or returns null, and
   * takes nothing, if it is not there to its end.
   *
   * @throws ProtocolException if no frame can have that length; the rest of it need not be there
   */
  public static @Nullable ByteBuffer take(ByteBuf in, int maxFrameBytes) {
    if (in.readableBytes() < HEADER_BYTES) {
      return null;
    }
    int payloadBytes = checkedLength(in.getInt(in.readerIndex()), maxFrameBytes);
    if (in.readableBytes() - HEADER_BYTES < payloadBytes) {
      return null;
    }
    ByteBuffer payload = in.nioBuffer(in.readerIndex() + HEADER_BYTES, payloadBytes);
    in.skipBytes(HEADER_BYTES + payloadBytes);
    return payload;
  }

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

  /** Leaves room for the length and returns where the frame starts, for {@link #end}. */
  public static int begin(ByteBuf out) {
    int start = out.writerIndex();
    out.writeInt(0);
    return start;
  }

  /** Fills in the length of the frame that started at {@code start} and ends here. */
  public static void end(ByteBuf out, int start) {
    out.setInt(start, out.writerIndex() - start - HEADER_BYTES);
  }
}
