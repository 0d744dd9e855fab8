package io.speicher.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.speicher.client.exception.RefusedException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class FlightRecorderListenerTest {
  @TempDir private Path folder;

  @Test
  void calls_thatAreSlowOrFail() throws Exception {
    Path file = folder.resolve("calls.jfr");
    try (Recording recording = new Recording();
        FakeServer server =
            FakeServer.start(peer -> {
              peer.payload();
              peer.reply(FakeServer.MISS);
              peer.payload();
              peer.reply("{\"status_code\":403,\"message\":\"no\"}");
              peer.awaitEnd();
            })) {
      recording.enable("io.speicher.client.Call");
      recording.start();
      try (Speicher speicher =
          server.client().listener(FlightRecorderListener.slowerThan(Duration.ofDays(1))).build()) {
        Cache<String> cache = speicher.cache("users", Codec.string());
        assertThat(cache.get("k")).isNull();
        assertThatExceptionOfType(RefusedException.class).isThrownBy(() -> cache.get("k"));
      }
      recording.stop();
      recording.dump(file);
    }
    List<RecordedEvent> events =
        RecordingFile.readAllEvents(file).stream()
            .filter(event -> event.getEventType().getName().equals("io.speicher.client.Call"))
            .toList();
    assertThat(events).hasSize(1);
    assertThat(events.get(0).getString("cache")).isEqualTo("users");
    assertThat(events.get(0).getString("operation")).isEqualTo("get");
    assertThat(events.get(0).getDuration("tookNanos")).isPositive();
    assertThat(events.get(0).getString("failure")).contains("RefusedException", "statusCode=403");
  }
}
