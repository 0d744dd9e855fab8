package io.speicher.store.segment;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.speicher.store.SyncStats;
import io.speicher.store.Ticker;
import java.io.UncheckedIOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Writes what has changed in the memory of a store to its disk, again and again, on a thread of its
 * own. Nobody else ever waits for the disk.
 *
 * <p>After a power loss, {@link Recovery} finds the store as it was when the last sync began that
 * ended, or as it was later, item by item.
 */
final class StoreSync implements AutoCloseable {

  /*
   * A page of the file may be written to the disk at any instant, by the system too; so after a power
   * loss each sector of the disk is as old as the last sync, or younger. What is needed is that any
   * such mixture tells for each key what it had at some instant since the sync began. docs/format.md
   * has the reasoning. The rules:
   *
   * - Time is divided into epochs; a sync ends one. What loses its slot is marked with its epoch, and
   *   stays where it is. A mark of an epoch that is complete on the disk can be trusted, since what
   *   replaced the item is there, too. An item with a later mark may have to come back.
   * - So a segment whose items are gone is used again only when the epoch is complete in which the
   *   last of them went (SegmentPool.giveBack).
   * - What was written before the end of an epoch can be walked: no writer is at work before it.
   * - The table of parts and the last clear of everything are noted before the epoch ends: what they
   *   have forgotten, since its items are gone, went in that epoch or before.
   */

  private static final Logger LOGGER = System.getLogger(StoreSync.class.getName());

  /** Stands for syncs that happen only when they are asked for. */
  static final Duration BY_HAND = Duration.ofMillis(Long.MAX_VALUE);

  private static final int OFFSET_BITS = 24;

  /** A thread that waits is woken again after so long, if it has not ended. */
  private static final long JOIN_MILLIS = 100;

  /** How often it is looked whether the writers of a segment are away, before it is closed. */
  private static final int LOOKS = 1_000;

  private final long root;
  private final NativeMemory memory;
  private final StoreLayout layout;
  private final StoreArea area;
  private final Segments segments;
  private final HashIndex index;
  private final SegmentPool pool;
  private final Parts parts;
  private final PartsArea partsArea;
  private final Ticker ticker;
  private final Duration interval;

  /** Serves one sync at a time. Taken before the lock of the pool. */
  private final ReentrantLock lock = new ReentrantLock();

  @GuardedBy("lock")
  private SyncRecord record;

  /** How far each segment was filled when the last sync began, and in which life it was. */
  private final AtomicLongArray filled;

  /** What had been changed then. */
  @GuardedBy("lock")
  private long syncedChanges = -1;

  @GuardedBy("lock")
  private long syncedWrites = -1;

  @GuardedBy("lock")
  private long lastTaken;

  private volatile boolean isClosed;
  private volatile boolean isWished;
  private volatile SyncStats last;
  private @Nullable Thread thread;

  StoreSync(
      long root,
      NativeMemory memory,
      StoreLayout layout,
      Segments segments,
      HashIndex index,
      Room room,
      PartsArea partsArea,
      Ticker ticker,
      SyncRecord record,
      Duration interval) {
    this.root = root;
    this.memory = memory;
    this.layout = layout;
    area = StoreArea.of(layout);
    this.segments = segments;
    this.index = index;
    pool = room.pool();
    parts = room.parts();
    this.partsArea = partsArea;
    this.ticker = ticker;
    this.record = record;
    this.interval = interval;
    filled = new AtomicLongArray(segments.count());
    last = new SyncStats(isOn() ? interval.toMillis() : 0, 0, 0, 0, 0, 0, 0);
  }

  /** Whether segments wait until what replaced their items is on the disk. */
  boolean isOn() {
    return !interval.isZero();
  }

  /** Begins to write every now and then, unless that is off or happens by hand. */
  void start() {
    if (isOn() && !interval.equals(BY_HAND)) {
      Thread writer = Thread.ofPlatform().name("speicher-sync").daemon().unstarted(this::run);
      thread = writer;
      pool.setSyncWish(() -> {
        isWished = true;
        LockSupport.unpark(writer);
      });
      writer.start();
    }
  }

  private void run() {
    long nextNanos = System.nanoTime() + interval.toNanos();
    while (!isClosed) {
      long restNanos = nextNanos - System.nanoTime();
      if (restNanos > 0 && !isWished) {
        LockSupport.parkNanos(this, restNanos);
      } else {
        nextNanos = System.nanoTime() + interval.toNanos();
        syncAndTell();
      }
    }
  }

  private void syncAndTell() {
    lock.lock();
    try {
      syncNow();
    } catch (UncheckedIOException | IllegalStateException e) {
      last = stats(last.lastMillis(), last.lastNanos(), last.syncs(), last.failures() + 1);
      LOGGER.log(Level.WARNING, "cannot write to the disk: " + e.getMessage());
    } finally {
      lock.unlock();
    }
  }

  /** Writes what has changed since the last time, and returns when it is on the disk. */
  void sync() {
    lock.lock();
    try {
      syncNow();
    } finally {
      lock.unlock();
    }
  }

  @GuardedBy("lock")
  private void syncNow() {
    isWished = false;
    long beganNanos = System.nanoTime();
    long nowMillis = ticker.millis();
    long changes = index.changes();
    long writes = partsArea.writes() + parts.tagClears();
    if (changes == syncedChanges && writes == syncedWrites) {
      completeUnchanged();
      last = stats(nowMillis, last.lastNanos(), last.syncs(), last.failures());
      return;
    }
    long epoch = segments.epoch();
    if (epoch + 1 > record.newest()) { // The last one has failed.
      note(record.with(epoch + 1, true));
    }
    SyncRecord begun = begin(epoch, nowMillis);
    segments.setEpoch(epoch + 1);
    index.awaitWriters();
    assert KillPoint.SYNCING.reached();
    awaitWritten();
    force(begun.parts() != record.parts());
    assert KillPoint.SYNCED.reached();
    note(begun);
    complete(epoch);
    syncedChanges = changes;
    syncedWrites = writes;
    long nanos = System.nanoTime() - beganNanos;
    last = stats(nowMillis, nanos, last.syncs() + 1, last.failures());
  }

  @GuardedBy("lock")
  private SyncRecord begin(long epoch, long nowMillis) {
    for (int segment = 0; segment < filled.length(); segment++) {
      filled.set(segment, filledTo(segment));
    }
    pool.lock.lock();
    try {
      pool.expectSpent(pool.taken() - lastTaken);
      lastTaken = pool.taken();
      return record.begun(root, epoch, nowMillis, partsArea.copy(record.parts()));
    } finally {
      pool.lock.unlock();
    }
  }

  /** The sequence number of a segment, and below it 24 bits of how far it is filled. */
  private long filledTo(int segment) {
    return (segments.sequenceAcquire(segment) << OFFSET_BITS) | segments.writeOffset(segment);
  }

  /** How much was stored in a segment since the last sync began. */
  private long dirtyBytes(int segment) {
    long now = filledTo(segment);
    long before = filled.get(segment);
    if (now == before || !segments.isInUse(segment)) {
      return 0;
    }
    if (now >>> OFFSET_BITS == before >>> OFFSET_BITS) {
      return now - before;
    }
    return segments.runLength(segment) > 1
        ? (long) segments.runLength(segment) * segments.segmentBytes()
        : segments.writeOffset(segment);
  }

  /**
   * Waits until nobody writes who had reserved bytes before. A segment that is always written to is
   * closed.
   */
  private void awaitWritten() {
    for (int segment = 0; segment < segments.count(); segment++) {
      long sequence = segments.sequenceAcquire(segment);
      for (int attempt = 1;
          sequence != 0
              && segments.sequenceAcquire(segment) == sequence
              && segments.hasWriters(segment);
          attempt++) {
        if (attempt == LOOKS) {
          close(segment, sequence);
        }
        Backoff.pause(attempt);
      }
    }
  }

  private void close(int segment, long sequence) {
    pool.lock.lock();
    try {
      if (segments.sequenceAcquire(segment) == sequence && segments.isInUse(segment)) {
        boolean _ = pool.close(segment);
      }
    } finally {
      pool.lock.unlock();
    }
  }

  /** What {@link Recovery} reads: not the index, nor what repeats the headers of segments. */
  private void force(boolean withParts) {
    long from = layout.tagsOffset() & -StoreLayout.PAGE_BYTES;
    long itemsEnd = layout.headBytes() + segments.startOf(RootLayout.firstIndexSegment(root));
    memory.force(from, itemsEnd - from);
    if (withParts) {
      memory.force(area.partsOffset(), area.fileBytes() - area.partsOffset());
    }
  }

  @GuardedBy("lock")
  private void note(SyncRecord next) {
    next.write(root);
    memory.force(0, RootLayout.ROOT_BYTES);
    record = next;
  }

  /** Nothing has lost its slot in the present epoch, unless somebody is about to. */
  @GuardedBy("lock")
  private void completeUnchanged() {
    pool.lock.lock();
    try {
      if (index.changes() == syncedChanges) {
        pool.completed(segments.epoch());
      }
    } finally {
      pool.lock.unlock();
    }
  }

  private void complete(long epoch) {
    pool.lock.lock();
    try {
      pool.completed(epoch);
    } finally {
      pool.lock.unlock();
    }
  }

  /** What was written, and what not. Any thread. */
  SyncStats stats() {
    return stats(last.lastMillis(), last.lastNanos(), last.syncs(), last.failures());
  }

  private SyncStats stats(long lastMillis, long lastNanos, long syncs, long failures) {
    long dirtyBytes = 0;
    for (int segment = 0; segment < segments.count(); segment++) {
      dirtyBytes += dirtyBytes(segment);
    }
    pool.lock.lock();
    try {
      return new SyncStats(
          isOn() ? interval.toMillis() : 0,
          lastMillis,
          lastNanos,
          dirtyBytes,
          syncs,
          failures,
          pool.reusedEarly());
    } finally {
      pool.lock.unlock();
    }
  }

  /** Ends the thread, after a last sync. Nobody uses the store any more. */
  @Override
  public void close() {
    stop();
    lock.lock();
    try {
      syncNow();
    } finally {
      lock.unlock();
    }
  }

  /** Ends the thread, and leaves all as it is. */
  void stop() {
    isClosed = true;
    Thread running = thread;
    boolean isInterrupted = false;
    while (running != null && running.isAlive()) {
      LockSupport.unpark(running);
      try {
        running.join(JOIN_MILLIS);
      } catch (InterruptedException e) {
        isInterrupted = true;
      }
    }
    if (isInterrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
