/**
 * Measurements of a whole server from outside.
 *
 * <p>{@link io.speicher.bench.CpuPerOperation} compares servers; {@code Load} makes them work, in
 * the words of a {@code Dialect}. See bench/README.md for how to run it and what it showed.
 */
@NullMarked
package io.speicher.bench;

import org.jspecify.annotations.NullMarked;
