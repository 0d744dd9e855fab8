package io.speicher.server.command;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.speicher.protocol.HotKey;
import io.speicher.protocol.HotKey.Rank;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The keys that an event loop is asked for most, lately, or for which it transfers most bytes, from
 * a sample of its commands. Its thread counts; others may read what was a moment ago.
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
 *  place   hash | count | bytes | hash of what is kept of the key | its length | 64 bytes of the key
 * </pre>
 */
final class HotKeySketch {
  static final int WAYS = 8;
  static final double BASE = 1.08;

  /** So much of a key is kept. */
  static final int KEY_BYTES = 64;

  /**
   * All loops of a server have so many places together, of about a hundred bytes, for each rank.
   */
  private static final int MAX_PLACES = 512;

  private static final int MIN_PLACES_OF_LOOP = 64;
  private static final int MAX_PLACES_OF_LOOP = 256;

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
  private final long seed;
  private final Duration window;
  private final double windowNanos;
  private final long fadeNanos;
  private final int sets;
  private final long[] hashes;
  private final double[] uses;
  private final double[] bytes;

  /** Those of the two by which keys are ranked. */
  private final double[] weights;

  /** What a use weighs on the average. */
  private double meanWeight;

  private final long[] keptHashes;
  private final int[] lengths;
  private final byte[] kept;

  /** Counts have faded until then. */
  private long fadedNanos;

  private long random = 0x9E37_79B9_7F4A_7C15L;

  /**
   * @param places a power of two, {@value #WAYS} at least
   * @param seed which keys share a set: where that differs between loops, what one of them has no
   *     place for has one in the others
   */
  HotKeySketch(Rank rank, Duration window, int places, long seed, long nowNanos) {
    this.rank = rank;
    this.seed = seed | 1;
    this.window = window;
    windowNanos = window.toNanos();
    fadeNanos = window.toNanos() / FADES;
    fadedNanos = nowNanos;
    sets = places / WAYS;
    hashes = new long[places];
    uses = new double[places];
    bytes = new double[places];
    weights = rank == Rank.USES ? uses : bytes;
    keptHashes = new long[places];
    lengths = new int[places];
    kept = new byte[places * KEY_BYTES];
  }

  /** How many places each of so many loops has for each rank, in each of two windows. */
  static int places(int loops) {
    int fair = Integer.highestOneBit(MAX_PLACES / loops);
    return Math.max(MIN_PLACES_OF_LOOP, Math.min(MAX_PLACES_OF_LOOP, fair));
  }

  /**
   * Counts a use of a key.
   *
   * @param transferred bytes that were received and sent for it
   */
  void add(ByteBuffer key, long transferred, long nowNanos) {
    if (nowNanos - fadedNanos >= fadeNanos) {
      fade(nowNanos);
    }
    double weight = rank == Rank.USES ? 1 : transferred;
    meanWeight += meanWeight == 0 ? weight : NEWS * (weight - meanWeight);
    long hash = hash(key, key.remaining());
    int start = (int) (((hash * seed) >>> 32) & (sets - 1)) * WAYS;
    int weakest = start;
    for (int place = start; place < start + WAYS; place++) {
      if (hashes[place] == hash && weights[place] > 0) {
        uses[place]++;
        bytes[place] += transferred;
        return;
      }
      if (weights[place] < weights[weakest]) {
        weakest = place;
      }
    }
    if (wearsDown(weakest, weight)) {
      place(weakest, hash, key, transferred);
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

  private void place(int place, long hash, ByteBuffer key, long transferred) {
    int length = Math.min(key.remaining(), KEY_BYTES);
    hashes[place] = hash;
    uses[place] = 1;
    bytes[place] = transferred;
    lengths[place] = key.remaining();
    key.get(key.position(), kept, place * KEY_BYTES, length);
    keptHashes[place] = hash(key, length);
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

  /** Of the next so many bytes; which 64-bit number it is matters to nobody else. */
  private static long hash(ByteBuffer key, int length) {
    long hash = length;
    int at = key.position();
    int end = at + length;
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
   * The hottest keys of several loops.
   *
   * @param loops all with the same rank and window
   * @param weight how many uses each one that was counted stands for
   */
  static List<HotKey> hottest(List<HotKeySketch> loops, int weight, int limit, long nowNanos) {
    Rank rank = loops.getFirst().rank;
    Map<Long, HotKey> all = new HashMap<>();
    for (HotKeySketch loop : loops) {
      double left = loop.left(nowNanos); // A loop that counts nothing does not fade its counts.
      for (int i = 0; i < loop.uses.length; i++) {
        HotKey one = loop.at(i, weight, left);
        if (one != null) {
          all.merge(loop.hashes[i], one, HotKey::plus);
        }
      }
    }
    return all.values().stream()
        .sorted(Comparator.comparingLong(rank::of).reversed())
        .limit(limit)
        .toList();
  }

  /** Null where there is none, or where another one is just taking its place. */
  private @Nullable HotKey at(int place, int weight, double left) {
    int length = Math.min(lengths[place], KEY_BYTES);
    ByteBuffer key = ByteBuffer.wrap(kept, place * KEY_BYTES, length);
    double leftWeight = left * weights[place];
    if (leftWeight == 0
        || leftWeight < Math.min(1, meanWeight)
        || hash(key, length) != keptHashes[place]) {
      return null;
    }
    return new HotKey(
        ISO_8859_1.decode(key).toString(),
        lengths[place],
        (int) window.toSeconds(),
        Math.round(weight * left * uses[place]),
        Math.round(weight * left * bytes[place]));
  }
}
