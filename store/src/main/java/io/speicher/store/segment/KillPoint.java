package io.speicher.store.segment;

import org.jspecify.annotations.Nullable;

/**
 * Moments at which a change is half done, for tests of what a killed process leaves. Asserted where
 * they are reached, so that they cost nothing where assertions are off.
 */
enum KillPoint {
  /** Bytes are reserved, and nothing is written there. */
  RESERVED,
  /** An item is written, and nothing leads to it. */
  WRITTEN,
  /** A slot leads to another item than before, or to none, and that is all that has changed. */
  UNLINKED,
  /** A slot that was empty leads to an item, and the table is still locked. */
  LINKED,
  /** All slots of a table were taken out of it, to be placed anew. */
  SPREADING,
  /** Items were copied elsewhere, and their slots lead to where they were. */
  COPIED,
  /** A segment begins: it has a sequence number, and no header. */
  BEGINNING,
  /** A segment ends: it has no sequence number, and a class. */
  ENDING,
  /** A segment is closed to writers, and its header does not say so. */
  SEALING,
  /** The index took a segment, which still counts as free. */
  GROWING,
  /** Everything is being cleared: the index is empty, and the parts are not. */
  CLEARING,
  /** An epoch has ended, and nothing of what belongs to it is known to be on the disk. */
  SYNCING,
  /** All of it is on the disk, and nothing says so. */
  SYNCED;

  /** Is shown each moment. */
  interface Observer {
    void reached(KillPoint point);
  }

  /** Of each thread: tests of other classes run at the same time. */
  private static final ThreadLocal<@Nullable Observer> OBSERVER = new ThreadLocal<>();

  /** Shows the moments of this thread to an observer, or to none if it is null. */
  static void observe(@Nullable Observer newObserver) {
    OBSERVER.set(newObserver);
  }

  /** Always true, to be asserted. */
  boolean reached() {
    Observer present = OBSERVER.get();
    if (present != null) {
      present.reached(this);
    }
    return true;
  }
}
