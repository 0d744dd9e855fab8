package io.speicher.cli;

import static io.speicher.cli.resp.FakeRespServer.bulk;
import static org.assertj.core.api.Assertions.assertThat;

import io.speicher.cli.FakeShell.Outcome;
import io.speicher.cli.resp.FakeRespServer;
import io.speicher.testing.DeafPort;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What {@code speicher copy} does with servers that do what is not wanted. */
final class CopyCommandTest {
  private static final String SCAN = "SCAN 0 COUNT 500";
  private static final String NO_SUCH_COMMAND = "-ERR unknown command\r\n";

  @TempDir Path folder;

  private final FakeShell shell = new FakeShell();

  /** A Redis with one key, and what else a test wants. */
  private static @Nullable String redis(String command) {
    return switch (command) {
      case "SELECT 0" -> "+OK\r\n";
      case "DBSIZE" -> ":1\r\n";
      case "INFO server" -> bulk("run_id:abc\r\n");
      case "INFO stats" -> bulk("evicted_keys:0\r\n");
      case SCAN -> "*2\r\n" + bulk("0") + FakeRespServer.bulks("k");
      case "GET k" -> bulk("v");
      case "PTTL k" -> ":-1\r\n";
      case "SET k v NX", "SET k v" -> "+OK\r\n";
      default -> NO_SUCH_COMMAND;
    };
  }

  private Outcome copy(FakeRespServer source, FakeRespServer target, String... options) {
    String[] words = new String[options.length + 3];
    words[0] = "copy";
    words[1] = source.url();
    words[2] = target.url();
    System.arraycopy(options, 0, words, 3, options.length);
    return shell.run(words);
  }

  // ---- what is copied ----

  @Test
  void copy() throws IOException {
    try (FakeRespServer source = FakeRespServer.answering(CopyCommandTest::redis);
        FakeRespServer target = FakeRespServer.answering(CopyCommandTest::redis)) {
      Outcome outcome = copy(source, target);
      assertThat(outcome.err()).isEmpty();
      assertThat(outcome.status()).isZero();
      assertThat(outcome.out())
          .startsWith("copied 1 items (2B) in ")
          .endsWith("0 of them expire\n");
      assertThat(target.commands()).contains("SET k v NX");
    }
  }

  @Test
  void replace() throws IOException {
    try (FakeRespServer source = FakeRespServer.answering(CopyCommandTest::redis);
        FakeRespServer target = FakeRespServer.answering(CopyCommandTest::redis)) {
      assertThat(copy(source, target, "--replace").status()).isZero();
      assertThat(target.commands()).contains("SET k v");
    }
  }

  @Test
  void dryRun_writesNothing() throws IOException {
    try (FakeRespServer source = FakeRespServer.answering(CopyCommandTest::redis);
        FakeRespServer target = FakeRespServer.answering(CopyCommandTest::redis)) {
      assertThat(copy(source, target, "--dry-run").out()).startsWith("would copy 1 items");
      assertThat(target.commands()).noneMatch(command -> command.startsWith("SET"));
    }
  }

  @Test
  void prefixes() throws IOException {
    try (FakeRespServer source = FakeRespServer.answering(CopyCommandTest::redis);
        FakeRespServer target =
            FakeRespServer.answering(
                command -> command.equals("SET new:k v NX") ? "+OK\r\n" : redis(command))) {
      assertThat(copy(source, target, "--prefix-add=new:").out()).startsWith("copied 1 items");
      assertThat(copy(source, target, "--prefix-strip=other:").out())
          .startsWith("copied 0 items")
          .contains("skipped 1: key does not begin with --prefix-strip, e.g. \"k\"\n");
    }
  }

  // ---- the unhappy half ----

  @Test
  void target_full() throws IOException {
    try (FakeRespServer source = FakeRespServer.answering(CopyCommandTest::redis);
        FakeRespServer target =
            FakeRespServer.answering(command ->
                command.startsWith("SET") ? "-OOM command not allowed\r\n" : redis(command))) {
      Outcome outcome = copy(source, target);
      assertThat(outcome.status()).isEqualTo(1);
      assertThat(outcome.err())
          .isEqualTo(
              "speicher: 127.0.0.1:%d: the server is full: OOM command not allowed; give it more memory (maxmemory), or let it evict\n"
                  .formatted(target.port()));
    }
  }

  @Test
  void target_refusesOne() throws IOException {
    try (FakeRespServer source = FakeRespServer.answering(CopyCommandTest::redis);
        FakeRespServer target =
            FakeRespServer.answering(
                command -> command.startsWith("SET") ? "-ERR odd\r\n" : redis(command))) {
      assertThat(copy(source, target).out())
          .contains("skipped 1: refused by the target: ERR odd, e.g. \"k\"\n");
    }
  }

  @Test
  void target_valueTooLong() throws IOException {
    try (FakeRespServer source =
            FakeRespServer.answering(
                command -> command.equals("GET k") ? bulk("x".repeat(100)) : redis(command));
        FakeRespServer target =
            FakeRespServer.answering(command ->
                command.startsWith("CONFIG GET")
                    ? FakeRespServer.bulks("proto-max-bulk-len", "99")
                    : redis(command))) {
      assertThat(copy(source, target).out())
          .contains("skipped 1: value too long for the target, e.g. \"k\"\n");
    }
  }

  /** What has been read before is written, and the next run goes on there. */
  @Test
  void source_diesMidway_thenResumed() throws IOException {
    Path state = folder.resolve("state");
    AtomicBoolean isDead = new AtomicBoolean(true);
    try (FakeRespServer target = FakeRespServer.answering(CopyCommandTest::many);
        FakeRespServer source =
            FakeRespServer.answering(
                command -> command.startsWith("SCAN 7") && isDead.get() ? null : many(command))) {
      Outcome outcome = copy(source, target, "--resume=" + state);
      assertThat(outcome.status()).isEqualTo(3);
      assertThat(outcome.err())
          .startsWith("speicher: stopped after 2 copied items; the same command goes on from there")
          .contains("speicher: 127.0.0.1:" + source.port() + ": the server closed the connection");
      assertThat(Files.readString(state)).contains("position=0/5");

      isDead.set(false);
      source.commands().clear();
      Outcome resumed = copy(source, target, "--resume=" + state);
      assertThat(resumed.err()).isEqualTo("speicher: going on after 2 copied items\n");
      assertThat(resumed.out()).startsWith("copied 3 items");
      assertThat(source.commands()).contains("SCAN 5 COUNT 500").doesNotContain(SCAN);
      assertThat(state).doesNotExist();
    }
  }

  /** A Redis whose keys come in two answers. */
  private static @Nullable String many(String command) {
    return switch (command) {
      case SCAN -> "*2\r\n" + bulk("5") + FakeRespServer.bulks("k", "l");
      case "SCAN 5 COUNT 500" -> "*2\r\n" + bulk("7") + FakeRespServer.bulks();
      case "SCAN 7 COUNT 500" -> "*2\r\n" + bulk("0") + FakeRespServer.bulks("m");
      case "GET l", "GET m" -> bulk("w");
      case "PTTL l", "PTTL m" -> ":-1\r\n";
      case "SET l w NX", "SET m w NX" -> "+OK\r\n";
      default -> redis(command);
    };
  }

  @Test
  void resume_ofAnotherCopy() throws IOException {
    Path state = Files.writeString(folder.resolve("state"), "source=elsewhere\n");
    try (FakeRespServer source = FakeRespServer.answering(CopyCommandTest::redis);
        FakeRespServer target = FakeRespServer.answering(CopyCommandTest::redis)) {
      Outcome outcome = copy(source, target, "--resume=" + state);
      assertThat(outcome.status()).isEqualTo(2);
      assertThat(outcome.err()).contains("is the file of another copy: ").hasLineCount(1);
    }
  }

  @Test
  void source_wrongPassword() throws IOException {
    shell.with("SPEICHER_SOURCE_AUTH", "a:b");
    try (FakeRespServer source = FakeRespServer.knowing("AUTH a b", "-WRONGPASS no\r\n");
        FakeRespServer target = FakeRespServer.answering(CopyCommandTest::redis)) {
      Outcome outcome = copy(source, target);
      assertThat(outcome.status()).isEqualTo(1);
      assertThat(outcome.err())
          .contains(" refused: WRONGPASS no; check SPEICHER_SOURCE_AUTH, or the URL\n");
    }
  }

  @Test
  void nothingListens() throws IOException {
    try (DeafPort deaf = new DeafPort();
        FakeRespServer target = FakeRespServer.answering(CopyCommandTest::redis)) {
      Outcome outcome = shell.run("copy", "redis://127.0.0.1:" + deaf.port(), target.url());
      assertThat(outcome.status()).isEqualTo(3);
      assertThat(outcome.err())
          .isEqualTo(
              "speicher: nothing listens on 127.0.0.1:%d: check SOURCE, and that the server runs\n"
                  .formatted(deaf.port()));
    }
  }

  // ---- the command line ----

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "redis://a redis://b --skip --replace | --skip and --replace contradict each other",
        "redis://a redis://b --rate=0 | --rate=0 (expected: at least 1)",
        "redis://a redis://b --verify=some | --verify=some (expected: sample or all)",
        "redis://a redis://b --db=x | --db=x (expected: a number, or all)",
        "redis://a redis://b --dry-run --verify | --dry-run writes nothing",
        "redis://a redis://b --key=x | --cert and --key belong together",
        "http://a redis://b | SOURCE=http://a (expected: redis://HOST:PORT/DATABASE",
        "redis://a b.rdb | TARGET=b.rdb: a file cannot be the target",
        "memcached://a/1 redis://b | SOURCE: memcached has no databases",
        "memcached://a redis://b --db=1 | --db: memcached has no databases",
        "redis://a memcached://b --db=all | --db=all: the target has no databases",
        "redis://a | missing required parameter: 'TARGET'",
      })
  void wrong(String command, String message) {
    Outcome outcome = shell.run(("copy " + command).split(" ", -1));
    assertThat(outcome.status()).isEqualTo(2);
    assertThat(outcome.err()).startsWith("speicher: " + message).hasLineCount(1);
  }
}
