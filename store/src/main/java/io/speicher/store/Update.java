package io.speicher.store;

import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What an {@link Updater} makes of an item. */
public sealed interface Update {
  Update KEEP = new Keep();
  Update REMOVE = new Remove();

  /** Everything stays as it is. */
  record Keep() implements Update {}

  /** The key has no item from now on; it need not have had one. */
  record Remove() implements Update {}

  /**
   * The key has this item from now on. Its value consists of the remaining bytes of {@code head},
   * of {@code gapBytes} zeros, and of the remaining bytes of {@code middle} and {@code tail}. All
   * buffers may be views of the item that was shown.
   *
   * @param kind 0 to 3
   * @param marks those of {@link Item#marks}. An item with marks may take a byte more
   * @param expiresAtMillis when it disappears, in the store's milliseconds, or {@link Item#NEVER};
   *     at once if that is not in the future
   * @param version {@link #NEW_VERSION}; {@link #KEEP_VERSION} if the value is the same as before,
   *     so that who knows its version need not learn of the change (a new one if there was no
   *     item); or any other number, which the caller chooses and has to answer for: the store may
   *     come to the same number for another value of the key
   * @param tags what it can be cleared by, or null: what the item could before, if there was one
   */
  record Replace(
      ByteBuffer head,
      int gapBytes,
      ByteBuffer middle,
      ByteBuffer tail,
      int kind,
      int marks,
      int flags,
      long expiresAtMillis,
      long version,
      @Nullable List<ByteBuffer> tags)
      implements Update {
    /** A version that no value of the key has had, unless a caller chose it. */
    public static final long NEW_VERSION = 0;

    /** The version of the item that is replaced. */
    public static final long KEEP_VERSION = -1;

    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    public Replace {
      PutOptions.requireKind(kind);
      if ((marks & ~(Item.STALE | Item.LEASED | Item.PLACEHOLDER)) != 0) {
        throw new IllegalArgumentException(
            "unknown marks: marks=" + marks + " (expected: a sum of 1, 2 and 8)");
      }
      if (gapBytes < 0) {
        throw new IllegalArgumentException(
            "gap out of bounds: gapBytes=" + gapBytes + " (expected: 0 or more)");
      }
      if (tags != null) {
        PutOptions.requireTags(tags);
      }
    }

    /** Without tags. */
    public Replace(
        ByteBuffer head,
        int gapBytes,
        ByteBuffer middle,
        ByteBuffer tail,
        int kind,
        int marks,
        int flags,
        long expiresAtMillis,
        long version) {
      this(head, gapBytes, middle, tail, kind, marks, flags, expiresAtMillis, version, List.of());
    }

    /** A value in two parts, without marks and tags. */
    public Replace(
        ByteBuffer head, ByteBuffer tail, int kind, int flags, long expiresAtMillis, long version) {
      this(head, 0, NOTHING, tail, kind, 0, flags, expiresAtMillis, version);
    }

    /** The same with other marks. */
    public Replace withMarks(int newMarks) {
      return new Replace(
          head, gapBytes, middle, tail, kind, newMarks, flags, expiresAtMillis, version, tags);
    }

    /** The same with other flags. */
    public Replace withFlags(int newFlags) {
      return new Replace(
          head, gapBytes, middle, tail, kind, marks, newFlags, expiresAtMillis, version, tags);
    }

    /** The same with other tags, or with null for those of the item before. */
    public Replace withTags(@Nullable List<ByteBuffer> newTags) {
      return new Replace(
          head, gapBytes, middle, tail, kind, marks, flags, expiresAtMillis, version, newTags);
    }

    /** The same with the tags of the item before. */
    public Replace keepingTags() {
      return withTags(null);
    }

    /** The same with another version. */
    public Replace withVersion(long newVersion) {
      return new Replace(
          head, gapBytes, middle, tail, kind, marks, flags, expiresAtMillis, newVersion, tags);
    }

    /**
     * A new value in two parts, with the old one's kind, marks, tags, flags and expiry, but without
     * a lease that ends ({@link Leases}).
     */
    public static Replace value(Item old, ByteBuffer head, ByteBuffer tail) {
      return kept(
          old, head, tail, Leases.marksWithoutLease(old), old.expiresAtMillis(), NEW_VERSION);
    }

    /** A new value, with the old one's kind, marks, tags, flags and expiry. */
    public static Replace value(Item old, ByteBuffer value) {
      return value(old, value, NOTHING);
    }

    /** The same value with another expiry. */
    public static Replace expiry(Item old, long expiresAtMillis) {
      return kept(old, old.value(), NOTHING, old.marks(), expiresAtMillis, KEEP_VERSION);
    }

    private static Replace kept(
        Item old, ByteBuffer head, ByteBuffer tail, int marks, long expiresAtMillis, long version) {
      return new Replace(
          head, 0, NOTHING, tail, old.kind(), marks, old.flags(), expiresAtMillis, version, null);
    }

    /** What a put would store. */
    public static Replace put(ByteBuffer value, PutOptions options) {
      return new Replace(
              value,
              NOTHING,
              options.kind(),
              options.flags(),
              options.expiresAtMillis(),
              NEW_VERSION)
          .withTags(options.tags());
    }

    /** How long the value is. */
    public long valueBytes() {
      return (long) head.remaining() + gapBytes + middle.remaining() + tail.remaining();
    }
  }
}
