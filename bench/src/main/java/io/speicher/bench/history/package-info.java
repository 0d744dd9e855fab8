/**
 * Whether a cluster keeps its word through faults: clients write down what they ask and what they
 * are answered, and afterwards the history is checked, in the spirit of Jepsen.
 *
 * <p>{@link io.speicher.bench.history.HistoryCommand} is the program, and {@link
 * io.speicher.bench.history.HistoryRun} what it and a test do: {@code Client}s of all dialects work
 * while {@code Faults} happens to the {@link io.speicher.bench.history.Node}s. {@link
 * io.speicher.bench.history.HistoryChecker} knows nothing of either. Requests and replies are
 * spelled out here, apart from the server's own codecs, so that a bug cannot hide on both sides.
 */
@NullMarked
package io.speicher.bench.history;

import org.jspecify.annotations.NullMarked;
