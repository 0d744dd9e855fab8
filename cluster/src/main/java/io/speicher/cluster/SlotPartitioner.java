package io.speicher.cluster;

import io.speicher.protocol.KeySlot;
import org.infinispan.distribution.ch.KeyPartitioner;

/**
 * Which segment a key lies in: as many of Redis's slots in a row make a segment, and keys with the
 * same hash tag are together. Infinispan makes it.
 */
public final class SlotPartitioner implements KeyPartitioner {

  /*
   * Why 64: Infinispan spreads segments over nodes, so there should be at least twenty for each node,
   * but a state transfer goes through the whole store once for each segment, since the tables of our
   * store do not follow the slots.
   */
  static final int SEGMENTS = 64;
  static final int SLOTS_PER_SEGMENT = KeySlot.SLOTS / SEGMENTS;

  /**
   * Infinispan's EntryWrappingInterceptor.segmentAddedOwners (16.1.4) asks for the distribution of
   * a segment as if that were a key, so a number is its own segment.
   */
  @Override
  public int getSegment(Object key) {
    return key instanceof Integer segment ? segment : ((Key) key).segment();
  }
}
