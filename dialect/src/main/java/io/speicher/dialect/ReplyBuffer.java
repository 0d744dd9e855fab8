package io.speicher.dialect;

import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;
import java.nio.charset.Charset;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where replies are written: those to one connection behind those to another on a page that an
 * event loop keeps, and what does not fit there in chunks that belong to one connection and are
 * counted by its {@link Share}. Only the thread of the loop uses it.
 *
 * <pre>
 *  page    |  to A  |  to B  |  to C ...
 *  chunks                       ... still to C |  to C  |  to C
 * </pre>
 *
 * <p>The page never leaves the loop. The chunks are handed over, once, by {@link #takeChunks}. So
 * no buffer has two owners.
 *
 * <p>A position counts the bytes written for the present connection. Writing may be taken back with
 * {@link #resetTo}, since what shows an item may show it again. If there is no memory for another
 * chunk, {@link MemoryShortageException} is thrown and what was written stays.
 */
public final class ReplyBuffer {
  private static final int MIN_CHUNK_BYTES = 4 << 10;
  private static final int FIRST_CHUNK_BYTES = 64 << 10;
  private static final int MAX_CHUNK_BYTES = 1 << 20;

  private static final int NOTHING_LEFT_OUT = Integer.MAX_VALUE;

  private final ByteBuf page;
  private final ArrayList<ByteBuf> chunks = new ArrayList<>();
  private Share share;

  /** Where is written: the page, or the last chunk. */
  private ByteBuf current;

  private int pageStart;

  /** Pieces that are as long are left out. */
  private int leftOutBytes = NOTHING_LEFT_OUT;

  /** The last one that was. */
  private @Nullable LeftOut leftOut;

  /** The code of the error that was written last, or null. */
  private @Nullable String failure;

  /** The position of the first byte of {@link #current}: negative where others precede. */
  private long currentStart;

  /**
   * @param page which has a fixed capacity, and stays its owner's
   * @param share of whoever is answered until {@link #begin} says otherwise
   */
  public ReplyBuffer(ByteBuf page, Share share) {
    this.page = page;
    this.share = share;
    current = page;
    pageStart = page.writerIndex();
    currentStart = -pageStart;
  }

  // ---- for who counts ----

  /** Says that what is written is an error that has this code, such as {@code WRONGTYPE}. */
  public void fail(String code) {
    failure = code;
  }

  /** The code of the last error since this was asked before, or null if there was none. */
  public @Nullable String takeFailure() {
    String taken = failure;
    if (taken != null) {
      failure = null;
    }
    return taken;
  }

  // ---- for who sends ----

  /** Begins the replies to a connection. What was written for another one must have been taken. */
  public void begin(Share newShare) {
    share = newShare;
    failure = null;
    goOnOnPage();
  }

  /** The index of the page at which the replies to the present connection begin. */
  public int pageStart() {
    return pageStart;
  }

  public boolean hasChunks() {
    return !chunks.isEmpty();
  }

  /** Gives the chunks to the caller, who releases them, and goes on writing on the page. */
  public List<ByteBuf> takeChunks() {
    List<ByteBuf> taken = List.copyOf(chunks);
    chunks.clear();
    goOnOnPage();
    return taken;
  }

  private void goOnOnPage() {
    current = page;
    pageStart = page.writerIndex();
    currentStart = -pageStart;
  }

  // ---- positions ----

  public long position() {
    return currentStart + current.writerIndex();
  }

  /**
   * Takes back what was written from this position on.
   *
   * @throws IllegalArgumentException if nothing was written there: beyond both ends are replies to
   *     others
   */
  public ReplyBuffer resetTo(long position) {
    requireWithin(position, 0);
    while (position < currentStart) {
      chunks.removeLast().release();
      current = chunks.isEmpty() ? page : chunks.getLast();
      currentStart -= current.writerIndex();
    }
    current.writerIndex((int) (position - currentStart));
    return this;
  }

  /** Overwrites a number that {@link #writeInt} wrote at this position. */
  public void setInt(long position, int number) {
    requireWithin(position, Integer.BYTES);
    ByteBuf holder = current;
    long start = currentStart;
    for (int i = chunks.size() - 1; position < start; i--) {
      holder = i == 0 ? page : chunks.get(i - 1);
      start -= holder.writerIndex();
    }
    holder.setInt((int) (position - start), number);
  }

  private void requireWithin(long position, int bytes) {
    if (position < 0 || position > position() - bytes) {
      throw new IllegalArgumentException(
          "position out of bounds: position=" + position + " (expected: 0.." + position() + ")");
    }
  }

  // ---- writing ----

  /** Lets the next writes of so many bytes in all lie in one piece. */
  public void ensureWritable(int bytes) {
    if (current.capacity() - current.writerIndex() < bytes) {
      addChunk(bytes);
    }
  }

  private void addChunk(int bytes) {
    chunks.ensureCapacity(chunks.size() + 1); // So that nothing fails once there is a chunk.
    ByteBuf chunk = share.buffer(chunkBytes(bytes));
    currentStart += current.writerIndex();
    chunks.add(chunk);
    current = chunk;
  }

  /** Where memory is short, a chunk is as small as can be. */
  private int chunkBytes(int needed) {
    int usual =
        chunks.isEmpty()
            ? FIRST_CHUNK_BYTES
            : Math.min(2 * chunks.getLast().capacity(), MAX_CHUNK_BYTES);
    return Math.max(needed, usual <= share.roomBytes() ? usual : MIN_CHUNK_BYTES);
  }

  public ReplyBuffer writeByte(int b) {
    ensureWritable(1);
    current.writeByte(b);
    return this;
  }

  public ReplyBuffer writeShort(int number) {
    ensureWritable(Short.BYTES);
    current.writeShort(number);
    return this;
  }

  public ReplyBuffer writeInt(int number) {
    ensureWritable(Integer.BYTES);
    current.writeInt(number);
    return this;
  }

  public ReplyBuffer writeLong(long number) {
    ensureWritable(Long.BYTES);
    current.writeLong(number);
    return this;
  }

  public ReplyBuffer writeBytes(byte[] bytes) {
    return writeBytes(bytes, 0, bytes.length);
  }

  public ReplyBuffer writeBytes(byte[] bytes, int offset, int length) {
    if (length <= current.capacity() - current.writerIndex()) {
      current.writeBytes(bytes, offset, length);
      return this;
    }
    return writeBytes(ByteBuffer.wrap(bytes), offset, length);
  }

  public ReplyBuffer writeCharSequence(CharSequence text, Charset charset) {
    return writeBytes(text.toString().getBytes(charset));
  }

  /** Writes the remaining bytes, whose position stays. */
  public ReplyBuffer writeBytes(ByteBuffer bytes) {
    return writeBytes(bytes, bytes.position(), bytes.remaining());
  }

  /** Writes that many bytes from {@code index} of {@code bytes} on. */
  public ReplyBuffer writeBytes(ByteBuffer bytes, int index, int length) {
    if (length >= leftOutBytes) {
      leftOut = new LeftOut(position(), bytes.slice(index, length));
      return this;
    }
    int from = index;
    int left = length;
    int room = current.capacity() - current.writerIndex();
    while (left > room) {
      put(bytes, from, room);
      from += room;
      left -= room;
      addChunk(Math.min(left, MAX_CHUNK_BYTES));
      room = current.capacity();
    }
    put(bytes, from, left);
    return this;
  }

  /**
   * Runs something that writes, and leaves out what it writes in one piece of at least so many
   * bytes. There may be one such piece.
   *
   * @return that piece, or null if there was none
   */
  public @Nullable LeftOut writeWithout(int pieceBytes, Runnable writer) {
    leftOutBytes = pieceBytes;
    leftOut = null;
    try {
      writer.run();
      return leftOut != null && leftOut.position <= position() ? leftOut : null;
    } finally {
      leftOutBytes = NOTHING_LEFT_OUT;
      leftOut = null;
    }
  }

  /**
   * A piece that was left out.
   *
   * @param position where it would be
   * @param bytes a view of what was to be written, which is as short-lived as that
   */
  public record LeftOut(long position, ByteBuffer bytes) {}

  /** Takes back what was written from this position on, which is short, and returns it. */
  public byte[] takeFrom(long position) {
    byte[] taken = new byte[(int) (position() - position)];
    current.getBytes((int) (position - currentStart), taken);
    resetTo(position);
    return taken;
  }

  private void put(ByteBuffer bytes, int index, int length) {
    ByteBuffer to = current.internalNioBuffer(current.writerIndex(), length);
    to.put(to.position(), bytes, index, length);
    current.writerIndex(current.writerIndex() + length);
  }
}
