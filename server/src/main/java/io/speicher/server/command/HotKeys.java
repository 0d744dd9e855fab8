package io.speicher.server.command;

import io.speicher.protocol.HotKey;
import io.speicher.protocol.HotKey.Rank;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * The hot keys of an event loop: by uses and by bytes, within the last minute and the last hour.
 * Its thread counts; others may read what was a moment ago.
 */
final class HotKeys {
  private record Ranking(Rank rank, Duration window, HotKeySketch sketch) {}

  private final List<Ranking> rankings = new ArrayList<>();

  /**
   * @param loops how many event loops the server has, which share the memory for it
   * @param seed another one for each loop
   */
  HotKeys(int loops, long seed, long nowNanos) {
    int places = HotKeySketch.places(loops);
    for (Rank rank : Rank.values()) {
      for (Duration window : HotKey.WINDOWS) {
        rankings.add(
            new Ranking(rank, window, new HotKeySketch(rank, window, places, seed, nowNanos)));
      }
    }
  }

  /**
   * Counts a use of a key.
   *
   * @param transferred bytes that were received and sent for it
   */
  void add(ByteBuffer key, long transferred, long nowNanos) {
    for (int i = 0; i < rankings.size(); i++) {
      rankings.get(i).sketch.add(key, transferred, nowNanos);
    }
  }

  /**
   * The hottest keys of several loops.
   *
   * @param window one of {@link HotKey#WINDOWS}
   * @param weight how many uses each one that was counted stands for
   */
  static List<HotKey> hottest(
      List<HotKeys> loops, Rank rank, Duration window, int weight, int limit, long nowNanos) {
    return HotKeySketch.hottest(
        loops.stream().map(loop -> loop.sketch(rank, window)).toList(), weight, limit, nowNanos);
  }

  private HotKeySketch sketch(Rank rank, Duration window) {
    return rankings.stream()
        .filter(one -> one.rank == rank && one.window.equals(window))
        .findFirst()
        .orElseThrow()
        .sketch;
  }
}
