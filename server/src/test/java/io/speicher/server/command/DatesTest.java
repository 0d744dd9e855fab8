package io.speicher.server.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.speicher.store.Item;
import io.speicher.store.Store;
import io.speicher.store.segment.SegmentStore;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class DatesTest {
  private static final long START = Instant.parse("2026-11-29T02:54:01Z").toEpochMilli();
  private static final long HOUR = TimeUnit.HOURS.toMillis(1);

  private long wallMillis = START;
  private long storeMillis = START;
  private final Store store = new SegmentStore(1 << 20, () -> storeMillis);
  private final Dates dates = new Dates(store, () -> Instant.ofEpochMilli(wallMillis));

  @AfterEach
  void close() {
    store.close();
  }

  @Test
  void date_afterTheClockWasSet() {
    for (long step : new long[] {HOUR, -HOUR, 400 * 24 * HOUR}) {
      wallMillis = START + step;
      assertThat(dates.toStoreMillis(wallMillis + 100_000)).isEqualTo(storeMillis + 100_000);
      assertThat(dates.toDateMillis(storeMillis + 100_000)).isEqualTo(wallMillis + 100_000);
    }
  }

  /** An item that was there before keeps its time to live, so that its date is another. */
  @Test
  void date_ofAnItemFromBeforeTheClockWasSet() {
    long expiresAtMillis = dates.toStoreMillis(START + 100_000);
    wallMillis += HOUR;
    assertThat(dates.toDateMillis(expiresAtMillis)).isEqualTo(START + HOUR + 100_000);
  }

  /** The clocks are read one after the other: what is set must be what is shown. */
  @Test
  void date_comesBackExactly_whateverTheJitter() {
    for (int jitter = -10; jitter <= 10; jitter++) {
      wallMillis = START + jitter;
      assertThat(dates.toDateMillis(dates.toStoreMillis(START + 5))).isEqualTo(START + 5);
      assertThat(dates.toStoreMillis(START + 5)).isEqualTo(START + 5);
    }
  }

  @Test
  void never_isNoDate() {
    wallMillis += HOUR;
    assertThat(dates.toDateMillis(Item.NEVER)).isEqualTo(Item.NEVER);
  }

  @Test
  void farDates_areNotMistakenForNever() {
    for (long step : new long[] {0, HOUR, -HOUR}) {
      wallMillis = START + step;
      assertThat(dates.toStoreMillis(Long.MAX_VALUE)).isBetween(Long.MAX_VALUE / 2, Item.NEVER - 1);
      assertThat(dates.toStoreMillis(Long.MIN_VALUE)).isNegative();
    }
  }
}
