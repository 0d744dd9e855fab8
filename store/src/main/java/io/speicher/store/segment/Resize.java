package io.speicher.store.segment;

import static io.speicher.store.segment.EvictionPolicy.MAIN;
import static io.speicher.store.segment.EvictionPolicy.SMALL;

import io.speicher.store.Store;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Copies what a store holds to an empty one of another size, while nobody uses either. What does
 * not fit there is evicted as it would be in use: items that were not read lately go first.
 */
final class Resize {

  /*
   * The new store has the secrets of the old one, so tags have the same hashes in both; and its
   * sequence numbers begin where no version was given before. Items that were cleared with their
   * part are left out, so no cutoffs are needed. Namespaces are declared when all items are there:
   * their rules concern what is stored, and not what has been.
   */
  private final SegmentStore from;
  private final SegmentStore to;
  private final StoredItem item = new StoredItem();
  private final @Nullable SegmentStore[] databases = new SegmentStore[Store.DATABASES];

  Resize(SegmentStore from, SegmentStore to) {
    this.from = from;
    this.to = to;
  }

  /** The sequence number after which versions are greater than all that the old store has given. */
  static long sequenceBeyond(long root, int newSegmentBytes) {
    long last = (RootLayout.lastSequence(root) + 1) * RootLayout.segmentBytes(root);
    return last / newSegmentBytes + 1;
  }

  void run() {
    for (int queue : List.of(SMALL, MAIN)) {
      IntStream.range(0, from.segments.count())
          .filter(segment -> isOf(queue, segment))
          .boxed()
          .sorted(Comparator.comparingLong(from.segments::stamp))
          .forEach(this::copySegment);
    }
    from.copyPartsTo(to);
  }

  private boolean isOf(int queue, int segment) {
    return from.segments.isInUse(segment)
        && ItemClass.queue(from.segments.itemClass(segment)) == queue
        && !from.segments.isDead(segment);
  }

  private SegmentStore database(int number) {
    SegmentStore database = databases[number];
    if (database == null) {
      database = to.internal(number);
      databases[number] = database;
    }
    return database;
  }

  private void copySegment(int segment) {
    long end = from.segments.startOf(segment) + from.segments.writeOffset(segment);
    for (long at = from.segments.firstItemOf(segment); at < end; ) {
      item.at(from.segments.address(at), from.segments.expiryBaseMillis(segment));
      int bytes = item.bytes();
      if (!ItemLayout.isDead(item.address())) {
        database(item.database()).copyFrom(from, item, at);
      }
      at = from.segments.behind(at, bytes);
    }
  }
}
