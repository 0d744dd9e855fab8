package io.speicher.dialect;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.buffer.UnpooledDirectByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * What one connection holds of the {@link Account}. The memory of a buffer that it makes is counted
 * from when it is allocated until it is released, whoever releases it.
 *
 * <p>The event loop of the connection takes; any thread may release a buffer, as long as the loop
 * does nothing meanwhile.
 */
public final class Share {
  /** Not watched for leaks: the account shows them. */
  private static final ByteBufAllocator ALLOCATOR = new UnpooledByteBufAllocator(true, true);

  private final Account account;
  private long heldBytes;
  private long reservedBytes;

  public Share(Account account) {
    this.account = account;
  }

  /** Another share of the same account. */
  Share another() {
    return new Share(account);
  }

  public long heldBytes() {
    return heldBytes;
  }

  /** What all connections can still have without the reserve: see {@link Account#freeBytes}. */
  public long freeBytes() {
    return account.freeBytes();
  }

  /** What it may hold beside what it holds already; others may take it first. */
  public long roomBytes() {
    return Math.max(reservedBytes, account.freeBytes()) - heldBytes;
  }

  /** Lets it have the reserve of the {@link Account}, whatever others hold, or not any longer. */
  public void reserve(boolean isHolder) {
    reservedBytes = isHolder ? account.reserveBytes() : 0;
  }

  /** Whether it has the reserve, and may thus hold as much as is possible at all. */
  public boolean hasReserve() {
    return reservedBytes >= account.reserveBytes();
  }

  /** Takes so many bytes, or none and returns false. */
  public boolean tryTake(long bytes) {
    long total = heldBytes + bytes;
    if (total <= reservedBytes) {
      account.take(bytes); // It is there whatever others hold.
    } else if (total > Math.max(Account.SMALL_SHARE_BYTES, account.freeBytes())
        || !account.tryTake(bytes, total)) {
      return false;
    }
    heldBytes = total;
    return true;
  }

  /** As {@link #tryTake}, with an exception instead of false. */
  public void take(long bytes) {
    if (!tryTake(bytes)) {
      throw new MemoryShortageException(bytes, heldBytes);
    }
  }

  /** Counts bytes that are in memory already, even if the share is used up. */
  public void takeHeld(long bytes) {
    account.take(bytes);
    heldBytes += bytes;
  }

  public void giveBack(long bytes) {
    heldBytes -= bytes;
    account.giveBack(bytes);
  }

  /** As {@link #buffer}, with null instead of an exception. */
  public @Nullable ByteBuf tryBuffer(int capacity) {
    return tryTake(capacity) ? allocate(capacity) : null;
  }

  /**
   * A buffer of this capacity, which is counted as long as it lives. It does not grow.
   *
   * @throws MemoryShortageException if it may not take as much
   */
  public ByteBuf buffer(int capacity) {
    take(capacity);
    return allocate(capacity);
  }

  /**
   * As {@link #buffer}, for bytes that are in memory already and have to be put somewhere, even if
   * the share is used up. How many these are is bounded by what is read or written at a time.
   */
  public ByteBuf bufferForHeld(int capacity) {
    takeHeld(capacity);
    return allocate(capacity);
  }

  /**
   * The buffer if it has room for so many bytes more, or else one that has, with its contents and
   * in its place: twice as large as need be if the connection may hold as much.
   *
   * @param old taken over, unless this fails
   * @throws MemoryShortageException if it may not hold what is needed; nothing has changed then
   */
  public ByteBuf withRoom(ByteBuf old, int more, int atLeast) {
    if (old.writableBytes() >= more) {
      return old;
    }
    long needed = (long) old.writerIndex() + more;
    long capacity = Math.max(atLeast, Math.min(2 * needed, Integer.MAX_VALUE - 8L));
    if (needed > capacity) {
      throw new MemoryShortageException(needed, heldBytes);
    }
    ByteBuf twice = tryBuffer((int) capacity);
    ByteBuf larger = twice == null ? buffer((int) needed) : twice;
    larger.writeBytes(old, 0, old.writerIndex()).readerIndex(old.readerIndex());
    old.release();
    return larger;
  }

  private ByteBuf allocate(int capacity) {
    try {
      account.allocates();
      return new CountedBuffer(this, capacity);
    } catch (Throwable e) { // Whatever it is, what was not allocated is not held.
      giveBack(capacity);
      throw e;
    }
  }

  private static final class CountedBuffer extends UnpooledDirectByteBuf {
    private final Share share;
    private final int bytes;

    CountedBuffer(Share share, int bytes) {
      super(ALLOCATOR, bytes, bytes);
      this.share = share;
      this.bytes = bytes;
    }

    @Override
    protected void deallocate() {
      super.deallocate();
      share.giveBack(bytes);
    }
  }
}
