/**
 * The processes of a measurement: servers, the load generator, and what both say.
 *
 * <p>A {@link io.speicher.bench.process.ServerProcess} is started and stopped, {@link
 * io.speicher.bench.process.ProcessStatistics} is what the kernel says of it, and {@link
 * io.speicher.bench.process.LoadGenerator} makes it work: all load comes from {@code ./speicher
 * bench}, in a process of its own, and nothing here makes load itself.
 */
@NullMarked
package io.speicher.bench.process;

import org.jspecify.annotations.NullMarked;
