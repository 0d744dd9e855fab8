/**
 * Speicher beside Valkey, Redis and memcached, whole servers measured from outside in one run.
 *
 * <p>A {@code Comparison} is what takes turns: {@code Contender}s, each a {@code Server} that is
 * spoken to in a {@code Protocol}, over the {@code Cell}s of a table. {@code Choice} lists the
 * comparisons of a run and {@code ComparisonRun} makes one: it starts the servers, and lets {@code
 * Generator}, which is {@code ./speicher bench}, make them work. {@code Results} keeps what was
 * measured, {@code Target} knows what is wanted, {@code ComparisonTables} and {@code BarsSvg} show
 * both. {@code Tail}, {@code ConnectionsCost} and {@code Starts} measure other things in the same
 * way.
 *
 * <p>Nothing here makes load of its own.
 */
@NullMarked
package io.speicher.bench.compare;

import org.jspecify.annotations.NullMarked;
