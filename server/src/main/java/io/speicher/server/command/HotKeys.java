package io.speicher.server.command;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.speicher.protocol.HotKey;
import io.speicher.protocol.HotKey.Rank;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The hot keys of a server: by uses and by bytes, within the last minute and the last hour. All
 * event loops count here, of which none waits for another; any thread may ask.
 */
public final class HotKeys {

  /*
   * A sketch for each loop would divide the memory, and what is hot would have to win a place in
   * each of them: with eight loops, by bytes, 85 of a hundred did. A use is counted in a fraction of
   * a microsecond, once for each 64 commands, so the lock is nearly always free.
   */

  private record Ranking(Rank rank, Duration window, HotKeySketch sketch) {}

  private final ReentrantLock lock = new ReentrantLock();

  @GuardedBy("lock")
  private final List<Ranking> rankings = new ArrayList<>();

  public HotKeys() {
    clear();
  }

  /** Forgets what was counted. */
  public void clear() {
    lock.lock();
    try {
      long now = System.nanoTime();
      rankings.clear();
      for (Rank rank : Rank.values()) {
        for (Duration window : HotKey.WINDOWS) {
          rankings.add(new Ranking(rank, window, new HotKeySketch(rank, window, now)));
        }
      }
    } finally {
      lock.unlock();
    }
  }

  /**
   * Counts uses of a key, unless another thread is at it.
   *
   * @param uses how many this one stands for
   * @param transferred bytes that were received and sent for one of them
   * @return whether they were counted
   */
  boolean tryAdd(ByteBuffer key, int uses, long transferred, long nowNanos) {
    if (!lock.tryLock()) {
      return false;
    }
    try {
      for (int i = 0; i < rankings.size(); i++) {
        rankings.get(i).sketch.add(key, uses, transferred, nowNanos);
      }
      return true;
    } finally {
      lock.unlock();
    }
  }

  /**
   * The keys that were used most, the hottest first.
   *
   * @param window one of {@link HotKey#WINDOWS}
   */
  public List<HotKey> hottest(Rank rank, Duration window, int limit) {
    lock.lock();
    try {
      return rankings.stream()
          .filter(one -> one.rank == rank && one.window.equals(window))
          .findFirst()
          .orElseThrow()
          .sketch
          .hottest(HotKey.SAMPLE_RATIO, limit, System.nanoTime());
    } finally {
      lock.unlock();
    }
  }
}
