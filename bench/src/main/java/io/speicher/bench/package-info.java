/**
 * Measurements of a whole server from outside.
 *
 * <p>{@link io.speicher.bench.RedisBenchmark} compares servers, {@link io.speicher.bench.Pauses}
 * collectors; {@code Load} makes servers work, in the words of a {@code Dialect}. {@code
 * io.speicher.bench.compare} sets whole servers beside others, under the load of {@code speicher
 * bench}; {@code io.speicher.bench.store} measures a store alone. See bench/README.md for how to
 * run them and what they showed.
 */
@NullMarked
package io.speicher.bench;

import org.jspecify.annotations.NullMarked;
