/**
 * The store outside the Java heap. {@link io.speicher.store.segment.SegmentStore} is all that
 * others see of it, and the place to begin reading.
 *
 * <p>Knowledge lives in one place each: bytes of an item in {@code ItemLayout}, of the index in
 * {@code HashIndex}, lives of segments in {@code Segments}, who gets and gives room in {@code
 * Room}, what is worth keeping in {@code EvictionPolicy}.
 */
@NullMarked
package io.speicher.store.segment;

import org.jspecify.annotations.NullMarked;
