package io.speicher.store;

/**
 * Takes what it needs from an item, in place.
 *
 * <p>A store whose readers take no lock may find only afterwards that the item was overwritten
 * while it was being read; it then calls again, with the item as it is now, or, if there is none
 * any more, says that it was a miss. <b>Only the last call before a hit counts</b>: a reader
 * forgets what earlier ones brought (it resets the writer index of its output, say), and since what
 * it saw may have been a mixture of two values, it copies bytes and does not act on them.
 */
@FunctionalInterface
public interface ItemReader {
  void read(Item item);
}
