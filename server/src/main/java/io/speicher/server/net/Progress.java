package io.speicher.server.net;

import io.speicher.dialect.Account;
import io.speicher.dialect.Share;

/**
 * Whether a peer makes use of the memory that its connection holds, while others wait for some.
 *
 * <p>A peer that takes and sends less than 16 KiB in a second is stalled; less than that in 0.3 s
 * if it has the reserve, or holds little, which others that need little wait for. Single bytes now
 * and then are no progress, or a few dribbling peers could hold the reserve for days. The time is
 * counted in looks at it, between which all sockets have been read: a loop that had no time to read
 * is not the fault of the peer. On the connection's event loop.
 */
final class Progress {

  private static final int MIN_BYTES = 16 << 10;
  private static final int STALLED_LOOKS = 1_000 / Turn.WATCH_MILLIS;
  private static final int SOON_STALLED_LOOKS = 300 / Turn.WATCH_MILLIS;

  /** Who holds no more is no help to those who wait. 10,000 connections then hold 40 MB. */
  private static final int MIN_HELD_BYTES = 4 << 10;

  private final Share share;
  private int looksWithout;
  private long readBytes;
  private long pendingBytes;

  Progress(Share share) {
    this.share = share;
  }

  /** The peer has sent so much. */
  void read(int bytes) {
    readBytes += bytes;
  }

  /**
   * Looks whether the peer has done enough since it last had.
   *
   * @param isOurTurn whether nothing was expected of the peer
   * @param nowPendingBytes what it has not taken of its replies
   */
  void look(boolean isOurTurn, long nowPendingBytes) {
    if (isOurTurn || readBytes + Math.abs(nowPendingBytes - pendingBytes) >= MIN_BYTES) {
      looksWithout = 0;
      readBytes = 0;
      pendingBytes = nowPendingBytes;
    } else {
      looksWithout++;
    }
  }

  /** Whether the connection holds memory that others need, and its peer has done too little. */
  boolean isStalled() {
    long heldBytes = share.heldBytes();
    boolean isSoon = share.hasReserve() || heldBytes <= Account.SMALL_SHARE_BYTES;
    return heldBytes >= MIN_HELD_BYTES
        && looksWithout >= (isSoon ? SOON_STALLED_LOOKS : STALLED_LOOKS);
  }
}
