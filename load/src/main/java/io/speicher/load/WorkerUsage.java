package io.speicher.load;

/**
 * What a phase has cost one thread.
 *
 * @param endNanos when it was done, of {@link System#nanoTime}
 * @param processorNanos how long it was running
 * @param waitingNanos how much of that it was only looking whether something is due
 * @param unsent how many requests were due and not sent, because the phase was over
 */
record WorkerUsage(long endNanos, long processorNanos, long waitingNanos, long unsent) {}
