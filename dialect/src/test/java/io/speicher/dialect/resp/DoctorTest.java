package io.speicher.dialect.resp;

import static org.assertj.core.api.Assertions.assertThat;

import io.speicher.protocol.Counter;
import io.speicher.protocol.Gauge;
import io.speicher.protocol.Metric;
import io.speicher.protocol.ServerStats;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class DoctorTest {
  private static final long MIB = 1 << 20;

  private final Map<Metric, Long> numbers =
      new HashMap<>(
          Map.of(
              Gauge.BUDGET_BYTES, 64 * MIB,
              Gauge.USED_BYTES, 32 * MIB,
              Gauge.CONNECTION_BUDGET_BYTES, 96 * MIB,
              Gauge.CONNECTION_BYTES, 1 * MIB,
              Gauge.RESIDENT_BYTES, 200 * MIB));

  private String ofMemory() {
    return Doctor.ofMemory(new ServerStats("1.0", 0, numbers, List.of()));
  }

  @Test
  void memory_inOrder() {
    assertThat(ofMemory()).startsWith("The memory of this server is in order: ").hasLineCount(1);
  }

  @Test
  void memory_processIsLarge() {
    numbers.put(Gauge.RESIDENT_BYTES, (64 + 96 + 256) * MIB);
    assertThat(ofMemory()).startsWith("The memory of this server is in order: ");
    numbers.put(Gauge.RESIDENT_BYTES, (64 + 96 + 256) * MIB + 1);
    assertThat(ofMemory()).startsWith("- The process has ").hasLineCount(1);
  }

  @Test
  void memory_connectionsHoldMost() {
    numbers.put(Gauge.CONNECTION_BYTES, 96 * MIB);
    assertThat(ofMemory()).startsWith("- Connections hold ").hasLineCount(1);
  }

  @Test
  void memory_evictsWhatIsRead() {
    numbers.put(Gauge.EVICTED_ITEMS, 5L);
    numbers.put(Counter.GET_HITS, 100_000L);
    numbers.put(Counter.GET_MISSES, 900_000L);
    assertThat(ofMemory()).startsWith("- 5 items were evicted ").hasLineCount(1);
  }
}
