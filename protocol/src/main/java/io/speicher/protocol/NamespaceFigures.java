package io.speicher.protocol;

/**
 * What a server counts of a namespace, since it was declared. Items and bytes are those of now.
 *
 * @param items of which some may have expired or been cleared within the last seconds
 * @param bytes what these items take in segments, header included
 * @param hits keys that were read and had an item
 * @param misses keys that were read and had none
 * @param sets items that were stored, whatever by
 * @param evicted items removed to make room
 * @param expired items removed because their time had passed
 * @param isCounting whether items that are older than the namespace are still being counted
 */
public record NamespaceFigures(
    Namespace namespace,
    long items,
    long bytes,
    long hits,
    long misses,
    long sets,
    long evicted,
    long expired,
    boolean isCounting) {}
