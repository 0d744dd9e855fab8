/** Tests of what becomes of measurements; no server is started. */
@NullMarked
package io.speicher.bench.compare;

import org.jspecify.annotations.NullMarked;
