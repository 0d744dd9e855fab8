package io.speicher.tck;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.speicher.testing.DeafPort;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.concurrent.Callable;
import javax.xml.parsers.DocumentBuilderFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.w3c.dom.Element;
import picocli.CommandLine;

class TckCommandTest {
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  // What is run

  @Test
  void all_pass() throws IOException {
    assertThat(runAgainst(null, "--only", "basics/*")).isZero();
    assertThat(out.toString())
        .contains("ok    basics/set_get\n")
        .doesNotContain("FAIL", "\u001b")
        .endsWith("\n21 passed, 0 failed\n");
    assertThat(err.toString()).isEmpty();
  }

  @Test
  void some_fail() throws IOException {
    assertThat(runAgainst(Flaw.comparesKeysBySpelling, "--only", "keys/escaped_slash"))
        .isEqualTo(1);
    assertThat(out.toString())
        .contains("FAIL  keys/escaped_slash\n")
        .contains("      A slash may be escaped or not.\n")
        .contains("docs/protocol.md, section 4.2\n")
        .contains("expected: {\"status_code\":200,\"value\":\"found\"}\n")
        .contains("but:      status_code: expected 200, seen 404\n")
        .contains("00000000  00 00 00 ")
        .endsWith("0 passed, 2 failed\n");
  }

  @Test
  void level_coreLeavesOutWhatIsFull() throws IOException {
    assertThat(runAgainst(null, "--only", "ttl/", "--level", "core")).isZero();
    assertThat(out.toString()).isEqualTo("ok    ttl/stored\n1 passed, 0 failed\n");
  }

  @Test
  void hangingServer_failsTheCase() throws IOException {
    try (ServerSocket silent = new ServerSocket(0, 100, InetAddress.getLoopbackAddress())) {
      int port = silent.getLocalPort();
      assertThat(
              run(
                  "--port",
                  "" + port,
                  "--yes-wipe",
                  "--only",
                  "basics/get_neverSet",
                  "--timeout",
                  "50ms"))
          .isEqualTo(1);
    }
    assertThat(out.toString())
        .contains("expected: {\"status_code\":404}\n")
        .contains("but:      nothing more came within 50 ms\n");
  }

  @Test
  void failingProgram_tellsWhatWentOverTheWire() throws IOException {
    // It ends with the first value that is torn, which on a busy machine may take a while.
    assertThat(
            runAgainst(
                Flaw.tearsValues,
                "--only",
                "load/tornWrites_large",
                "--scale",
                "20",
                "--timeout",
                "60s"))
        .isEqualTo(1);
    assertThat(out.toString()).contains("a mixture of two values").contains("bytes left out");
  }

  @Test
  void list_needsNoServer() {
    assertThat(run("--list", "--only", "keys/case")).isZero();
    assertThat(out.toString())
        .startsWith("keys/case  (4.2, core)  Upper and lower case are different keys.\n");
  }

  @Test
  void list_otherDialect() {
    assertThat(run("--list", "--dialect", "memcached", "--only", "meta/mg_hit")).isZero();
    assertThat(out.toString())
        .startsWith("meta/mg_hit  (memcached: Meta Get, full)  A hit without the flag v");
  }

  @Test
  void otherDialect_fails() throws IOException {
    // The reference server speaks JSON: for it the first bytes are a length that cannot be.
    assertThat(runAgainst(null, "--dialect", "resp", "--only", "framing/inline_ping")).isEqualTo(1);
    assertThat(out.toString()).contains("see:      redis: Inline commands\n").contains("+PONG");
  }

  // What is refused

  @Test
  void level_otherDialect() {
    assertThat(run("--yes-wipe", "--dialect", "resp", "--level", "core")).isEqualTo(2);
    assertThat(err.toString())
        .contains("the dialect resp has no such level")
        .contains("expected: full");
  }

  @Test
  void yesWipe_missing() throws IOException {
    try (ReferenceServer server = new ReferenceServer(null, 0)) {
      assertThat(run("--port", "" + server.port())).isEqualTo(2);
    }
    assertThat(out.toString()).isEmpty();
    assertThat(err.toString()).hasLineCount(1).contains("--yes-wipe");
  }

  @Test
  void server_missing() throws IOException {
    try (DeafPort deaf = new DeafPort()) {
      assertThat(run("--port", "" + deaf.port(), "--yes-wipe")).isEqualTo(3);
      assertThat(err.toString())
          .hasLineCount(1)
          .contains("nothing listens on 127.0.0.1:" + deaf.port());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "ten", "10", "10h", "-1s", ""})
  void timeout_wrong(String timeout) {
    assertThat(run("--yes-wipe", "--timeout", timeout)).isEqualTo(2);
    assertThat(err.toString()).contains("expected: a number with ms, s or m");
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "-1", "65536"})
  void port_wrong(String port) {
    assertThat(run("--yes-wipe", "--port", port)).isEqualTo(2);
    assertThat(err.toString()).contains("expected: 1..65535");
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "-1", "NaN", "Infinity"})
  void scale_wrong(String scale) {
    assertThat(run("--yes-wipe", "--scale", scale)).isEqualTo(2);
    assertThat(err.toString()).contains("scale").contains("expected:");
  }

  @Test
  void only_matchesNothing() {
    assertThat(run("--yes-wipe", "--only", "nonsense")).isEqualTo(2);
    assertThat(err.toString()).hasLineCount(1).contains("--list");
  }

  @ParameterizedTest
  @ValueSource(strings = {"--level=half", "--dialect=http", "--nonsense", "--port=x"})
  void options_wrong(String option) {
    assertThat(run("--yes-wipe", option)).isEqualTo(2);
  }

  // Where the server is

  @Test
  void url_isTheDefault() throws IOException {
    try (ReferenceServer server = new ReferenceServer(null, 0)) {
      TckCommand command =
          new TckCommand(Map.of("SPEICHER_URL", "speicher://127.0.0.1:" + server.port()));
      assertThat(execute(command, "--yes-wipe", "--only", "basics/set_get")).isZero();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"http://localhost:1", "localhost:14567", "speicher://", "::"})
  void url_wrong(String url) {
    TckCommand command = new TckCommand(Map.of("SPEICHER_URL", url));
    assertThat(execute(command, "--yes-wipe")).isEqualTo(2);
    assertThat(err.toString()).hasLineCount(1).contains("speicher://HOST:PORT");
  }

  // Reports

  @Test
  void reports_areWritten(@TempDir Path folder) throws Exception {
    Path html = folder.resolve("report.html");
    Path xml = folder.resolve("report.xml");
    assertThat(
            runAgainst(
                Flaw.losesNumberText,
                "--only",
                "values/number_*",
                "--report",
                html.toString(),
                "--junit",
                xml.toString()))
        .isEqualTo(1);

    assertThat(Files.readString(html, UTF_8))
        .contains("does not conform", "values/number_huge", "1e400", "<pre>00000000")
        .doesNotContain("<script", "http://", "https://", "src=");

    Element root =
        DocumentBuilderFactory.newInstance()
            .newDocumentBuilder()
            .parse(xml.toFile())
            .getDocumentElement();
    int tests = Integer.parseInt(root.getAttribute("tests"));
    assertThat(root.getElementsByTagName("testcase").getLength()).isEqualTo(tests);
    assertThat(root.getElementsByTagName("failure").getLength())
        .isEqualTo(Integer.parseInt(root.getAttribute("failures")))
        .isBetween(1, tests - 1);
  }

  @Test
  void report_cannotBeWritten(@TempDir Path folder) throws IOException {
    assertThat(runAgainst(null, "--report", folder.resolve("no/such/file").toString()))
        .isEqualTo(2);
    assertThat(out.toString()).as("found out before the cases run").isEmpty();
    assertThat(err.toString()).hasLineCount(1).contains("cannot be written");
  }

  // The command

  @Test
  void service_isFound() {
    assertThat(ServiceLoader.load(Callable.class)).hasAtLeastOneElementOfType(TckCommand.class);
  }

  @Test
  void help_saysWhatItDoes() {
    assertThat(run("--help")).isZero();
    assertThat(out.toString()).contains("REMOVES EVERY", "--yes-wipe", "Exit status");
  }

  private int runAgainst(@Nullable Flaw flaw, String... arguments) throws IOException {
    try (ReferenceServer server = new ReferenceServer(flaw, 0)) {
      String[] all = Arrays.copyOf(arguments, arguments.length + 3);
      all[arguments.length] = "--port";
      all[arguments.length + 1] = "" + server.port();
      all[arguments.length + 2] = "--yes-wipe";
      return run(all);
    }
  }

  private int run(String... arguments) {
    return execute(new TckCommand(Map.of()), arguments);
  }

  private int execute(TckCommand command, String... arguments) {
    return new CommandLine(command)
        .setOut(new PrintWriter(out, true))
        .setErr(new PrintWriter(err, true))
        .execute(arguments);
  }
}
