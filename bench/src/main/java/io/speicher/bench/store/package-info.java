/**
 * Measurements of a store alone, in one process, and a test that lasts as long as it is asked to.
 *
 * <p>{@link io.speicher.bench.store.StoreMeasurements} is where they start; {@code Stores} says
 * which store they measure. See bench/README.md for how to run them and what they showed.
 */
@NullMarked
package io.speicher.bench.store;

import org.jspecify.annotations.NullMarked;
