package io.speicher.store;

import java.nio.ByteBuffer;

/**
 * What there is in a namespace now, and what has happened in it since it was declared.
 *
 * @param prefix a view
 * @param itemCount of which some may have expired or been cleared in the last seconds
 * @param itemBytes what these items take in segments
 * @param hitCount reads that found an item
 * @param missCount reads that found none
 * @param setCount items that were stored
 * @param evictedItemCount items removed to make room
 * @param expiredItemCount items removed because their time had passed
 * @param isCounting whether items that are older than the namespace are still being counted
 */
public record NamespaceStats(
    ByteBuffer prefix,
    TtlRule rule,
    long itemCount,
    long itemBytes,
    long hitCount,
    long missCount,
    long setCount,
    long evictedItemCount,
    long expiredItemCount,
    boolean isCounting) {}
