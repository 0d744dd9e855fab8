/**
 * The Java client through faults of the server and the network: what its callers see, and how soon
 * all is well again. {@link io.speicher.bench.chaos.Chaos} plays one fault after the other, {@link
 * io.speicher.bench.chaos.FaultyProxy} is the network, and {@link io.speicher.bench.chaos.Callers}
 * are the program.
 */
@NullMarked
package io.speicher.bench.chaos;

import org.jspecify.annotations.NullMarked;
