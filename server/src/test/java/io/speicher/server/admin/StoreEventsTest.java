package io.speicher.server.admin;

import static org.assertj.core.api.Assertions.assertThat;

import io.speicher.server.command.SlowLog;
import io.speicher.store.StoreStats;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What the flight recorder is told. */
@Timeout(60)
final class StoreEventsTest {
  private static final long MB = 1 << 20;

  private static StoreStats stats(long items, long usedBytes, long evicted, long expired) {
    return new StoreStats(items, 0, usedBytes, 64 * MB, evicted, expired);
  }

  /** One recording for all: it takes a second to start. */
  @Test
  void events() throws InterruptedException {
    BlockingQueue<RecordedEvent> told = new LinkedBlockingQueue<>();
    SlowLog slowLog = new SlowLog(Duration.ZERO, 10, InstantSource.system());
    StoreEvents store = new StoreEvents(stats(10, MB, 5, 5));
    try (RecordingStream recording = new RecordingStream()) {
      for (String name : List.of("SlowCommand", "EvictionBurst", "ExpiryBurst", "Growth")) {
        recording.enable("speicher." + name);
        recording.onEvent("speicher." + name, told::add);
      }
      recording.setReuse(false);
      recording.startAsync();

      slowLog.add(2_000_000, List.of("get", "secret-key"), "127.0.0.1:1", "me");
      RecordedEvent slow = next(told, "speicher.SlowCommand");
      assertThat(slow.getString("command")).isEqualTo("get");
      assertThat(slow.getDuration("executionNanos")).isEqualTo(Duration.ofMillis(2));
      assertThat(slow.toString()).contains("127.0.0.1:1", "me").doesNotContain("secret-key");

      store.sample(stats(100, MB + 1, 5 + 999, 5 + 999)); // These are no bursts, and no growth.
      store.sample(stats(100, MB + 1, 5 + 999 + 1_000, 5 + 999));
      RecordedEvent evicted = next(told, "speicher.EvictionBurst");
      assertThat(evicted.getLong("items")).isEqualTo(1_000);
      assertThat(evicted.getLong("itemsLeft")).isEqualTo(100);

      store.sample(stats(100, MB + 1, 5 + 1_999, 5 + 999 + 2_000));
      assertThat(next(told, "speicher.ExpiryBurst").getLong("items")).isEqualTo(2_000);

      store.sample(stats(100, 2 * MB, 5 + 1_999, 5 + 2_999));
      RecordedEvent growth = next(told, "speicher.Growth");
      assertThat(growth.getLong("usedBytesBefore")).isEqualTo(MB);
      assertThat(growth.getLong("usedBytes")).isEqualTo(2 * MB);
      assertThat(told).isEmpty();
    }
  }

  private static RecordedEvent next(BlockingQueue<RecordedEvent> told, String name)
      throws InterruptedException {
    RecordedEvent event = told.poll(30, TimeUnit.SECONDS);
    assertThat(event).as(name).isNotNull();
    assertThat(event.getEventType().getName()).isEqualTo(name);
    return event;
  }
}
