package io.speicher.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class RecoveryProgressTest {
  private static final long GIGABYTE = 1 << 30;

  private final List<String> lines = new ArrayList<>();
  private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE); // It may overflow.
  private final ByteArrayOutputStream drawn = new ByteArrayOutputStream();

  @Test
  void log_hasALineEveryThreeSeconds() {
    RecoveryProgress progress = progress(null);
    progress.recovered(0, GIGABYTE, 0);
    progress.recovered(GIGABYTE / 4, GIGABYTE, 1_000);
    nanos.addAndGet(TimeUnit.SECONDS.toNanos(3));
    progress.recovered(GIGABYTE / 2, GIGABYTE, 2_000);
    progress.recovered(GIGABYTE / 2 + 1, GIGABYTE, 2_001);
    assertThat(lines)
        .containsExactly(
            "recovering cache after a power failure", "recovering: percent=50 items=2000");
  }

  @Test
  void terminal_hasABarThatIsGoneAtTheEnd() {
    RecoveryProgress progress = progress(new PrintStream(drawn, true, UTF_8));
    progress.recovered(GIGABYTE / 3, GIGABYTE, 1_234_567);
    String bar = "recovering [" + "#".repeat(9) + ".".repeat(21) + "] 33 % of 1gb, 1,234,567 items";
    assertThat(drawn.toString(UTF_8)).isEqualTo("\r\u001b[K" + bar);
    nanos.addAndGet(TimeUnit.MINUTES.toNanos(1));
    progress.recovered(GIGABYTE, GIGABYTE, 3_000_000);
    assertThat(drawn.toString(UTF_8)).endsWith("items\r\u001b[K");
    assertThat(lines).containsExactly("recovering cache after a power failure");
  }

  @Test
  void emptyFile_isDone() {
    progress(null).recovered(0, 0, 0);
    assertThat(lines).hasSize(1);
  }

  private RecoveryProgress progress(@Nullable PrintStream terminal) {
    return new RecoveryProgress(Path.of("cache"), lines::add, terminal, nanos::get);
  }
}
