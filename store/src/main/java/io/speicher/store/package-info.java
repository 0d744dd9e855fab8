/**
 * The store: keys and values as bytes, a budget, and times to live.
 *
 * <p>{@link io.speicher.store.Store} is the contract; {@code StoreContract}, in this module's
 * tests, is the same contract as tests, which every store has to pass, as it has to pass {@code
 * StoreModelTest}, random operations compared with a map. {@code HeapStore}, in the tests too, is
 * the simple one that others are compared with.
 *
 * <p>Nothing in here knows of networks, protocols or what a value means.
 */
@NullMarked
package io.speicher.store;

import org.jspecify.annotations.NullMarked;
