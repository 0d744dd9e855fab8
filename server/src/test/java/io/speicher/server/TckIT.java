package io.speicher.server;

import static java.util.stream.Collectors.joining;
import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIterable;

import io.speicher.server.security.UsersFile;
import io.speicher.store.Ticker;
import io.speicher.store.segment.SegmentStore;
import io.speicher.tck.TckCommand;
import io.speicher.testing.CapturedLog;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.assertj.core.api.IterableAssert;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/** The server passes the conformance kit, but for what it does otherwise on purpose. */
final class TckIT {

  /** What each is about, docs/dialects.md says. */
  private static final Set<String> OTHERWISE_THAN_REDIS =
      Set.of("keys/empty", "keys/object_idleTime", "expiry/expire_large", "framing/http_post");

  private static final Set<String> OTHERWISE_THAN_MEMCACHED =
      Set.of("text/decr_length", "meta/mg_base64_text", "errors/tooLarge");

  private static final Pattern FAILURE = Pattern.compile("(?m)^FAIL +(\\S+)");

  /** What the kit prints of cases that pass, and the bytes that went to and fro. */
  private static final Pattern DULL = Pattern.compile("ok|\\s+\\p{XDigit}{8} ");

  /** In a process that has just begun, to hash a password takes seconds. */
  private static final String CASE_TIMEOUT = "40s";

  @ParameterizedTest
  @EnumSource(Transport.class)
  void json(Transport transport) throws IOException {
    assertThatFailures("json", transport).isEmpty();
  }

  @Test
  void json_withPassword() throws IOException {
    ServerSettings settings =
        TestSettings.of(2, Transport.best()).with(ServerSettings.PASSWORD, "se\"cret");
    try (CapturedLog log = CapturedLog.ofServer()) {
      assertThatFailures("json", settings, Map.of("SPEICHER_AUTH", "default:se\"cret")).isEmpty();
      assertThat(log.lines()).anyMatch(line -> line.contains("authentication failed"));
    }
  }

  @Test
  void json_withRights(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("users.toml");
    UsersFile.open(file)
        .change("kit", List.of("on", ">secret", "allkeys", "allcommands"), List.of());
    UsersFile.open(file).change("reader", List.of("on", ">read", "allkeys", "+@read"), List.of());
    ServerSettings settings =
        TestSettings.of(2, Transport.best()).with(ServerSettings.USERS, Optional.of(file));
    Map<String, String> logins =
        Map.of("SPEICHER_AUTH", "kit:secret", "SPEICHER_READER", "reader:read");
    try (CapturedLog log = CapturedLog.ofServer()) {
      assertThatFailures("json", settings, logins).isEmpty();
      assertThat(log.lines()).anyMatch(line -> line.contains("authentication failed"));
    }
  }

  /** What asks for no password does not pass as what asks for one. */
  @Test
  void json_withoutPassword() throws IOException {
    ServerSettings settings = TestSettings.of(2, Transport.best());
    try (CapturedLog log = CapturedLog.ofServer()) {
      assertThatFailures("json", settings, Map.of("SPEICHER_AUTH", "default:secret"))
          .contains("auth/required", "auth/eachConnection");
      assertThat(log.lines()).anyMatch(line -> line.contains("authentication failed"));
    }
  }

  @Test
  void resp() throws IOException {
    try (CapturedLog log = CapturedLog.ofServer()) { // Of users that come and go.
      assertThatFailures("resp", Transport.best()).isEqualTo(OTHERWISE_THAN_REDIS);
      assertThat(log.lines()).anyMatch(line -> line.startsWith("INFO user added name=tck"));
    }
  }

  @Test
  void memcached() throws IOException {
    assertThatFailures("memcached", Transport.best()).isEqualTo(OTHERWISE_THAN_MEMCACHED);
  }

  /**
   * A server whose items survive it is no other server, nor is one that goes on after a kill. Most
   * of the time the kit waits.
   */
  @Execution(ExecutionMode.CONCURRENT)
  @ParameterizedTest
  @ValueSource(strings = {"json", "resp", "memcached"})
  void durable(String dialect, @TempDir Path directory) throws Exception {
    Set<String> expected =
        switch (dialect) {
          case "resp" -> OTHERWISE_THAN_REDIS;
          case "memcached" -> OTHERWISE_THAN_MEMCACHED;
          default -> Set.of();
        };
    for (int start = 1; start <= 2; start++) {
      try (ServerProcess server =
          new ServerProcess("--memory", "128mb", "--data", directory.toString())) {
        if (start == 2
            || dialect.equals("json")) { // Once is enough for what is only spelled otherwise.
          assertThatFailures(server.port(), dialect, Map.of()).isEqualTo(expected);
        }
        server.kill();
      }
    }
  }

  private static IterableAssert<String> assertThatFailures(String dialect, Transport transport)
      throws IOException {
    return assertThatFailures(dialect, TestSettings.of(2, transport), Map.of());
  }

  private static IterableAssert<String> assertThatFailures(
      String dialect, ServerSettings settings, Map<String, String> environment) throws IOException {
    try (SpeicherServer server =
        SpeicherServer.start(settings, new SegmentStore(128 << 20, Ticker.system()))) {
      return assertThatFailures(server.port(), dialect, environment);
    }
  }

  private static IterableAssert<String> assertThatFailures(
      int port, String dialect, Map<String, String> environment) {
    StringWriter output = new StringWriter();
    CommandLine kit = new CommandLine(new TckCommand(environment)).setOut(new PrintWriter(output));
    kit.execute(
        "--port",
        "" + port,
        "--dialect",
        dialect,
        "--level",
        "speicher",
        "--yes-wipe",
        "--timeout",
        CASE_TIMEOUT);
    String told = output.toString();
    assertThat(told).containsPattern("(?m)^[1-9]\\d* passed, \\d+ failed$");
    return assertThatIterable(
            FAILURE.matcher(told).results().map(found -> found.group(1)).collect(toSet()))
        .as(
            "%s",
            told.lines().filter(line -> !DULL.matcher(line).lookingAt()).collect(joining("\n")));
  }
}
