package io.speicher.protocol;

import java.nio.ByteBuffer;
import java.util.List;

/**
 * What a peer wants to be told of changes, since it keeps values in its own memory.
 *
 * @param broadcasts whether it is told of all keys with one of the prefixes; else of keys that it
 *     has read, each once
 * @param prefixes none for all keys; none if it does not broadcast. On the heap, and not changed
 * @param choice which of the keys that it reads count
 * @param noLoop whether it is not told of what it changes itself
 * @param redirect the id of the connection that is told instead, or {@link #NO_REDIRECT}
 */
public record TrackingOptions(
    boolean broadcasts, List<ByteBuffer> prefixes, Choice choice, boolean noLoop, long redirect) {
  /** Stands for the connection itself. */
  public static final long NO_REDIRECT = 0;

  /** So many prefixes at the most: each is compared with each key that changes. */
  public static final int MAX_PREFIXES = 64;

  public static final int MAX_PREFIX_BYTES = 1_024;

  /** Which reads count. */
  public enum Choice {
    ALL,
    /** Those after the peer has said that it will keep what it reads. */
    OPT_IN,
    /** All but those after the peer has said that it will not keep what it reads. */
    OPT_OUT
  }
}
