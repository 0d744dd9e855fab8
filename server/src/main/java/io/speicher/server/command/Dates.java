package io.speicher.server.command;

import io.speicher.store.Item;
import io.speicher.store.Store;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;

/**
 * Translates between dates, which clients mean by the wall clock, and the time of the store, which
 * only goes on. Any thread may ask.
 */
public final class Dates {

  /*
   * The machine's clock may be set while the server runs: by NTP after a boot, or when a virtual
   * machine is resumed. A duration must not notice, so the store measures it by a clock that nobody
   * sets. A date must, so it is translated by what the wall clock says at that moment, on the way in
   * and on the way out: a time to live of 100 s is shown as TIME + 100 s, whatever happened before.
   *
   * Both clocks are read in whole milliseconds, one after the other, so their difference jitters. A
   * small change of it is ignored: a date that is set is the one that is shown.
   */

  private static final long JITTER_MILLIS = 20;

  private final Store store;
  private final InstantSource wallClock;

  /** How far the wall clock is ahead of the store. */
  private volatile long aheadMillis;

  public Dates(Store store, InstantSource wallClock) {
    this.store = store;
    this.wallClock = wallClock;
  }

  /** Microseconds since 1970. */
  long nowMicros() {
    return ChronoUnit.MICROS.between(Instant.EPOCH, wallClock.instant());
  }

  /** When it is that date by the store's time; the far future ends before {@link Item#NEVER}. */
  long toStoreMillis(long dateMillis) {
    long ahead = aheadMillis();
    long storeMillis = dateMillis - ahead;
    boolean overflows = ((dateMillis ^ ahead) & (dateMillis ^ storeMillis)) < 0;
    if (overflows) {
      return dateMillis < 0 ? Long.MIN_VALUE : Item.NEVER - 1;
    }
    return Math.min(storeMillis, Item.NEVER - 1);
  }

  /** Which date that time of the store is. */
  public long toDateMillis(long storeMillis) {
    return storeMillis == Item.NEVER ? Item.NEVER : storeMillis + aheadMillis();
  }

  private long aheadMillis() {
    long measured = wallClock.millis() - store.nowMillis();
    long known = aheadMillis;
    if (Math.abs(measured - known) <= JITTER_MILLIS) {
      return known;
    }
    aheadMillis = measured;
    return measured;
  }
}
