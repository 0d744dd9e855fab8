package io.speicher.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.speicher.protocol.Limits;
import io.speicher.store.Ticker;
import io.speicher.store.segment.SegmentStore;
import io.speicher.tck.TckCommand;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.util.OptionalInt;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import picocli.CommandLine;

/** The server passes the whole conformance kit. */
final class TckIT {

  @ParameterizedTest
  @EnumSource(Transport.class)
  void levelFull(Transport transport) throws IOException {
    ServerSettings settings =
        new ServerSettings(
            "127.0.0.1",
            0,
            OptionalInt.empty(),
            OptionalInt.empty(),
            Limits.DEFAULT,
            10_000,
            Duration.ZERO,
            Duration.ofSeconds(10),
            2,
            transport);
    StringWriter output = new StringWriter();
    try (SpeicherServer server =
        SpeicherServer.start(settings, new SegmentStore(128 << 20, Ticker.system()))) {
      CommandLine kit = new CommandLine(new TckCommand()).setOut(new PrintWriter(output));
      int status =
          kit.execute("--port", Integer.toString(server.port()), "--level", "full", "--yes-wipe");
      assertThat(status).as(output.toString()).isZero();
    }
    assertThat(output.toString()).containsPattern("(?m)^[1-9]\\d{2,} passed, 0 failed$");
  }
}
