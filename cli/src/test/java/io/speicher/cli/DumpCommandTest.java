package io.speicher.cli;

import static io.speicher.cli.resp.FakeRespServer.array;
import static io.speicher.cli.resp.FakeRespServer.bulk;
import static io.speicher.cli.resp.FakeRespServer.bulks;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.speicher.cli.FakeShell.Outcome;
import io.speicher.cli.resp.FakeRespServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code speicher dump} and {@code restore} with servers that do what is not wanted. */
final class DumpCommandTest {
  @TempDir Path folder;

  private final FakeShell shell = new FakeShell();
  private Path file = Path.of("");
  private Path part = Path.of("");

  @BeforeEach
  void nameFiles() {
    file = folder.resolve("items.dump");
    part = folder.resolve("items.dump.part");
  }

  /** A Speicher with three keys in two answers, in database 0. */
  private static @Nullable String speicher(String command, String run) {
    if (command.startsWith("SPEICHER IMPORT ") || command.startsWith("SET ")) {
      return "+OK\r\n";
    }
    return switch (command) {
      case "SPEICHER HELP" -> "*0\r\n";
      case "SELECT 0" -> "+OK\r\n";
      case "INFO keyspace" -> bulk("db0:keys=3,expires=1\r\n");
      case "INFO server" -> bulk("run_id:" + run + "\r\n");
      case "INFO stats" -> bulk("evicted_keys:0\r\n");
      case "SPEICHER SCAN 0 COUNT 500" -> array(bulk("5"), bulks("a", "b"));
      case "SPEICHER SCAN 5 COUNT 500" -> array(bulk("7"), bulks());
      case "SPEICHER SCAN 7 COUNT 500" -> array(bulk("0"), bulks("c"));
      case "SPEICHER EXPORT a" -> array(bulk("v"), ":-1\r\n", bulk("text"), ":0\r\n", ":11\r\n");
      case "SPEICHER EXPORT b" ->
          array(bulk("{}"), ":60000\r\n", bulk("json"), ":7\r\n", ":12\r\n");
      case "SPEICHER EXPORT c" -> array(bulk("w"), ":-1\r\n", bulk("bytes"), ":0\r\n", ":13\r\n");
      default -> "-ERR unknown command\r\n";
    };
  }

  private Outcome run(FakeRespServer server, String... words) {
    String[] command = Arrays.copyOf(words, words.length + 2);
    command[words.length] = "--url";
    command[words.length + 1] = server.url();
    return shell.run(command);
  }

  @Test
  void dumped_thenRestored() throws IOException {
    try (FakeRespServer server = FakeRespServer.answering(command -> speicher(command, "1"))) {
      Outcome dumped = run(server, "dump", file.toString());
      assertThat(dumped.err()).isEmpty();
      assertThat(dumped.out()).startsWith("dumped 3 items (7B) in ").endsWith("1 of them expire\n");
      assertThat(part).doesNotExist();

      Outcome restored = run(server, "restore", file.toString());
      assertThat(restored.err()).isEmpty();
      assertThat(restored.out()).startsWith("restored 3 items (7B) in ");
      assertThat(server.commands())
          .contains("SPEICHER IMPORT a v text 0 NX", "SET c w NX")
          .anyMatch(command -> command.matches("SPEICHER IMPORT b \\{} json 7 PX 5\\d{4} NX"));
    }
  }

  @Test
  void dryRun_readsTheFileAlone() throws IOException {
    try (FakeRespServer server = FakeRespServer.answering(command -> speicher(command, "1"))) {
      run(server, "dump", file.toString());
      server.commands().clear();
      assertThat(run(server, "restore", "--dry-run", file.toString()).out())
          .startsWith("would restore 3 items");
      assertThat(server.commands())
          .noneMatch(command -> command.matches("(SPEICHER IMPORT|SET).*"));
    }
  }

  @Test
  void server_diesMidway_thenResumed() throws IOException {
    AtomicBoolean isDead = new AtomicBoolean(true);
    try (FakeRespServer server =
        FakeRespServer.answering(command ->
            command.startsWith("SPEICHER SCAN 7") && isDead.get()
                ? null
                : speicher(command, "1"))) {
      Outcome cut = run(server, "dump", file.toString());
      assertThat(cut.status()).isEqualTo(3);
      assertThat(cut.err()).contains(": the server closed the connection").hasLineCount(1);
      assertThat(file).doesNotExist();
      assertThat(part).exists();

      isDead.set(false);
      server.commands().clear();
      Outcome resumed = run(server, "dump", file.toString());
      assertThat(resumed.err()).isEqualTo("speicher: going on after 2 items\n");
      assertThat(resumed.out()).startsWith("dumped 3 items");
      assertThat(server.commands()).doesNotContain("SPEICHER SCAN 0 COUNT 500");
    }
  }

  /** Another run of the server has other cursors. */
  @Test
  void server_startedAnew() throws IOException {
    AtomicReference<String> run = new AtomicReference<>("1");
    try (FakeRespServer server =
        FakeRespServer.answering(command ->
            command.startsWith("SPEICHER SCAN 7") && run.get().equals("1")
                ? null
                : speicher(command, run.get()))) {
      run(server, "dump", file.toString());
      run.set("2");
      Outcome again = run(server, "dump", file.toString());
      assertThat(again.err())
          .isEqualTo(
              "speicher: the server was started anew since "
                  + part
                  + " was begun, so it is begun anew\n");
      assertThat(again.out()).startsWith("dumped 3 items");
    }
  }

  @Test
  void part_ofAnotherDump() throws IOException {
    try (FakeRespServer server =
        FakeRespServer.answering(
            command -> command.startsWith("SPEICHER SCAN 7") ? null : speicher(command, "1"))) {
      run(server, "dump", file.toString());
      Outcome other = run(server, "dump", file.toString(), "--match=a*");
      assertThat(other.status()).isEqualTo(2);
      assertThat(other.err())
          .contains(part + " is an unfinished dump of something else: match=* (expected: a*)")
          .hasLineCount(1);
    }
  }

  @Test
  void restore_ofAnUnfinishedDump() throws IOException {
    try (FakeRespServer server =
        FakeRespServer.answering(
            command -> command.startsWith("SPEICHER SCAN 7") ? null : speicher(command, "1"))) {
      run(server, "dump", file.toString());
      Outcome outcome = run(server, "restore", part.toString());
      assertThat(outcome.status()).isEqualTo(1);
      assertThat(outcome.err())
          .isEqualTo(
              """
              speicher: stopped after 2 restored items, which stay
              speicher: %s: the dump is unfinished: it has no end, so there are items that it lacks
              """
                  .formatted(part));
    }
  }

  @Test
  void files_thatAreNone() throws IOException {
    Path other = Files.writeString(folder.resolve("other"), "something else, of some length");
    Path nowhere = folder.resolve("no/such/folder");
    try (FakeRespServer server = FakeRespServer.answering(command -> speicher(command, "1"))) {
      assertThat(run(server, "restore", other.toString()).err())
          .startsWith("speicher: " + other + ": this is no dump of Speicher");
      assertThat(run(server, "restore", nowhere.toString()).err())
          .isEqualTo("speicher: " + nowhere + ": there is no such file or folder\n");
      assertThat(run(server, "dump", nowhere.toString()).err())
          .isEqualTo("speicher: " + nowhere + ".part: there is no such file or folder\n");
      assertThat(run(server, "dump", other.toString()).err())
          .isEqualTo("speicher: FILE=" + other + " exists: name another one, or say --replace\n");
      assertThat(Files.readString(other, ISO_8859_1)).startsWith("something");
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "dump a --rate=0 | --rate=0 (expected: at least 1)",
        "dump a --db=-1 | --db=-1 (expected: a number from 0)",
        "dump | missing required parameter: 'FILE'",
        "restore a --skip --replace | --skip and --replace contradict each other",
        "restore a --verify=some | --verify=some (expected: sample or all)",
        "restore a --dry-run --verify | --dry-run writes nothing",
      })
  void wrong(String command, String message) {
    Outcome outcome = shell.run(command.split(" ", -1));
    assertThat(outcome.status()).isEqualTo(2);
    assertThat(outcome.err()).startsWith("speicher: " + message).hasLineCount(1);
  }
}
