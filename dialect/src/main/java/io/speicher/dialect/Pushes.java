package io.speicher.dialect;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.speicher.protocol.Reply;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a connection has to be told of changes and has not been sent yet. Any thread adds; the event
 * loop of the connection takes.
 *
 * <p>Keys wait in memory that is counted in the {@link Account}, up to {@link #MAX_BYTES}. Where
 * that is not enough, everything has changed: the peer is told to forget all that it keeps. So
 * nothing is ever lost, however slow the peer is.
 */
public final class Pushes {
  /** Some ten thousand keys. */
  private static final int MAX_BYTES = 256 << 10;

  private static final int FIRST_BYTES = 1 << 10;

  /** All that is held here, apart from what its connection holds; guarded by this. */
  private final Share share;

  private ByteBuf keys = Unpooled.EMPTY_BUFFER;
  private boolean isEverything;
  private long brokenRedirect;
  private boolean isClosed;

  /** Whether the connection knows that there is something to take. */
  private boolean isAwake;

  private @Nullable Runnable wake;

  /** Whether there is something to take; for the loop, which asks often. */
  private volatile boolean hasAny;

  /**
   * @param share of this alone
   */
  public Pushes(Share share) {
    this.share = share;
  }

  /** Has {@code newWake} run whenever there is something to take that was not there before. */
  public void whenAny(Runnable newWake) {
    boolean isTooLate;
    synchronized (this) {
      wake = newWake;
      isTooLate = isAwake;
    }
    if (isTooLate) {
      newWake.run();
    }
  }

  public boolean hasAny() {
    return hasAny;
  }

  // ---- adding ----

  /** A key has changed; it is copied. */
  public void key(ByteBuffer key) {
    Runnable woken;
    synchronized (this) {
      if (isClosed || isEverything) {
        return;
      }
      append(key);
      woken = awake();
    }
    woken.run();
  }

  /** Anything may have changed. */
  public void everything() {
    Runnable woken;
    synchronized (this) {
      if (isClosed) {
        return;
      }
      forgetKeys();
      isEverything = true;
      woken = awake();
    }
    woken.run();
  }

  /** The connection of this id is gone, which was to be told instead. */
  public void brokenRedirect(long id) {
    Runnable woken;
    synchronized (this) {
      if (isClosed) {
        return;
      }
      brokenRedirect = id;
      woken = awake();
    }
    woken.run();
  }

  private void append(ByteBuffer key) {
    int bytes = Integer.BYTES + key.remaining();
    try {
      if (keys.readableBytes() + bytes <= MAX_BYTES) {
        ByteBuf before = keys;
        keys = share.withRoom(before, bytes, FIRST_BYTES);
        keys.writeInt(key.remaining()).writeBytes(key.duplicate());
        return;
      }
    } catch (MemoryShortageException e) {
      // As if there were too many.
    }
    forgetKeys();
    isEverything = true;
  }

  private void forgetKeys() {
    keys.release();
    keys = Unpooled.EMPTY_BUFFER;
  }

  /** What wakes the connection, if it does not know yet. */
  private Runnable awake() {
    hasAny = true;
    Runnable woken = isAwake ? null : wake;
    isAwake = true;
    return woken == null ? () -> {} : woken;
  }

  // ---- taking ----

  /** Takes all that there is, in memory of its own. */
  public synchronized Reply.Invalidated take() {
    List<ByteBuffer> taken = new ArrayList<>();
    while (keys.isReadable()) {
      ByteBuffer key = ByteBuffer.allocate(keys.readInt());
      keys.readBytes(key);
      taken.add(key.flip());
    }
    Reply.Invalidated all = new Reply.Invalidated(isEverything, taken, brokenRedirect);
    forgetKeys();
    isEverything = false;
    brokenRedirect = 0;
    isAwake = false;
    hasAny = false;
    return all;
  }

  /** Gives its memory back, when the connection has ended. */
  public synchronized void close() {
    isClosed = true;
    forgetKeys();
  }
}
