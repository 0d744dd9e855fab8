package io.speicher.server.admin;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

final class ProcessUsageTest {
  private long nanos;

  @Test
  void now_isReadTenTimesASecondAtMost() {
    ProcessUsage usage = new ProcessUsage(() -> nanos);
    ProcessUsage.Sample first = usage.now();
    nanos += Duration.ofMillis(99).toNanos();
    assertThat(usage.now()).isSameAs(first);
    nanos += Duration.ofMillis(1).toNanos();
    assertThat(usage.now()).isNotSameAs(first);
  }

  @Test
  void now_isPlausible() {
    ProcessUsage.Sample sample = new ProcessUsage(() -> nanos).now();
    assertThat(sample.residentBytes()).isBetween(10L << 20, 10L << 30);
    assertThat(sample.userCpuMicros()).isPositive();
  }
}
