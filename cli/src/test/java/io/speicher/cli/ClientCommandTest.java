package io.speicher.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.speicher.cli.FakeShell.Outcome;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The commands that talk to a server, when it answers as it should. */
final class ClientCommandTest {
  private static final String DONE = "{\"status_code\":200}";
  private static final String MISS = "{\"status_code\":404,\"message\":\"no such key\"}";

  private final FakeShell shell = new FakeShell();

  private static String value(String json) {
    return "{\"status_code\":200,\"value\":" + json + "}";
  }

  private Outcome run(FakeServer server, String... args) {
    List<String> all = new ArrayList<>(List.of(args));
    all.addAll(1, List.of("--host", "127.0.0.1", "--port", "" + server.port()));
    return shell.run(all.toArray(String[]::new));
  }

  private static Outcome printed(String out) {
    return new Outcome(0, out, "");
  }

  // get

  @Test
  void get_text() throws Exception {
    try (FakeServer server = FakeServer.answering(value("\"bar\""))) {
      assertThat(run(server, "get", "foo")).isEqualTo(printed("bar\n"));
      assertThat(server.requests()).containsExactly("{\"command\":\"GET\",\"key\":\"foo\"}");
    }
  }

  @Test
  void get_noNewline() throws Exception {
    try (FakeServer server = FakeServer.answering(value("\"a\\n\""))) {
      assertThat(run(server, "get", "-n", "foo")).isEqualTo(printed("a\n"));
    }
  }

  @Test
  void get_emptyText() throws Exception {
    try (FakeServer server = FakeServer.answering(value("\"\""))) {
      assertThat(run(server, "get", "foo")).isEqualTo(printed("\n"));
    }
  }

  @Test
  void get_anyCharacter() throws Exception {
    try (FakeServer server = FakeServer.answering(value("\"ü\\u0000\\ud83d\\ude00☃\\t\""))) {
      assertThat(run(server, "get", "foo")).isEqualTo(printed("ü\0😀☃\t\n"));
    }
  }

  @Test
  void get_huge() throws Exception {
    String huge = "é".repeat(4 << 20);
    try (FakeServer server = FakeServer.answering(value("\"" + huge + "\""))) {
      assertThat(run(server, "get", "foo").out().equals(huge + "\n")).isTrue();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"1e400", "-0", "0.10", "null", "true", "[1, 2]", "{ \"a\":1, \"a\":2 }"})
  void get_otherThanText(String json) throws Exception {
    try (FakeServer server = FakeServer.answering(value(json))) {
      assertThat(run(server, "get", "foo")).isEqualTo(printed(json + "\n"));
    }
    try (FakeServer server = FakeServer.answering(value(json))) {
      assertThat(run(server, "get", "--json", "foo")).isEqualTo(printed(json + "\n"));
    }
  }

  @Test
  void get_textAsJson() throws Exception {
    try (FakeServer server = FakeServer.answering(value("\"say \\\"ü\\\"\""))) {
      assertThat(run(server, "get", "--json", "foo")).isEqualTo(printed("\"say \\\"ü\\\"\"\n"));
    }
  }

  @Test
  void get_halfPair() throws Exception {
    try (FakeServer server = FakeServer.answering(value("\"\\ud83d\""))) {
      assertThat(run(server, "get", "foo")).isEqualTo(printed("\"\\ud83d\"\n"));
    }
    try (FakeServer server = FakeServer.answering(value("\"\\ud83d\""))) {
      assertThat(run(server, "get", "--json", "foo")).isEqualTo(printed("\"\\ud83d\"\n"));
    }
  }

  @Test
  void get_missing() throws Exception {
    try (FakeServer server = FakeServer.answering(MISS)) {
      assertThat(run(server, "get", "fo\no"))
          .isEqualTo(new Outcome(1, "", "speicher: no such key: fo o\n"));
    }
  }

  // set

  private String setRequest(String... args) throws Exception {
    try (FakeServer server = FakeServer.answering(DONE)) {
      assertThat(run(server, args)).isEqualTo(printed(""));
      assertThat(server.requests()).hasSize(1);
      return server.requests().get(0);
    }
  }

  @Test
  void set_text() throws Exception {
    assertThat(setRequest("set", "foo", "bar"))
        .isEqualTo("{\"command\":\"SET\",\"key\":\"foo\",\"value\":\"bar\"}");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "ü 😀", "-5", "${x}", "a=b", "get", "\"quoted\""})
  void set_valueIsTakenAsItIs(String value) throws Exception {
    assertThat(setRequest("set", "foo", value))
        .endsWith("\"value\":\"" + value.replace("\"", "\\\"") + "\"}");
  }

  @Test
  void set_valueNamesAFile(@TempDir Path directory) throws Exception {
    String value = "@" + Files.writeString(directory.resolve("arguments"), "bar");
    assertThat(setRequest("set", "foo", value)).endsWith("\"value\":\"" + value + "\"}");
  }

  @Test
  void set_afterTwoDashesNothingIsAnOption() throws Exception {
    assertThat(setRequest("set", "foo", "--", "--json")).endsWith("\"value\":\"--json\"}");
  }

  @Test
  void set_ttl() throws Exception {
    assertThat(setRequest("set", "foo", "bar", "--ttl", "10s")).endsWith("\"ttl\":10000}");
  }

  @Test
  void set_json() throws Exception {
    assertThat(setRequest("set", "--json", "foo", "{\"a\":1.50}"))
        .endsWith("\"value\":{\"a\":1.50}}");
  }

  @Test
  void set_standardInput() throws Exception {
    shell.input("ü\0\n");
    assertThat(setRequest("set", "foo", "-")).endsWith("\"value\":\"ü\\u0000\\n\"}");
  }

  @Test
  void set_standardInputIsEmpty() throws Exception {
    assertThat(setRequest("set", "foo", "-")).endsWith("\"value\":\"\"}");
  }

  @Test
  void set_standardInputIsJson() throws Exception {
    shell.input("[1]");
    assertThat(setRequest("set", "--json", "foo", "-")).endsWith("\"value\":[1]}");
  }

  private void assertRefusedUnsent(String message, String... args) throws Exception {
    try (FakeServer server = FakeServer.answering(DONE)) {
      assertThat(run(server, args)).isEqualTo(new Outcome(2, "", "speicher: " + message + "\n"));
      assertThat(server.requests()).isEmpty();
    }
  }

  @Test
  void set_standardInputIsNoText() throws Exception {
    shell.input(new byte[] {'a', (byte) 0xC0});
    assertRefusedUnsent(
        "standard input is not UTF-8: values are text, so encode it, perhaps in base64",
        "set",
        "foo",
        "-");
  }

  @Test
  void set_standardInputIsTooLong() throws Exception {
    shell.input(new byte[(32 << 20) + 1]);
    assertRefusedUnsent(
        "standard input is too long (expected: at most 33554432 bytes)", "set", "foo", "-");
  }

  @Test
  void set_ttlIsZero() throws Exception {
    assertRefusedUnsent(
        "ttl=PT0S (expected: 1 ms..9007199254740991 ms)", "set", "--ttl", "0", "foo", "bar");
  }

  @ParameterizedTest
  @ValueSource(strings = {"bar", "", "{'a':1}", "1,\"command\":\"RST\"", "01", "[1]]"})
  void set_notJson(String value) throws Exception {
    try (FakeServer server = FakeServer.answering(DONE)) {
      Outcome outcome = run(server, "set", "--json", "foo", value);
      assertThat(outcome.status()).isEqualTo(2);
      assertThat(outcome.err()).startsWith("speicher: ").contains("JSON").hasLineCount(1);
      assertThat(server.requests()).isEmpty();
    }
  }

  @Test
  void set_keyIsEmpty() throws Exception {
    assertRefusedUnsent("key empty: keyBytes=0 (expected: 1..65535)", "set", "", "bar");
  }

  @Test
  void set_keyIsTooLong() throws Exception {
    assertRefusedUnsent(
        "key too long: keyBytes=65536 (expected: 1..65535)", "set", "k".repeat(65_536), "bar");
  }

  // del

  @Test
  void del_one() throws Exception {
    try (FakeServer server = FakeServer.answering(DONE)) {
      assertThat(run(server, "del", "foo")).isEqualTo(printed(""));
      assertThat(server.requests()).containsExactly("{\"command\":\"DEL\",\"key\":\"foo\"}");
    }
  }

  @Test
  void del_someAreMissing() throws Exception {
    try (FakeServer server =
        FakeServer.answering(request -> request.contains("\"b\"") ? DONE : MISS)) {
      assertThat(run(server, "del", "a", "b", "c"))
          .isEqualTo(new Outcome(0, "", "speicher: no such key: a\nspeicher: no such key: c\n"));
    }
  }

  @Test
  void del_allAreMissing() throws Exception {
    try (FakeServer server = FakeServer.answering(MISS)) {
      assertThat(run(server, "del", "a"))
          .isEqualTo(new Outcome(1, "", "speicher: no such key: a\n"));
    }
  }

  // reset

  private void assertReset(Outcome expected, int requestCount, String... args) throws Exception {
    try (FakeServer server = FakeServer.answering(DONE)) {
      Outcome outcome = run(server, args);
      String err = outcome.err().replace(":" + server.port(), ":PORT");
      assertThat(new Outcome(outcome.status(), outcome.out(), err)).isEqualTo(expected);
      assertThat(server.requests()).hasSize(requestCount);
    }
  }

  private static final String QUESTION = "Delete every item of 127.0.0.1:PORT? [y/N] ";

  @Test
  void reset_yes() throws Exception {
    assertReset(printed(""), 1, "reset", "--yes");
  }

  @ParameterizedTest
  @ValueSource(strings = {"y\n", " Yes\n", "YES"})
  void reset_confirmed(String answer) throws Exception {
    shell.typing(answer);
    assertReset(new Outcome(0, "", QUESTION), 1, "reset");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "\n", "n\n", "yesterday\n", "no\ny\n"})
  void reset_declined(String answer) throws Exception {
    shell.typing(answer);
    assertReset(new Outcome(1, "", QUESTION + "speicher: nothing was deleted\n"), 0, "reset");
  }

  @Test
  void reset_nobodyToAsk() throws Exception {
    shell.input("y\n");
    assertReset(
        new Outcome(2, "", "speicher: without a terminal nobody can be asked: reset needs --yes\n"),
        0,
        "reset");
  }

  // ping

  @Test
  void ping_text() throws Exception {
    try (FakeServer server = FakeServer.answering(DONE)) {
      Outcome outcome = run(server, "ping");
      assertThat(outcome.status()).isZero();
      assertThat(outcome.out())
          .matches("127\\.0\\.0\\.1:" + server.port() + " answered in \\d+\\.\\d\\d ms\n");
      assertThat(server.requests()).containsOnly("{\"command\":\"PING\"}");
    }
  }

  @Test
  void ping_json() throws Exception {
    try (FakeServer server = FakeServer.answering(DONE)) {
      assertThat(run(server, "ping", "--json").out())
          .matches(
              "\\{\"server\":\"127\\.0\\.0\\.1:"
                  + server.port()
                  + "\",\"millis\":\\d+\\.\\d\\d}\n");
    }
  }

  @Test
  void ping_coreServer() throws Exception {
    try (FakeServer server = FakeServer.answering("{\"status_code\":400}")) {
      assertThat(run(server, "ping").out()).contains(" answered in ");
    }
  }

  @Test
  void ping_failingServer() throws Exception {
    try (FakeServer server = FakeServer.answering("{\"status_code\":503,\"message\":\"ill\"}")) {
      assertThat(run(server, "ping").status()).isEqualTo(1);
    }
  }
}
