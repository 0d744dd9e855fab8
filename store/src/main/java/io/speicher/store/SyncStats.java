package io.speicher.store;

/**
 * What a store that survives its process has written to the disk.
 *
 * @param intervalMillis how often it writes what has changed; 0 if it leaves that to the system, so
 *     that nothing survives a power loss
 * @param lastMillis when it last began to write what is on the disk by now, in milliseconds since
 *     1970; 0 if it never has
 * @param lastNanos how long that took
 * @param dirtyBytes about how many bytes of items were stored since
 * @param syncs how often it has written since the start
 * @param failures how often that failed
 * @param earlySegments how many segments were used again before what was moved from there was on
 *     the disk, since there was no other one: after a power loss, these items might have been
 *     missing
 */
public record SyncStats(
    long intervalMillis,
    long lastMillis,
    long lastNanos,
    long dirtyBytes,
    long syncs,
    long failures,
    long earlySegments) {}
