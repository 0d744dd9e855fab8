package io.speicher.compat;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.speicher.testing.Program;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What Prometheus's own tool says of our metrics, rules and dashboard. */
final class PrometheusIT {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Pattern LISTENING = Pattern.compile("Listening on\" address=(\\S+)");

  private static final Path DOCS = Path.of("..", "docs").toAbsolutePath();

  @TempDir Path folder;
  private ServerUnderTest server;

  @BeforeEach
  void start() throws IOException {
    server = ServerUnderTest.speicher();
    try (Socket client = new Socket(server.host(), server.port())) {
      client
          .getOutputStream()
          .write("SET a x\r\nGET a\r\nGET a\r\nINCR a\r\nNOSUCH\r\nQUIT\r\n".getBytes(UTF_8));
      assertThat(client.getInputStream().readAllBytes()).isNotEmpty();
    }
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private String metrics(String accept) throws IOException {
    return get(server.host() + ":" + server.port(), "/metrics", accept);
  }

  private static String get(String address, String path, String accept) throws IOException {
    URI uri = URI.create("http://" + address + path);
    HttpURLConnection asked = (HttpURLConnection) uri.toURL().openConnection();
    asked.setRequestProperty("Accept", accept);
    try (InputStream in = asked.getInputStream()) {
      return new String(in.readAllBytes(), UTF_8);
    } finally {
      asked.disconnect();
    }
  }

  private void promtool(String input, String... arguments) throws Exception {
    Program promtool = Program.find("promtool", "prometheus");
    Program.Result result = promtool.run(PATIENCE, folder, input, List.of(arguments));
    assertThat(result.exitCode()).as(result.output()).isZero();
    assertThat(result.output()).doesNotContain("FAILED", "error");
  }

  @Test
  void metrics_areAsTheyShouldBe() throws Exception {
    promtool(metrics("text/plain"), "check", "metrics");
  }

  @Test
  void openMetrics_sayTheSame() throws Exception {
    String open = metrics("application/openmetrics-text; version=1.0.0");
    assertThat(open).endsWith("# EOF\n").contains("# UNIT speicher_read_bytes bytes\n");
    assertThat(families(open)).isEqualTo(families(metrics("*/*")));
  }

  @Test
  void rules() throws Exception {
    Path rules = DOCS.resolve("monitoring");
    promtool("", "check", "rules", rules.resolve("alerts.yml").toString());
    promtool("", "test", "rules", rules.resolve("alerts-test.yml").toString());
  }

  /** A Prometheus of its own reads the server, and its rules tell that the cache is cold. */
  @Test
  void scrape() throws Exception {
    String text =
        """
        global: { scrape_interval: 1s, evaluation_interval: 1s }
        rule_files: [ "%s" ]
        scrape_configs:
          - job_name: speicher
            static_configs: [ { targets: [ "127.0.0.1:%d" ] } ]
        """
            .formatted(DOCS.resolve("monitoring").resolve("alerts.yml"), server.port());
    Path config = Files.writeString(folder.resolve("prometheus.yml"), text);
    Path log = folder.resolve("log");
    Process prometheus =
        new ProcessBuilder(
                Program.find("prometheus", "prometheus").path(),
                "--config.file=" + config,
                "--storage.tsdb.path=" + folder.resolve("data"),
                "--web.listen-address=127.0.0.1:0")
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    try {
      String address = await().until(() -> listening(log), Optional::isPresent).orElseThrow();
      await().until(() -> query(address, "up"), answer -> answer.contains(",\"1\"]"));
      await()
          .until(
              () -> query(address, "speicher_get_hits_total"),
              answer -> answer.contains("\"job\":\"speicher\"") && answer.contains(",\"2\"]"));
      await()
          .until(
              () -> get(address, "/api/v1/alerts", "*/*"),
              answer -> answer.contains("SpeicherRestarted"));
    } finally {
      prometheus.destroy();
      prometheus.waitFor();
    }
  }

  /** Where Prometheus says that it listens, once it does. */
  private static Optional<String> listening(Path log) throws IOException {
    return LISTENING
        .matcher(Files.readString(log))
        .results()
        .map(found -> found.group(1))
        .findAny();
  }

  private static String query(String address, String expression) throws IOException {
    return get(address, "/api/v1/query?query=" + expression, "*/*");
  }

  /** Whoever renames a metric is told where else it stands. */
  @Test
  void dashboardAndRules_nameMetricsThatExist() throws IOException {
    String metrics = metrics("text/plain");
    Set<String> samples = found("(?m)^([a-z_]+)[{ ]", metrics);
    for (String file : List.of("grafana.json", "alerts.yml")) {
      String text = Files.readString(DOCS.resolve("monitoring").resolve(file));
      assertThat(found("\\b((?:speicher|process)_[a-z_]+)", text)).isNotEmpty().isSubsetOf(samples);
    }
  }

  @Test
  void referencePage_hasAllFamilies() throws IOException {
    String page = Files.readString(DOCS.resolve("metrics.md"));
    assertThat(found("(?m)^\\| `([a-z_]+)` \\| (?:counter|gauge|histogram) ", page))
        .isEqualTo(found("(?m)^# TYPE ([a-z_]+) ", metrics("text/plain")));
  }

  private static Set<String> families(String text) {
    return found("(?m)^# TYPE ([a-z_]+) ", text).stream()
        .map(name -> name.replaceFirst("(_total|_info)$", ""))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static Set<String> found(String pattern, String text) {
    return Pattern.compile(pattern)
        .matcher(text)
        .results()
        .map((MatchResult result) -> result.group(1))
        .collect(Collectors.toCollection(TreeSet::new));
  }
}
