package io.speicher.protocol.json;

import io.speicher.protocol.Bytes;
import io.speicher.protocol.Limits;
import java.nio.ByteBuffer;
import java.util.Arrays;

/** One {@link Frame} that is being written, in memory that grows with it. */
final class FrameWriter {
  private static final int MAX_BYTES = Frame.HEADER_BYTES + Limits.MAX_FRAME_BYTES;

  private byte[] bytes;
  private int length = Frame.HEADER_BYTES;

  /**
   * @param payloadBytesHint about how long the payload will be; a good guess spares copies
   */
  FrameWriter(long payloadBytesHint) {
    bytes = new byte[(int) Math.min(Frame.HEADER_BYTES + payloadBytesHint, MAX_BYTES)];
  }

  FrameWriter write(byte[] source) {
    ensureWritable(source.length);
    System.arraycopy(source, 0, bytes, length, source.length);
    length += source.length;
    return this;
  }

  FrameWriter writeByte(char ascii) {
    ensureWritable(1);
    bytes[length++] = (byte) ascii;
    return this;
  }

  /** Writes the remaining bytes of {@code source}, whose position stays. */
  FrameWriter write(ByteBuffer source) {
    return write(source, source.position(), source.remaining());
  }

  private FrameWriter write(ByteBuffer source, int index, int count) {
    ensureWritable(count);
    source.get(index, bytes, length, count);
    length += count;
    return this;
  }

  /** Writes {@code utf8}, whose position stays, as a JSON string, in quotes. */
  FrameWriter writeString(ByteBuffer utf8) {
    writeByte('"');
    int end = utf8.limit();
    int from = utf8.position();
    int special = Bytes.indexOfSpecial(utf8, from, end, false);
    while (special < end) {
      write(utf8, from, special - from).write(JsonText.escape(utf8.get(special)));
      from = special + 1;
      special = Bytes.indexOfSpecial(utf8, from, end, false);
    }
    return write(utf8, from, end - from).writeByte('"');
  }

  /** The whole frame, its length filled in. Nothing may be written afterwards. */
  ByteBuffer finish() {
    ByteBuffer frame = ByteBuffer.wrap(bytes, 0, length);
    frame.putInt(0, length - Frame.HEADER_BYTES);
    return frame;
  }

  private void ensureWritable(int count) {
    long neededBytes = (long) length + count;
    if (neededBytes > MAX_BYTES) {
      throw new IllegalArgumentException(
          "command too long: frameBytes>="
              + (neededBytes - Frame.HEADER_BYTES)
              + " (expected: 1.."
              + Limits.MAX_FRAME_BYTES
              + ")");
    }
    if (neededBytes > bytes.length) {
      long newBytes = Math.max(neededBytes, 2L * bytes.length);
      bytes = Arrays.copyOf(bytes, (int) Math.min(newBytes, MAX_BYTES));
    }
  }
}
