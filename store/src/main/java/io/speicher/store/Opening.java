package io.speicher.store;

/**
 * How a store that survives its process was opened.
 *
 * @param kind what was there
 * @param itemCount how many items there were, expired ones included
 * @param nanos how long it took, from the call to the first operation
 * @param repairedTables how many tables of the index were being changed when the process was killed
 * @param repairedSegments how many segments were being written to then
 * @param dropped after a power loss, how many items were torn, or belonged to what was not known,
 *     or found no room; those are not counted that were overwritten before their length could be
 *     read
 */
public record Opening(
    Kind kind, long itemCount, long nanos, int repairedTables, int repairedSegments, long dropped) {
  /** What was there. */
  public enum Kind {
    /** Nothing, or nothing any more. */
    CREATED,
    /** A store whose process had stopped. */
    STOPPED,
    /** A store whose process had been killed. */
    KILLED,
    /** What a power loss had left of a store. */
    RECOVERED,
    /** A store of another size, whose items were copied as far as they fit. */
    RESIZED
  }
}
