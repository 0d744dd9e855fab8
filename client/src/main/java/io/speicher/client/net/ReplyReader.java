package io.speicher.client.net;

import io.speicher.protocol.ProtocolException;
import io.speicher.protocol.Reply;
import io.speicher.protocol.json.Frame;
import io.speicher.protocol.json.JsonReplyDecoder;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import org.jspecify.annotations.Nullable;

/**
 * Puts the replies of one connection together from what it receives. Its memory grows with what has
 * arrived, never with what the header of a frame announces, and shrinks again after a long reply.
 *
 * <p>Not safe for more than one thread at a time.
 */
final class ReplyReader {
  /** The most that is received at a time. */
  static final int READ_BYTES = 64 << 10;

  /** What is longer is given back as soon as nothing is in it. */
  private static final int KEPT_BYTES = 4 * READ_BYTES;

  private final int maxFrameBytes;
  private final JsonReplyDecoder decoder;

  /**
   * Where the channel puts what it receives. Outside the heap, because the JDK would use such
   * memory of its own otherwise, and keep it for each thread that ever read.
   */
  private final ByteBuffer intake = ByteBuffer.allocateDirect(READ_BYTES);

  /** Received and not taken: from the position to the limit. */
  private ByteBuffer received = ByteBuffer.allocate(READ_BYTES).limit(0);

  /**
   * @param maxFrameBytes the longest payload that is believed
   */
  ReplyReader(int maxFrameBytes) {
    this.maxFrameBytes = maxFrameBytes;
    decoder = new JsonReplyDecoder(maxFrameBytes);
  }

  /**
   * Receives what is there, {@link #READ_BYTES} at most; to be called when {@link #next} has no
   * more.
   *
   * @return how much it was, as {@code channel} says it: -1 at the end
   */
  int receive(ReadableByteChannel channel) throws IOException {
    makeRoom();
    int from = received.limit();
    int to = Math.min(received.capacity(), from + READ_BYTES);
    int bytes = channel.read(intake.clear().limit(to - from));
    received.limit(from + Math.max(0, bytes));
    received.put(from, intake, 0, Math.max(0, bytes));
    return bytes;
  }

  private void makeRoom() {
    if (!received.hasRemaining()) {
      boolean isLong = received.capacity() > KEPT_BYTES;
      received = (isLong ? ByteBuffer.allocate(READ_BYTES) : received).position(0).limit(0);
    } else if (received.limit() == received.capacity()) {
      // Half of a frame, whose length the decoder has believed: all of it has room in the longest.
      int capacity = received.capacity();
      ByteBuffer longer =
          received.position() > 0
              ? received.duplicate().clear()
              : ByteBuffer.allocate(Math.min(2 * capacity, Frame.HEADER_BYTES + maxFrameBytes));
      received = longer.put(received).flip();
    }
  }

  /**
   * The next reply that is there to its end, or null. What it holds is a copy.
   *
   * @throws ProtocolException if what was received makes no sense
   */
  @Nullable Reply next() {
    Reply reply = decoder.decode(received);
    return reply == null ? null : owned(reply);
  }

  /** What the decoder has not copied already. */
  private static Reply owned(Reply reply) {
    if (reply instanceof Reply.Value value) {
      return owned(value);
    } else if (reply instanceof Reply.Leasable leasable) {
      Reply.Value value = leasable.value();
      return new Reply.Leasable(
          value == null ? null : owned(value), leasable.lease(), leasable.stale());
    } else if (reply instanceof Reply.Keys keys) {
      return new Reply.Keys(keys.cursor(), keys.keys().stream().map(ReplyReader::copy).toList());
    }
    return reply;
  }

  private static Reply.Value owned(Reply.Value value) {
    return new Reply.Value(
        value.kind(), copy(value.bytes()), 0, value.version(), value.expiresAtMillis(), 0, 0);
  }

  private static ByteBuffer copy(ByteBuffer bytes) {
    ByteBuffer copy = ByteBuffer.allocate(bytes.remaining());
    return copy.put(bytes.duplicate()).flip();
  }

  /** What was received and is no reply that makes sense, up to so many bytes. */
  byte[] peek(int maxBytes) {
    byte[] bytes = new byte[Math.min(maxBytes, received.remaining())];
    received.get(received.position(), bytes);
    return bytes;
  }

  /** Whether the beginning of a reply is there, and its end is not. */
  boolean isWithinReply() {
    return received.hasRemaining();
  }

  /** How much memory is in use, in bytes. */
  int capacity() {
    return received.capacity();
  }
}
