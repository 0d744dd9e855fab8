package io.speicher.store;

import org.jspecify.annotations.Nullable;

/**
 * Decides, from an item as it is, what becomes of it.
 *
 * <p>What it returns is done only if the item is still that one, else it is called again, with the
 * item as it is then: <b>only the last call counts</b>. As with an {@link ItemReader}, the value
 * that an earlier call sees may be a mixture of two, so an updater copes with any bytes, keeps
 * nothing from call to call, and does nothing outside. It asks the store for the time ({@link
 * Store#nowMillis}) and for nothing else. If it throws, nothing is done.
 */
@FunctionalInterface
public interface Updater {
  /**
   * Returns what is to be done.
   *
   * @param old the item, or null if the key has none
   */
  Update update(@Nullable Item old);
}
