package io.speicher.server;

import static io.speicher.protocol.Quantities.ofBytes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class MemoryPlanTest {
  private static final long MB = 1 << 20;

  /** What the defaults come to in containers and machines of these sizes. */
  @ParameterizedTest
  @CsvSource({
    "128,32,16",
    "256,64,96",
    "512,128,96",
    "1024,256,96",
    "4096,1024,256",
    "65536,16384,4096"
  })
  void defaults_fit(long machineMb, long storeMb, long accountMb) {
    long storeBytes = machineMb * MB / 4;
    long accountBytes = MemoryPlan.defaultAccountBytes(storeBytes, machineMb * MB);
    assertThat(storeBytes).isEqualTo(storeMb * MB);
    assertThat(accountBytes).isEqualTo(accountMb * MB);
    MemoryPlan plan = new MemoryPlan(machineMb * MB, storeBytes, accountBytes, 64 * MB, 2);
    assertThatCode(() -> plan.requireRoom(Math.min(32 * MB, storeBytes / 2)))
        .doesNotThrowAnyException();
  }

  /** docs/operating.md has a table of what the defaults come to. */
  @ParameterizedTest
  @ValueSource(longs = {64, 256, 4 << 10, 32 << 10})
  void operatingGuide_hasTheSameFigures(long storeMb) throws IOException {
    long accountBytes = MemoryPlan.defaultAccountBytes(storeMb * MB, 1L << 40);
    MemoryPlan plan = new MemoryPlan(1L << 40, storeMb * MB, accountBytes, 64 * MB, 2);
    assertThat(Files.readAllLines(Path.of("../docs/operating.md")))
        .contains(
            "| %s | %s | %s | %s |"
                .formatted(
                    ofBytes(plan.storeBytes()),
                    ofBytes(plan.accountBytes()),
                    ofBytes(MemoryPlan.PROCESS_BYTES),
                    ofBytes(plan.totalBytes())));
  }

  @Test
  void account_isSmallWhereTheStoreLeavesLittle() {
    assertThat(MemoryPlan.defaultAccountBytes(400 * MB, 512 * MB)).isEqualTo(32 * MB);
    assertThat(MemoryPlan.defaultAccountBytes(450 * MB, 512 * MB))
        .isEqualTo(MemoryPlan.MIN_ACCOUNT_BYTES);
  }

  @Test
  void requireRoom_forMoreThanTheMachineHas() {
    MemoryPlan plan = new MemoryPlan(512 * MB, 300 * MB, 200 * MB, 64 * MB, 2);
    assertThatThrownBy(() -> plan.requireRoom(MB))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "memory too large: memory=300mb connection-memory=200mb process=80mb machine=512mb"
                + " (expected: their sum at most what the machine has); lower --memory or"
                + " --connection-memory");
  }

  @Test
  void table_isAligned() {
    MemoryPlan plan = new MemoryPlan(4096 * MB, 1024 * MB, 256 * MB, 64 * MB, 2);
    assertThat(plan.table())
        .isEqualTo(
            """
            This machine (or container) has 4gb. This server takes at most:

              store             1gb  keys, values, index and bookkeeping (--memory)
              connections     256mb  received bytes, pending replies, transactions (--connection-memory)
              process          80mb  code, Java heap (up to 64mb), 2 event loops (fixed)
              in all          1.3gb

            The first two are bounds that the server keeps: a store that is full evicts, and clients that
            make the server hold more than their part have to wait or are cut off.
            """);
  }
}
