package io.speicher.store.segment;

import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * How far something was cleared: what lies before it is gone. Immutable.
 *
 * <p>A version ({@link Segments#version}) says where an item lies and in which life of the segment.
 * Those with sequence numbers up to the last one lie before the cutoff, but for what has been
 * written since to segments that were open.
 */
final class Cutoff {
  /** For as long as it is being found out how far something is cleared: nothing is left of it. */
  static final Cutoff PENDING = new Cutoff(Long.MAX_VALUE, Long.MAX_VALUE, new long[0]);

  private final long number;
  private final long lastSequence;

  /** Of the segments that were open: versions of what is written there next, in order. */
  private final long[] open;

  /**
   * @param number greater than that of all cutoffs before
   * @param lastSequence the sequence number that was given last
   * @param open for each segment that is open, the version of an item that would be reserved next
   */
  Cutoff(long number, long lastSequence, long[] open) {
    this.number = number;
    this.lastSequence = lastSequence;
    this.open = open.clone();
    Arrays.sort(this.open);
  }

  // ---- as bytes: how many versions, or -1 for no cutoff; then all numbers ----

  static int encodedBytes(@Nullable Cutoff cutoff) {
    return cutoff == null ? 4 : 4 + 8 + 8 + 8 * cutoff.open.length;
  }

  static void encode(@Nullable Cutoff cutoff, ByteBuffer out) {
    if (cutoff == null) {
      out.putInt(-1);
      return;
    }
    out.putInt(cutoff.open.length).putLong(cutoff.number).putLong(cutoff.lastSequence);
    for (long version : cutoff.open) {
      out.putLong(version);
    }
  }

  static @Nullable Cutoff decode(ByteBuffer in) {
    int versions = in.getInt();
    if (versions < 0) {
      return null;
    }
    long number = in.getLong();
    long lastSequence = in.getLong();
    long[] open = new long[versions];
    for (int i = 0; i < versions; i++) {
      open[i] = in.getLong();
    }
    return new Cutoff(number, lastSequence, open);
  }

  // ---- asking ----

  /** Cutoffs are numbered as they are taken. */
  long number() {
    return number;
  }

  /** The last sequence number of which anything lies before the cutoff. */
  long lastSequence() {
    return lastSequence;
  }

  /** Whether everything that lies before the other one lies before this one, too. */
  boolean isLaterThan(Cutoff other) {
    return number > other.number;
  }

  /** Whether an item lies before the cutoff. */
  boolean covers(Segments segments, long sequence, long location) {
    if (sequence > lastSequence) {
      return false;
    }
    long version = segments.version(sequence, location);
    int found = Arrays.binarySearch(open, version);
    int floor = found >= 0 ? found : -found - 2;
    return floor < 0 || !segments.isSameLife(open[floor], version);
  }
}
