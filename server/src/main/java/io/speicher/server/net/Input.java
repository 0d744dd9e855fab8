package io.speicher.server.net;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.speicher.dialect.Share;

/**
 * What a connection has received and not yet executed, in memory of its own, never in a buffer that
 * a loop reads to.
 *
 * <p>It grows as far as the connection's share of the memory allows. What arrives while it cannot
 * grow is put aside and belongs behind it: whoever reads from the peer has to stop then. On the
 * connection's event loop.
 */
final class Input {

  /** The largest buffer of Java. */
  private static final long MAX_ARRAY = Integer.MAX_VALUE - 8L;

  /** A buffer that is no larger is not worth being copied to a smaller one. */
  private static final int SMALL_BYTES = 256 << 10;

  /** Asked for its share and its dialect: an idle connection has no room for more than one. */
  private final Connection connection;

  private ByteBuf bytes = Unpooled.EMPTY_BUFFER;
  private ByteBuf aside = Unpooled.EMPTY_BUFFER;

  Input(Connection connection) {
    this.connection = connection;
  }

  private Share share() {
    return connection.share();
  }

  /** What may be executed; it remains this object's. */
  ByteBuf bytes() {
    return bytes;
  }

  /** What has to wait until there is memory; it remains this object's. */
  ByteBuf aside() {
    return aside;
  }

  boolean isEmpty() {
    return !bytes.isReadable();
  }

  /** Whether something had to be put aside. */
  boolean lacksMemory() {
    return aside.isReadable();
  }

  /** How much has been received, put aside or not. */
  long receivedBytes() {
    return (long) bytes.readableBytes() + aside.readableBytes();
  }

  /** How much the connection has to hold in all to take what was put aside. */
  long neededBytes() {
    return share().heldBytes() + capacityWith(aside.readableBytes());
  }

  /** Takes over bytes, which come behind all others. */
  void append(ByteBuf more) {
    try {
      if (lacksMemory() || !makeRoom(more.readableBytes())) {
        putAside(more);
      } else {
        bytes.writeBytes(more);
      }
    } finally {
      more.release();
    }
  }

  /** Copies what is left over of bytes that lie elsewhere; nothing else may be here. */
  void keep(ByteBuf rest) {
    bytes = share().bufferForHeld(rest.readableBytes()).writeBytes(rest);
  }

  /** Moves what was put aside behind the rest, if there is something and room for it by now. */
  boolean takeAside() {
    if (!lacksMemory() || !makeRoom(aside.readableBytes())) {
      return false;
    }
    bytes.writeBytes(aside);
    aside.release();
    aside = Unpooled.EMPTY_BUFFER;
    return true;
  }

  /** Keeps no more memory than what is left needs. */
  void trim() {
    if (isEmpty()) {
      bytes.release();
      bytes = Unpooled.EMPTY_BUFFER;
    } else if (bytes.capacity() > SMALL_BYTES && 4L * bytes.readableBytes() < bytes.capacity()) {
      ByteBuf smaller = share().bufferForHeld(2 * bytes.readableBytes());
      smaller.writeBytes(bytes);
      bytes.release();
      bytes = smaller;
    }
  }

  /** Gives all memory back, whatever lies in it. */
  void forget() {
    bytes.release();
    bytes = Unpooled.EMPTY_BUFFER;
    aside.release();
    aside = Unpooled.EMPTY_BUFFER;
  }

  private boolean makeRoom(int more) {
    if (bytes.writableBytes() >= more) {
      return true;
    }
    if (bytes.refCnt() == 1 && 2L * (bytes.readableBytes() + more) <= bytes.capacity()) {
      bytes.discardReadBytes(); // Nobody sees it but us, and little of it is left.
      return true;
    }
    ByteBuf larger = share().tryBuffer(capacityWith(more));
    if (larger == null) {
      return false;
    }
    larger.writeBytes(bytes);
    bytes.release();
    bytes = larger;
    return true;
  }

  /**
   * How large the buffer should be to hold so much more. Memory grows with what has arrived and
   * never with what a length announces: it at most doubles.
   */
  private int capacityWith(int more) {
    int needed = Math.addExact(bytes.readableBytes(), more);
    int missing = connection.missingBytes(bytes);
    long expected = missing == 0 ? Long.MAX_VALUE : (long) bytes.readableBytes() + missing;
    return (int) Math.max(needed, Math.min(Math.min(2L * needed, expected), MAX_ARRAY));
  }

  private void putAside(ByteBuf more) {
    ByteBuf larger = share().bufferForHeld(aside.readableBytes() + more.readableBytes());
    larger.writeBytes(aside).writeBytes(more);
    aside.release();
    aside = larger;
  }
}
