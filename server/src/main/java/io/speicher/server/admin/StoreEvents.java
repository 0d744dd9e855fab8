package io.speicher.server.admin;

import io.speicher.store.StoreStats;
import jdk.jfr.Category;
import jdk.jfr.DataAmount;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.FlightRecorder;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/**
 * What the flight recorder of the JVM is told of the store: when many items are evicted or expire
 * at a time, and when it grows. One thread tells it now and then what the store has counted; it
 * compares that with what it was told before.
 *
 * <p>An event that nobody records costs a comparison each time. None is made before somebody uses
 * the flight recorder, since the first one loads it.
 */
@SuppressWarnings("UnusedVariable") // The flight recorder reads the fields of events.
final class StoreEvents {
  /** So many items at a time are a burst. */
  static final long BURST_ITEMS = 1_000;

  /** This part of the budget is growth worth telling. */
  static final int GROWTH_SHARE = 64;

  /** What is told of items that have gone. */
  @Category("Speicher")
  @StackTrace(false)
  private abstract static class Burst extends Event {
    @Label("Items")
    long items;

    @Label("Items Left")
    long itemsLeft;

    @Label("Used Memory")
    @DataAmount
    long usedBytes;
  }

  @Name("speicher.EvictionBurst")
  @Label("Eviction Burst")
  @Description("Many items were removed within half a second to make room")
  private static final class EvictionBurst extends Burst {}

  @Name("speicher.ExpiryBurst")
  @Label("Expiry Burst")
  @Description("Many items were removed within half a second because their time had passed")
  private static final class ExpiryBurst extends Burst {}

  @Name("speicher.Growth")
  @Label("Growth")
  @Description("Items take a 64th of the budget more than when this was told before")
  @Category("Speicher")
  @StackTrace(false)
  private static final class Growth extends Event {
    @Label("Used Memory Before")
    @DataAmount
    long usedBytesBefore;

    @Label("Used Memory")
    @DataAmount
    long usedBytes;

    @Label("Budget")
    @DataAmount
    long budgetBytes;

    @Label("Items")
    long items;
  }

  private long evictedItems;
  private long expiredItems;
  private long usedBytes;

  StoreEvents(StoreStats now) {
    evictedItems = now.evictedItemCount();
    expiredItems = now.expiredItemCount();
    usedBytes = now.usedBytes();
  }

  void sample(StoreStats now) {
    if (FlightRecorder.isInitialized()) {
      tell(new EvictionBurst(), now.evictedItemCount() - evictedItems, now);
      tell(new ExpiryBurst(), now.expiredItemCount() - expiredItems, now);
    }
    evictedItems = now.evictedItemCount();
    expiredItems = now.expiredItemCount();
    tellGrowth(now);
  }

  private static void tell(Burst burst, long items, StoreStats now) {
    if (items >= BURST_ITEMS && burst.shouldCommit()) {
      burst.items = items;
      burst.itemsLeft = now.itemCount();
      burst.usedBytes = now.usedBytes();
      burst.commit();
    }
  }

  private void tellGrowth(StoreStats now) {
    long grown = now.usedBytes() - usedBytes;
    if (grown < 0) {
      usedBytes = now.usedBytes();
    } else if (grown >= now.budgetBytes() / GROWTH_SHARE) {
      if (FlightRecorder.isInitialized()) {
        tell(new Growth(), now);
      }
      usedBytes = now.usedBytes();
    }
  }

  private void tell(Growth growth, StoreStats now) {
    if (growth.shouldCommit()) {
      growth.usedBytesBefore = usedBytes;
      growth.usedBytes = now.usedBytes();
      growth.budgetBytes = now.budgetBytes();
      growth.items = now.itemCount();
      growth.commit();
    }
  }
}
