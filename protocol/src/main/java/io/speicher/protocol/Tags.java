package io.speicher.protocol;

import java.nio.ByteBuffer;
import java.util.List;

/** The bounds of what an item can be tagged with. */
public final class Tags {
  /** How many an item can have. */
  public static final int MAX_TAGS = 16;

  /** The longest one. */
  public static final int MAX_TAG_BYTES = 250;

  /** How many can be cleared by one command. */
  public static final int MAX_CLEARED = 1_024;

  private Tags() {}

  /**
   * Refuses what an item cannot have.
   *
   * @throws IllegalArgumentException if there are too many, or one is too long or empty
   */
  public static void require(List<ByteBuffer> tags) {
    require(tags, MAX_TAGS);
  }

  /** As {@link #require(List)}, of tags that are to be cleared. */
  public static void requireCleared(List<ByteBuffer> tags) {
    require(tags, MAX_CLEARED);
  }

  private static void require(List<ByteBuffer> tags, int max) {
    if (tags.size() > max) {
      throw new IllegalArgumentException(
          "too many tags: tags=%d (expected: up to %d)".formatted(tags.size(), max));
    }
    for (ByteBuffer tag : tags) {
      if (tag.remaining() < 1 || tag.remaining() > MAX_TAG_BYTES) {
        throw new IllegalArgumentException(
            "length of a tag out of bounds: tagBytes=%d (expected: 1..%d)"
                .formatted(tag.remaining(), MAX_TAG_BYTES));
      }
    }
  }
}
