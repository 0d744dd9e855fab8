package io.speicher.dialect;

import java.util.concurrent.atomic.AtomicLong;

/**
 * One account for all memory that peers can make the server hold outside the store: received bytes,
 * pending replies, queued transactions, watched keys. What a connection holds is its {@link Share}.
 *
 * <p>Any thread may call any method.
 */
public final class Account {

  /*
   * How much one connection may hold is the dynamic threshold of shared-memory switches (Choudhury
   * and Hahne, "Dynamic Queue Length Thresholds for Shared-Memory Packet Switches", IEEE/ACM
   * Transactions on Networking 6(2), 1998): no more than is still free. A single connection gets
   * half of the account, n greedy ones get a share of 1/(n+1) each, and 1/(n+1) always stays free
   * for those that come later. Nobody has to configure a limit for each connection.
   *
   * Most requests are short, and should not have to wait behind peers that have stopped in the
   * middle of long ones: a part of the account is for connections that hold little.
   *
   * A request that is within the documented limits must be served even if everything is taken. So
   * another part is a reserve, large enough for the largest request and its reply, which one
   * connection has at a time; see Share.
   */
  private static final int SMALL_SHARES_DIVISOR = 8;

  /** Who holds no more may use the part for those that hold little. */
  public static final int SMALL_SHARE_BYTES = 128 << 10;

  private final long limitBytes;
  private final long reserveBytes;
  private final long smallBytes;
  private final Runnable beforeAllocation;
  private final AtomicLong usedBytes = new AtomicLong();

  /**
   * @param limitBytes what all connections may hold together
   * @param reserveBytes the part of it that is kept for one connection at a time
   */
  public Account(long limitBytes, long reserveBytes) {
    this(limitBytes, reserveBytes, () -> {});
  }

  /**
   * As above, for those who want to see what happens when there is no memory.
   *
   * @param beforeAllocation is run before each allocation, and may throw in its place
   */
  public Account(long limitBytes, long reserveBytes, Runnable beforeAllocation) {
    this.beforeAllocation = beforeAllocation;
    smallBytes = limitBytes / SMALL_SHARES_DIVISOR;
    if (reserveBytes < 0 || reserveBytes + smallBytes >= limitBytes) {
      throw new IllegalArgumentException(
          "account too small: limitBytes="
              + limitBytes
              + " (expected: more than what is kept for some, "
              + (reserveBytes + smallBytes)
              + ")");
    }
    this.limitBytes = limitBytes;
    this.reserveBytes = reserveBytes;
  }

  void allocates() {
    beforeAllocation.run();
  }

  public long limitBytes() {
    return limitBytes;
  }

  public long usedBytes() {
    return usedBytes.get();
  }

  /** What one connection at a time may hold in all, whatever others hold. */
  public long reserveBytes() {
    return reserveBytes;
  }

  private long boundBytes() {
    return limitBytes - reserveBytes - smallBytes;
  }

  /** What can still be had by whoever may hold as much; never negative. */
  public long freeBytes() {
    return Math.max(0, boundBytes() - usedBytes.get());
  }

  /** What those that hold little can still have; never negative. */
  public long freeForSmallBytes() {
    return Math.max(0, boundBytes() + smallBytes - usedBytes.get());
  }

  /** Whether connections should hold as little as they can. */
  public boolean isShort() {
    return freeBytes() < limitBytes >> 3;
  }

  /** Takes so many bytes for a connection that will hold {@code totalBytes}, or returns false. */
  boolean tryTake(long bytes, long totalBytes) {
    long bound = boundBytes() + (totalBytes <= SMALL_SHARE_BYTES ? smallBytes : 0);
    long used = usedBytes.get();
    while (used + bytes <= bound) {
      long witness = usedBytes.compareAndExchange(used, used + bytes);
      if (witness == used) {
        return true;
      }
      used = witness;
    }
    return false;
  }

  /** Takes what is there already and can only be counted. */
  public void take(long bytes) {
    usedBytes.addAndGet(bytes);
  }

  public void giveBack(long bytes) {
    usedBytes.addAndGet(-bytes);
  }
}
