package io.speicher.cluster;

import io.speicher.server.command.HeldItem;
import io.speicher.store.Item;
import io.speicher.store.Leases;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * What a key has, as it travels between nodes: the state, not the operation.
 *
 * @param value null for a tombstone: the key has no item
 * @param expiresAtMillis in the milliseconds of this node's store. A time to live travels, since
 *     nodes have different clocks; where an item is changed, its end stays what it was, so that
 *     many changes do not delay it
 * @param version the same at all owners, unless it is a lease
 * @param operation the id of the one that has made it, if that is known
 * @param previous the one on the same key that the primary had stored last when it decided, as
 *     {@link RecentOperations} has it
 * @param reply what that one was replied; empty if it is not known
 */
@SuppressWarnings("ArrayRecordComponent") // Nobody compares images.
record Image(
    byte @Nullable [] value,
    int kind,
    int marks,
    int flags,
    long expiresAtMillis,
    long version,
    long operation,
    long previous,
    byte[] reply) {
  private static final byte[] NO_REPLY = {};
  static final Image TOMBSTONE = new Image(null, 0, 0, 0, Item.NEVER, 0);

  /** What nobody has to remember the operation of: it is in a store. */
  Image(
      byte @Nullable [] value, int kind, int marks, int flags, long expiresAtMillis, long version) {
    this(
        value,
        kind,
        marks,
        flags,
        expiresAtMillis,
        version,
        RecentOperations.NONE,
        RecentOperations.NONE,
        NO_REPLY);
  }

  /** The same, as what an operation has made, after another one, that was replied so. */
  Image by(long operationId, long previousId, byte[] replied) {
    return new Image(
        value, kind, marks, flags, expiresAtMillis, version, operationId, previousId, replied);
  }

  /** Whether the operation that has made it is to be remembered. */
  boolean hasOperation() {
    return reply.length > 0;
  }

  /** Of the item that a command has made; null stands for none. */
  static Image of(@Nullable Item item) {
    if (item == null) {
      return TOMBSTONE;
    }
    ByteBuffer view = item.value();
    byte[] value = new byte[view.remaining()];
    view.get(view.position(), value);
    return new Image(
        value, item.kind(), item.marks(), item.flags(), item.expiresAtMillis(), item.version());
  }

  /**
   * What the others are told: a lease ends by the clock of the store where it was given, and is
   * known there alone.
   */
  Image withoutLease() {
    if (value == null || !Leases.isLease(version)) {
      return this;
    }
    return (marks & Item.PLACEHOLDER) != 0
        ? TOMBSTONE
        : new Image(
            value, kind, marks & ~Item.LEASED, flags, expiresAtMillis, version - Leases.LEAST);
  }

  boolean isTombstone() {
    return value == null;
  }

  /** The item that it shows, or null for a tombstone. */
  @Nullable HeldItem item() {
    byte[] bytes = value;
    return bytes == null
        ? null
        : new HeldItem(ByteBuffer.wrap(bytes), kind, marks, flags, expiresAtMillis, version);
  }

  @Override
  public String toString() {
    byte[] bytes = value;
    return bytes == null ? "Image[]" : "Image[bytes=" + bytes.length + "]";
  }
}
