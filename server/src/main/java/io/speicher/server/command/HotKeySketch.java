package io.speicher.server.command;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.speicher.protocol.HotKey;
import io.speicher.protocol.HotKey.Rank;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The keys that a server is asked for most, lately, or for which it transfers most bytes, from a
 * sample of its commands. One thread at a time.
 *
 * <h2>The sketch</h2>
 *
 * HeavyKeeper (Yang et al., IEEE/ACM Transactions on Networking 27(5), 2019) in sets of {@value
 * #WAYS} places. A key that has a place is counted there. One that has none wears down the weakest
 * of its set, with a probability of {@value #BASE} to the power of minus its count, and takes its
 * place when nothing is left of it. So the count of a key that is hot is nearly exact, and keys
 * that are not take the places of each other. A space-saving sketch would inherit the counts of
 * those that went: with a long tail of keys, these are larger than those of most hot ones.
 *
 * <p>Where keys are ranked by bytes, a use weighs as much as it transfers, and a key is worn down
 * as if it had been used as often as its bytes are those of an average use.
 *
 * <p>Counts fade: what was long ago counts less, by a factor of e in each window.
 *
 * <pre>
 *  place   hash | count | bytes | length of the key | 64 bytes of it
 * </pre>
 */
final class HotKeySketch {
  static final int WAYS = 8;
  static final double BASE = 1.08;

  /** So much of a key is kept. */
  static final int KEY_BYTES = 64;

  /** Of 92 bytes each. */
  private static final int PLACES = 512;

  private static final int SETS = PLACES / WAYS;

  /** How often in a window counts fade, if there is something to count. */
  private static final int FADES = 6;

  /** By count: below which of 2^31 numbers a draw has to be to wear a key down. */
  private static final int[] WEARING = new int[256];

  static {
    for (int i = 0; i < WEARING.length; i++) {
      WEARING[i] = (int) (Integer.MAX_VALUE * Math.pow(BASE, -i));
    }
  }

  /** Where a use weighs as much as many, it is drawn so often at most whether it wears down. */
  private static final int MAX_DRAWS = 16;

  /** What each use contributes to the average. */
  private static final double NEWS = 1.0 / 256;

  private final Rank rank;
  private final Duration window;
  private final double windowNanos;
  private final long fadeNanos;
  private final long[] hashes = new long[PLACES];
  private final double[] uses = new double[PLACES];
  private final double[] bytes = new double[PLACES];

  /** Those of the two by which keys are ranked. */
  private final double[] weights;

  /** What a use weighs on the average. */
  private double meanWeight;

  private final int[] lengths = new int[PLACES];
  private final byte[] kept = new byte[PLACES * KEY_BYTES];

  /** Counts have faded until then. */
  private long fadedNanos;

  private long random = 0x9E37_79B9_7F4A_7C15L;

  HotKeySketch(Rank rank, Duration window, long nowNanos) {
    this.rank = rank;
    this.window = window;
    windowNanos = window.toNanos();
    fadeNanos = window.toNanos() / FADES;
    fadedNanos = nowNanos;
    weights = rank == Rank.USES ? uses : bytes;
  }

  /**
   * Counts uses of a key.
   *
   * @param transferred bytes that were received and sent for one of them
   */
  void add(ByteBuffer key, int times, long transferred, long nowNanos) {
    if (nowNanos - fadedNanos >= fadeNanos) {
      fade(nowNanos);
    }
    double single = rank == Rank.USES ? 1 : transferred;
    meanWeight += meanWeight == 0 ? single : NEWS * (single - meanWeight);
    long hash = hash(key);
    int start = (int) ((hash >>> 32) & (SETS - 1)) * WAYS;
    int weakest = start;
    for (int place = start; place < start + WAYS; place++) {
      if (hashes[place] == hash && weights[place] > 0) {
        uses[place] += times;
        bytes[place] += (double) times * transferred;
        return;
      }
      if (weights[place] < weights[weakest]) {
        weakest = place;
      }
    }
    if (wearsDown(weakest, times * single)) {
      place(weakest, hash, key, times, transferred);
    }
  }

  /** Whether nothing is left of what has this place. */
  private boolean wearsDown(int place, double weight) {
    int draws = Math.clamp(Math.round(weight / meanWeight), 1, MAX_DRAWS);
    for (int i = 0; i < draws && weights[place] > 0; i++) {
      random ^= random << 13;
      random ^= random >>> 7;
      random ^= random << 17;
      int count = (int) Math.min(weights[place] / meanWeight, WEARING.length - 1);
      if ((int) (random >>> 33) < WEARING[count]) {
        weights[place] -= weight / draws;
      }
    }
    return weights[place] <= 0;
  }

  private void place(int place, long hash, ByteBuffer key, int times, long transferred) {
    int length = Math.min(key.remaining(), KEY_BYTES);
    hashes[place] = hash;
    uses[place] = times;
    bytes[place] = (double) times * transferred;
    lengths[place] = key.remaining();
    key.get(key.position(), kept, place * KEY_BYTES, length);
  }

  private void fade(long nowNanos) {
    double left = left(nowNanos);
    fadedNanos = nowNanos;
    for (int i = 0; i < uses.length; i++) {
      uses[i] *= left;
      bytes[i] *= left;
    }
  }

  /** What is left by now of a count that has faded until {@link #fadedNanos}. */
  private double left(long nowNanos) {
    return Math.exp(-Math.max(0, nowNanos - fadedNanos) / windowNanos);
  }

  /** Which 64-bit number it is matters to nobody else. */
  private static long hash(ByteBuffer key) {
    long hash = key.remaining();
    int at = key.position();
    int end = key.limit();
    for (; at <= end - Long.BYTES; at += Long.BYTES) {
      hash = (hash ^ key.getLong(at)) * 0x9E37_79B9_7F4A_7C15L;
      hash ^= hash >>> 32;
    }
    for (; at < end; at++) {
      hash = (hash ^ key.get(at)) * 0x9E37_79B9_7F4A_7C15L;
      hash ^= hash >>> 32;
    }
    return hash;
  }

  /**
   * The hottest keys, the first one first.
   *
   * @param weight how many uses each one that was counted stands for
   */
  List<HotKey> hottest(int weight, int limit, long nowNanos) {
    double left = left(nowNanos); // Where nothing is counted, counts do not fade.
    double least = Math.min(1, meanWeight);
    return IntStream.range(0, PLACES)
        .filter(place -> weights[place] > 0 && left * weights[place] >= least)
        .mapToObj(place -> at(place, weight * left))
        .sorted(Comparator.comparingLong(rank::of).reversed())
        .limit(limit)
        .toList();
  }

  private HotKey at(int place, double factor) {
    int length = Math.min(lengths[place], KEY_BYTES);
    return new HotKey(
        new String(kept, place * KEY_BYTES, length, ISO_8859_1),
        lengths[place],
        (int) window.toSeconds(),
        Math.round(factor * uses[place]),
        Math.round(factor * bytes[place]));
  }
}
