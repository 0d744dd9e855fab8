/**
 * How many requests hit: recorded requests, replayed through caches of a given size.
 *
 * <p>A {@code Trace} comes from lines of text ({@code TraceLines}) or from a jar of well-known ones
 * ({@code BundledTrace}). {@code Replay} sends it through a {@code CacheUnderTest}, which a {@code
 * Policy} makes: the store that ships ({@code StoreCache}), or what it is compared with. {@code
 * ReplayCommand} does this once, {@code HitRatiosCommand} for all traces, sizes and policies.
 *
 * <p>Nothing here measures time: see {@link io.speicher.bench} for that.
 */
@NullMarked
package io.speicher.bench.traces;

import org.jspecify.annotations.NullMarked;
