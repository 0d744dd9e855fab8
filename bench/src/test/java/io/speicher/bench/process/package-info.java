/** Tests of what becomes of the load generator's output; no process is started. */
@NullMarked
package io.speicher.bench.process;

import org.jspecify.annotations.NullMarked;
