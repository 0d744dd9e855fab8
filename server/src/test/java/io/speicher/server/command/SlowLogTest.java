package io.speicher.server.command;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.speicher.dialect.CommandName;
import io.speicher.protocol.Command;
import io.speicher.protocol.SetOptions;
import io.speicher.protocol.SlowCommand;
import io.speicher.protocol.ValueKind;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

final class SlowLogTest {
  private static final CommandName NAME = CommandName.of("test", "config|get");

  private final SlowLog log = new SlowLog(Duration.ofMillis(10), 2, InstantSource.system());

  private static ByteBuffer bytes(String text) {
    return ByteBuffer.wrap(text.getBytes(ISO_8859_1));
  }

  private List<String> noted() {
    return log.all().stream().map(SlowCommand::words).map(List::getFirst).toList();
  }

  @Test
  void threshold() {
    assertThat(log.isSlow(9_999_999)).isFalse();
    assertThat(log.isSlow(10_000_000)).isTrue();
    log.limit(Duration.ZERO, 2);
    assertThat(log.isSlow(0)).isTrue();
    log.limit(Duration.ofMillis(-1), 2);
    assertThat(log.isSlow(Long.MAX_VALUE)).isFalse();
  }

  @Test
  void length() {
    for (String word : List.of("a", "b", "c")) {
      log.add(1, List.of(word), "127.0.0.1:1", "");
    }
    assertThat(noted()).containsExactly("c", "b");
    assertThat(log.all().getFirst().id()).isEqualTo(2);
    log.limit(Duration.ZERO, 1);
    assertThat(noted()).containsExactly("c");
    log.clear();
    assertThat(noted()).isEmpty();
  }

  /** Loading it takes 150 ms, which the first clients of a server would wait for. */
  @Test
  void add_doesNotLoadTheFlightRecorder() throws Exception {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xlog:class+load",
                "-cp",
                System.getProperty("java.class.path", ""),
                Noting.class.getName())
            .redirectErrorStream(true)
            .start();
    List<String> loaded = process.inputReader().lines().toList();
    assertThat(process.waitFor()).isZero();
    assertThat(loaded)
        .anyMatch(line -> line.contains(SlowLog.class.getName()))
        .noneMatch(line -> line.contains(SlowCommandEvent.class.getName()));
  }

  /** A program that notes a command. */
  static final class Noting {
    public static void main(String[] arguments) {
      new SlowLog(Duration.ZERO, 2, InstantSource.system()).add(1, List.of("get"), "", "");
    }
  }

  @Test
  void words_ofManyKeys_areCut() {
    List<ByteBuffer> keys = Collections.nCopies(100, bytes("k".repeat(200)));
    List<String> words = SlowLog.words(NAME, new Command.DeleteAll(keys), 1);
    assertThat(words).hasSize(32).startsWith("config", "get");
    assertThat(words.get(2)).isEqualTo("k".repeat(128) + "... (72 more bytes)");
    assertThat(words.getLast()).isEqualTo("... (71 more arguments)");
  }

  /** The log is no place for values. */
  @Test
  void words_ofASet() {
    Command.Set set =
        new Command.Set(bytes("k\n"), ValueKind.BYTES, bytes("secret"), SetOptions.DEFAULT);
    assertThat(SlowLog.words(CommandName.of("test", "set"), set, 3))
        .containsExactly("set", "k\n", "(6 bytes)", "(the last of 3 commands)");
  }
}
