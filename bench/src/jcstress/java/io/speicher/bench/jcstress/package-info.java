/**
 * What the off-heap store promises to threads, run by jcstress: see {@code bench/jcstress}.
 *
 * <p>jcstress makes thousands of states at a time, so they share one store and have a key each.
 */
@NullMarked
package io.speicher.bench.jcstress;

import org.jspecify.annotations.NullMarked;
