package io.speicher.store;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/** A clock that stands still until a test moves it. */
public final class FakeTicker implements Ticker {
  private final AtomicLong millis = new AtomicLong(1_700_000_000_000L);

  @Override
  public long millis() {
    return millis.get();
  }

  public void advance(Duration duration) {
    millis.addAndGet(duration.toMillis());
  }
}
