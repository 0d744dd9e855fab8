package io.speicher.protocol;

/**
 * The bounds within which a server takes commands.
 *
 * @param maxFrameBytes the longest frame (its payload) that is read, from 1 to {@link
 *     #MAX_FRAME_BYTES}
 * @param maxKeyBytes the longest key, from 1 to {@link #MAX_KEY_BYTES}
 * @param databases how many there are, numbered from 0, from 1 to {@link #MAX_DATABASES}
 */
public record Limits(int maxFrameBytes, int maxKeyBytes, int databases) {
  /**
   * No frame can be longer: the first byte of a framed connection stays below 0x10, which is how it
   * is told from other protocols on the same port (a TLS record begins with 0x16).
   */
  public static final int MAX_FRAME_BYTES = 0x0FFF_FFFF;

  public static final int MAX_KEY_BYTES = 65_535;

  public static final int MAX_DATABASES = 16;

  /** About 285,000 years: the largest integer that every JSON library keeps exact. */
  public static final long MAX_TTL_MILLIS = (1L << 53) - 1;

  /** How many arrays and objects may stand inside each other in a member's value. */
  public static final int MAX_NESTING = 512;

  /** What a server has when nobody says otherwise: frames of 32 MiB and the longest keys. */
  public static final Limits DEFAULT = new Limits(32 << 20, MAX_KEY_BYTES);

  /** With as many databases as there may be. */
  public Limits(int maxFrameBytes, int maxKeyBytes) {
    this(maxFrameBytes, maxKeyBytes, MAX_DATABASES);
  }

  public Limits {
    requireWithin("maxFrameBytes", maxFrameBytes, MAX_FRAME_BYTES);
    requireWithin("maxKeyBytes", maxKeyBytes, MAX_KEY_BYTES);
    requireWithin("databases", databases, MAX_DATABASES);
  }

  private static void requireWithin(String name, int value, int max) {
    if (value < 1 || value > max) {
      throw new IllegalArgumentException(
          "limit out of bounds: " + name + "=" + value + " (expected: 1.." + max + ")");
    }
  }
}
