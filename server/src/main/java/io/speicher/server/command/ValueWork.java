package io.speicher.server.command;

import static java.util.Objects.requireNonNull;

import io.speicher.dialect.Dialect;
import io.speicher.dialect.ReplyBuffer;
import io.speicher.dialect.Share;
import io.speicher.protocol.Command;
import io.speicher.protocol.Command.View;
import io.speicher.protocol.Reply;
import io.speicher.store.Item;
import io.speicher.store.Store;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Answers with a long value in parts, each read from the item when the peer has taken the one
 * before: so it needs little memory however slow the peer is. For when memory is short: if the item
 * goes or changes meanwhile, the reply cannot be completed, and the connection has to end.
 */
final class ValueWork implements Work {
  /** A value that is longer may be sent in parts. */
  static final int MIN_BYTES = 64 << 10;

  private static final int MAX_PART_BYTES = 64 << 10;
  private static final int MIN_PART_BYTES = 1 << 10;

  private final Store store;
  private final Share share;
  private ByteBuffer key;
  private final long version;

  /** Which bytes of the value are in the reply: a command may ask for some of them. */
  private final int offset;

  private final int length;

  /** What stands behind the value. */
  private final byte[] tail;

  private int done;

  private ValueWork(
      Store store, Share share, ByteBuffer key, long version, int offset, int length, byte[] tail) {
    this.store = store;
    this.share = share;
    this.key = key;
    this.version = version;
    this.offset = offset;
    this.length = length;
    this.tail = tail;
  }

  /** Whether a copy of the value would take more than its part of what memory there is. */
  static boolean isFor(Item item, Dialect dialect, Share share) {
    int bytes = item.value().remaining();
    return bytes >= MIN_BYTES && bytes > share.roomBytes() >> 3 && dialect.streams();
  }

  /** Writes all of the reply that stands before the value. */
  static ValueWork begin(
      CommandExecutor executor,
      Store store,
      ByteBuffer key,
      View view,
      Dialect dialect,
      Share share,
      ReplyBuffer out) {
    long start = out.position();
    @Nullable ValueWork[] begun = new ValueWork[1];
    store.get(
        key,
        item -> {
          begun[0] = null;
          Reply.Value value = executor.value(item, view);
          ReplyBuffer.LeftOut leftOut =
              out.resetTo(start).writeWithout(MIN_BYTES, () -> dialect.encode(value, out));
          begun[0] =
              leftOut == null
                  ? nothingMore(store, share, key)
                  : new ValueWork(
                      store,
                      share,
                      key.slice(),
                      item.version(),
                      offsetWithin(value.bytes(), leftOut.bytes()),
                      leftOut.bytes().remaining(),
                      out.takeFrom(leftOut.position()));
        });
    if (begun[0] == null) { // It has just gone.
      dialect.encode(Reply.Miss.MISS, out.resetTo(start));
      return nothingMore(store, share, key);
    }
    return requireNonNull(begun[0]);
  }

  private static ValueWork nothingMore(Store store, Share share, ByteBuffer key) {
    return new ValueWork(store, share, key, 0, 0, 0, new byte[0]);
  }

  /** How far behind the first byte of a value a piece of it begins. */
  private static int offsetWithin(ByteBuffer value, ByteBuffer piece) {
    return (int)
        (MemorySegment.ofBuffer(piece).address() - MemorySegment.ofBuffer(value).address());
  }

  @Override
  public void movedTo(Command same, ReplyBuffer out) {
    movedTo(((Command.Get) same).key());
  }

  void movedTo(ByteBuffer sameKey) {
    key = sameKey;
  }

  @Override
  public boolean waitsUntilSent() {
    return true;
  }

  @Override
  public boolean goOn(ReplyBuffer out, long deadlineNanos) {
    if (done < length) {
      long room = Math.clamp(share.roomBytes() >> 3, MIN_PART_BYTES, MAX_PART_BYTES);
      int part = (int) Math.min(room, length - done);
      long start = out.position();
      boolean[] isSame = new boolean[1];
      boolean isHit =
          store.look(
              key,
              item -> {
                isSame[0] = item.version() == version;
                if (isSame[0]) {
                  ByteBuffer value = item.value();
                  out.resetTo(start).writeBytes(value, value.position() + offset + done, part);
                }
              });
      if (!isHit || !isSame[0]) {
        out.resetTo(start);
        throw new ReplyLostException("a long value has gone while it was sent in parts");
      }
      done += part;
    }
    if (done < length) {
      return false;
    }
    out.writeBytes(tail);
    return true;
  }
}
