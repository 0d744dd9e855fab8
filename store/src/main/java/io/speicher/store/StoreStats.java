package io.speicher.store;

/**
 * What is in a store, and what has happened to its items. The numbers are taken one after the other
 * while other threads go on.
 *
 * @param itemCount items of the database, of which some may have expired within the last two
 *     seconds
 * @param expiringItemCount those of them that have a time to live
 * @param usedBytes what the items of all databases take, index and bookkeeping included
 * @param budgetBytes what they may take
 * @param evictedItemCount items that were removed to make room, since the start
 * @param expiredItemCount items that were removed because their time had passed, since the start
 */
public record StoreStats(
    long itemCount,
    long expiringItemCount,
    long usedBytes,
    long budgetBytes,
    long evictedItemCount,
    long expiredItemCount) {}
