package io.speicher.store;

import java.nio.ByteBuffer;
import java.util.List;

/**
 * What is stored beside a value.
 *
 * @param kind 0 to 3; means something to the caller and nothing to the store. An item of kind 3 may
 *     take a byte more
 * @param flags any 32 bits; mean nothing to the store
 * @param expiresAtMillis when the item disappears, in the store's milliseconds, or {@link
 *     Item#NEVER}; at once if that is not in the future
 * @param tags what the item can be cleared by ({@link Store#clearTags}), up to {@link
 *     Store#MAX_TAGS}. An item with <i>n</i> of them takes up to 2 + 4 × <i>n</i> bytes more. A
 *     store may remember a limited number of tags, and clear the items of those that were not used
 *     for long
 */
public record PutOptions(int kind, int flags, long expiresAtMillis, List<ByteBuffer> tags) {
  /** Kind 0, no flags, no tags; the item lives until it is deleted or evicted. */
  public static final PutOptions DEFAULT = new PutOptions(0, 0, Item.NEVER);

  private static final int MAX_KIND = 3;

  public PutOptions {
    requireKind(kind);
    requireTags(tags);
  }

  /** Without tags. */
  public PutOptions(int kind, int flags, long expiresAtMillis) {
    this(kind, flags, expiresAtMillis, List.of());
  }

  public PutOptions withKind(int newKind) {
    return new PutOptions(newKind, flags, expiresAtMillis, tags);
  }

  public PutOptions withFlags(int newFlags) {
    return new PutOptions(kind, newFlags, expiresAtMillis, tags);
  }

  public PutOptions withExpiresAtMillis(long newExpiresAtMillis) {
    return new PutOptions(kind, flags, newExpiresAtMillis, tags);
  }

  public PutOptions withTags(List<ByteBuffer> newTags) {
    return new PutOptions(kind, flags, expiresAtMillis, newTags);
  }

  static void requireTags(List<ByteBuffer> tags) {
    if (tags.size() > Store.MAX_TAGS) {
      throw new IllegalArgumentException(
          "too many tags: tags=" + tags.size() + " (expected: 0.." + Store.MAX_TAGS + ")");
    }
    for (int i = 0; i < tags.size(); i++) {
      if (!tags.get(i).hasRemaining()) {
        throw new IllegalArgumentException("tag empty: index=" + i);
      }
    }
  }

  static void requireKind(int kind) {
    if (kind < 0 || kind > MAX_KIND) {
      throw new IllegalArgumentException(
          "kind out of bounds: kind=" + kind + " (expected: 0.." + MAX_KIND + ")");
    }
  }
}
