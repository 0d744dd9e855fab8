/**
 * Targets for a coverage-guided fuzzer, one for each dialect of the server.
 *
 * <p>A target has a static method {@code fuzzerTestOneInput}, which is what Jazzer looks for;
 * {@code bench/fuzz} runs it. All of them hand their input to {@code DecoderCheck}, which knows
 * what has to be true of any bytes whatsoever.
 */
@NullMarked
package io.speicher.bench.fuzz;

import org.jspecify.annotations.NullMarked;
