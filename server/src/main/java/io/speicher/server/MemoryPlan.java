package io.speicher.server;

import static io.speicher.protocol.Quantities.ofBytes;

import io.speicher.store.segment.SegmentStore;
import java.util.Locale;

/**
 * What a server may take of its machine's memory, and whether that fits.
 *
 * @param machineBytes what there is, in the machine or in the container
 * @param storeBytes for items: the setting {@code memory}
 * @param accountBytes for connections: the setting {@code connection-memory}
 * @param heapBytes how far the Java heap may grow; a part of {@link #PROCESS_BYTES}
 * @param loops the number of event loops
 */
record MemoryPlan(
    long machineBytes, long storeBytes, long accountBytes, long heapBytes, int loops) {

  /*
   * A process is the sum of three parts, each with a bound of its own. The store's budget and the
   * account of the connections are counted to the byte where the memory is taken; the rest (code,
   * the Java heap, threads and their buffers) is what a server has that nobody uses, measured at 80
   * MiB under load. So the smallest container with the defaults is one of 128 MiB: 32 for items, 16
   * for connections, 80 for the process.
   */

  /** What the process takes beside items and connections. */
  static final long PROCESS_BYTES = 80L << 20;

  /** With less, one client could stop the others by a few large requests. */
  static final long MIN_ACCOUNT_BYTES = 16L << 20;

  private static final long USUAL_ACCOUNT_BYTES = 96L << 20;

  /** The plan of these settings on this machine. */
  static MemoryPlan of(ServerSettings settings) {
    return new MemoryPlan(
        Machine.memoryBytes(),
        settings.memoryBytes(),
        settings.connectionMemoryBytes(),
        Runtime.getRuntime().maxMemory(),
        settings.threads());
  }

  /** A quarter of the store, as far as the machine has room for it. */
  static long defaultAccountBytes(long storeBytes, long machineBytes) {
    long wanted = Math.max(USUAL_ACCOUNT_BYTES, storeBytes / 4);
    return Math.max(MIN_ACCOUNT_BYTES, Math.min(wanted, machineBytes - storeBytes - PROCESS_BYTES));
  }

  long totalBytes() {
    return storeBytes + accountBytes + PROCESS_BYTES;
  }

  /**
   * Two of the largest items must fit into the store, and all of it into the machine.
   *
   * @throws IllegalArgumentException if they do not, saying what to change
   */
  void requireRoom(long maxFrameBytes) {
    long least = Math.max(2 * maxFrameBytes, SegmentStore.MIN_BUDGET_BYTES);
    if (storeBytes < least) {
      throw new IllegalArgumentException(
          "memory too small: memory=%s max-frame=%s (expected: at least two frames, %s); raise --memory or lower --max-frame"
              .formatted(ofBytes(storeBytes), ofBytes(maxFrameBytes), ofBytes(least)));
    }
    if (totalBytes() > machineBytes) {
      throw new IllegalArgumentException(
          "memory too large: memory=%s connection-memory=%s process=%s machine=%s (expected: their sum at most what the machine has); lower --memory or --connection-memory"
              .formatted(
                  ofBytes(storeBytes),
                  ofBytes(accountBytes),
                  ofBytes(PROCESS_BYTES),
                  ofBytes(machineBytes)));
    }
  }

  /** The plan as a table for a person. */
  String table() {
    return """
    This machine (or container) has %s. This server takes at most:

    %s%s%s%s
    The first two are bounds that the server keeps: a store that is full evicts, and clients that
    make the server hold more than their part have to wait or are cut off.
    """
        .formatted(
            ofBytes(machineBytes),
            row("store", storeBytes, "keys, values, index and bookkeeping (--memory)"),
            row(
                "connections",
                accountBytes,
                "received bytes, pending replies, transactions (--connection-memory)"),
            row(
                "process",
                PROCESS_BYTES,
                "code, Java heap (up to %s), %d event loops (fixed)"
                    .formatted(ofBytes(heapBytes), loops)),
            row("in all", totalBytes(), ""));
  }

  private static String row(String part, long bytes, String what) {
    return String.format(Locale.ROOT, "  %-12s %8s  %s", part, ofBytes(bytes), what).stripTrailing()
        + "\n";
  }
}
