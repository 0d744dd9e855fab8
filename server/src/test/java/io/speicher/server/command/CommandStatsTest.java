package io.speicher.server.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.speicher.dialect.CommandName;
import io.speicher.protocol.CommandFigures;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class CommandStatsTest {
  private static final CommandName GET = CommandName.of("test", "get");
  private static final CommandName KEYS = CommandName.of("test", "keys");

  private final CommandStats stats = new CommandStats(new HotKeys());

  private CommandFigures figures(CommandName name) {
    return CommandStats.sum(List.of(stats)).stream()
        .filter(one -> one.dialect().equals("test") && one.name().equals(name.name()))
        .findFirst()
        .orElseThrow();
  }

  private long execute(int batches, int depth, long nanosEach) {
    long now = 1_000_000;
    long drawn = 0;
    for (int i = 0; i < batches; i++) {
      long received = now;
      stats.turnClock(now);
      for (int j = 0; j < depth; j++) {
        boolean isDrawn = stats.executed(GET);
        now += nanosEach;
        drawn += isDrawn ? 1 : 0;
      }
      stats.measure(received, now);
    }
    return drawn;
  }

  @Test
  void batches_drawnByLot() {
    long drawn = execute(10_000, 64, 500);
    assertThat(drawn).isCloseTo(640_000 / 16, within(1_000L));
    CommandFigures get = figures(GET);
    assertThat(get.calls()).isEqualTo(640_000);
    assertThat(get.latency().count()).isEqualTo(drawn);
    assertThat(get.nanos()).isEqualTo(640_000 * 500);
    assertThat(get.latency().percentileNanos(50)).isCloseTo(32_000, within(600L)); // As its batch.
  }

  @Test
  void oneAtATime_isExact() {
    execute(1_000, 1, 700);
    assertThat(figures(GET).nanos()).isEqualTo(700_000);
  }

  @Test
  void batchOfTwoKinds_isDividedEvenly() {
    stats.turnClock(0);
    for (int i = 0; i < 3; i++) {
      stats.executed(GET);
      stats.executed(KEYS);
    }
    stats.executed(GET);
    assertThat(stats.batch()).isEqualTo(7);
    stats.measure(0, 7_000);
    assertThat(figures(GET).nanos()).isEqualTo(4_000);
    assertThat(figures(KEYS).nanos()).isEqualTo(3_000);
  }

  @Test
  void slices() {
    stats.turnClock(1_000);
    stats.executed(KEYS);
    assertThat(stats.measure(1_000, 3_000)).isEqualTo(2_000);
    stats.turnClock(10_000);
    assertThat(stats.measureSlice(KEYS, 15_000)).isEqualTo(5_000);
    assertThat(figures(KEYS).nanos()).isEqualTo(7_000);
    assertThat(figures(KEYS).calls()).isEqualTo(1);
  }

  /** Its latency is known when it is done, and that of those before it now. */
  @Test
  void slices_ofOneThatWasDrawn() {
    int executed = 0;
    boolean isDrawn;
    do {
      isDrawn = stats.executed(++executed % 2 == 0 ? KEYS : GET);
    } while (!isDrawn || executed < 100 || executed % 2 != 0);
    stats.drawnGoesOn();
    stats.measure(0, 1_000);
    long before = figures(KEYS).latency().count();
    stats.measureLatency(KEYS, 9_000_000);
    assertThat(figures(KEYS).latency().count()).isEqualTo(before + 1);
    assertThat(figures(KEYS).latency().percentileNanos(100)).isGreaterThan(8_000_000);
    assertThat(figures(GET).latency().percentileNanos(100)).isLessThan(1_100);
  }

  @Test
  void failures() {
    for (int i = 0; i < 5; i++) {
      stats.executed(GET);
    }
    stats.failed(GET, "ERR", true);
    stats.failed(GET, "ERR", false);
    stats.failed(GET, "WRONGTYPE", false);
    assertThat(figures(GET).calls()).isEqualTo(4); // One was not executed.
    assertThat(figures(GET).rejected()).isEqualTo(1);
    assertThat(figures(GET).failed()).isEqualTo(2);
    assertThat(CommandStats.sumOfErrors(List.of(stats, stats)))
        .isEqualTo(Map.of("ERR", 4L, "WRONGTYPE", 2L));
  }
}
