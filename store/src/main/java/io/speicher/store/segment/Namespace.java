package io.speicher.store.segment;

import io.speicher.store.NamespaceStats;
import io.speicher.store.TtlRule;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.LongAdder;

/**
 * A declared prefix: the part that its items are, and what is counted of it. Any thread may use it.
 */
final class Namespace {

  /*
   * Reads and writes are counted on the path of every request. So each of the first threads has a
   * line of the processor's cache for it, which nobody else writes, and adds to plain numbers; all
   * later threads share the last line.
   */

  private static final int HITS = 0;
  private static final int MISSES = 1;
  private static final int SETS = 2;
  private static final int LINE_LONGS = NativeMemory.LINE_BYTES / Long.BYTES;

  /** Twice as many as there are processors: event loops are not the only threads. */
  private static final int LINES =
      Math.min(128, 2 * Runtime.getRuntime().availableProcessors()) + 1;

  private static final VarHandle COUNTS = MethodHandles.arrayElementVarHandle(long[].class);

  private final byte[] prefix;

  /** Of the prefix: see {@link Namespaces}. */
  final long hash;

  final Part part;
  final LongAdder evicted = new LongAdder();
  final LongAdder expired = new LongAdder();
  private final long[] counts = new long[(LINES + 1) * LINE_LONGS];
  private volatile TtlRule rule;

  Namespace(byte[] prefix, long hash, TtlRule rule, Part part) {
    this.prefix = prefix;
    this.hash = hash;
    this.rule = rule;
    this.part = part;
  }

  byte[] prefix() {
    return prefix;
  }

  TtlRule rule() {
    return rule;
  }

  void rule(TtlRule newRule) {
    rule = newRule;
  }

  /**
   * @param thread the number of the calling thread, from 0 on
   */
  void countRead(int thread, boolean hit) {
    count(thread, hit ? HITS : MISSES);
  }

  void countSet(int thread) {
    count(thread, SETS);
  }

  private void count(int thread, int what) {
    int line = Math.min(thread, LINES - 1);
    int index = (line + 1) * LINE_LONGS + what; // Before the first line is the array's length.
    if (line < LINES - 1) {
      COUNTS.setOpaque(counts, index, counts[index] + 1);
    } else {
      COUNTS.getAndAdd(counts, index, 1L);
    }
  }

  private long counted(int what) {
    long sum = 0;
    for (int line = 1; line <= LINES; line++) {
      sum += (long) COUNTS.getOpaque(counts, line * LINE_LONGS + what);
    }
    return sum;
  }

  NamespaceStats stats() {
    Part.Era era = part.era();
    Recount recount = era.recount();
    return new NamespaceStats(
        ByteBuffer.wrap(prefix).asReadOnlyBuffer(),
        rule,
        era.items(),
        era.bytes(),
        counted(HITS),
        counted(MISSES),
        counted(SETS),
        evicted.sum(),
        expired.sum(),
        recount != null && !recount.isDone());
  }
}
