/** Tests of replays and of the policies in them. */
@NullMarked
package io.speicher.bench.traces;

import org.jspecify.annotations.NullMarked;
