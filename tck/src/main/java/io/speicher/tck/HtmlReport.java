package io.speicher.tck;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.speicher.tck.CaseResult.Failure;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.Writer;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;

/** Writes results as one HTML page that needs nothing else: no script, no font, no network. */
final class HtmlReport {
  private static final DateTimeFormatter START =
      DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm", Locale.ROOT).withZone(ZoneOffset.UTC);

  private final Writer out;

  private HtmlReport(Writer out) {
    this.out = out;
  }

  static void write(Writer out, RunSummary summary) throws IOException {
    new HtmlReport(out).page(summary);
  }

  private void page(RunSummary summary) throws IOException {
    long failed = RunSummary.failed(summary.results());
    String verdict = failed == 0 ? "conforms" : "does not conform";
    line("<!DOCTYPE html>");
    line("<html lang=\"en\">");
    line("<head>");
    line("<meta charset=\"utf-8\">");
    line("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">");
    line("<meta name=\"color-scheme\" content=\"light dark\">");
    line("<title>%s %s</title>".formatted(escape(summary.server()), verdict));
    line("<style>");
    out.write(style());
    line("</style>");
    line("</head>");
    line("<body>");
    summary(summary, failed, verdict);
    for (CaseResult result : summary.results()) {
      Failure failure = result.failure();
      if (failure != null) {
        failure(result.testCase(), failure);
      }
    }
    for (String topic : summary.topics()) {
      topic(topic, summary.resultsOf(topic));
    }
    line("</body>");
    line("</html>");
  }

  private void summary(RunSummary summary, long failed, String verdict) throws IOException {
    int total = summary.results().size();
    line("<header class=\"%s\">".formatted(failed == 0 ? "pass" : "fail"));
    line("<p class=\"kicker\">%s, conformance report</p>".formatted(title(summary.dialect())));
    line("<h1>%s <em>%s</em></h1>".formatted(escape(summary.server()), verdict));
    line("<dl>");
    line("<div><dt>Passed</dt><dd>%d</dd></div>".formatted(total - failed));
    line("<div><dt>Failed</dt><dd>%d</dd></div>".formatted(failed));
    line("<div><dt>Level</dt><dd>%s</dd></div>".formatted(summary.level()));
    String seconds = RunSummary.seconds(RunSummary.time(summary.results()));
    line("<div><dt>Seconds</dt><dd>%s</dd></div>".formatted(seconds));
    line("<div><dt>Started (UTC)</dt><dd>%s</dd></div>".formatted(START.format(summary.start())));
    line("</dl>");
    line("</header>");
    line("<nav aria-label=\"Topics\">");
    for (String topic : summary.topics()) {
      long failures = RunSummary.failed(summary.resultsOf(topic));
      line(
          "<a class=\"%s\" href=\"#%s\">%s%s</a>"
              .formatted(
                  failures == 0 ? "pass" : "fail",
                  topic,
                  escape(topic),
                  failures == 0 ? "" : " <b>" + failures + "</b>"));
    }
    line("</nav>");
  }

  private static String title(Dialect dialect) {
    return switch (dialect) {
      case json -> "Speicher protocol";
      case resp -> "RESP (Redis)";
      case memcached -> "memcached protocol";
    };
  }

  private void failure(Case testCase, Failure failure) throws IOException {
    line("<details class=\"failure\" open id=\"%s\">".formatted(escape(testCase.fullName())));
    line("<summary>%s</summary>".formatted(escape(testCase.fullName())));
    line("<p>%s</p>".formatted(escape(testCase.purpose())));
    line("<dl>");
    line("<dt>Rule</dt><dd>%s</dd>".formatted(escape(testCase.reference())));
    line("<dt>Expected</dt><dd><code>%s</code></dd>".formatted(escape(failure.expected())));
    line("<dt>But</dt><dd><code>%s</code></dd>".formatted(escape(failure.message())));
    line("</dl>");
    if (failure.exchangesForgotten() > 0) {
      line(
          String.format(
              Locale.ROOT,
              "<p>%,d earlier exchanges are not shown.</p>",
              failure.exchangesForgotten()));
    }
    line("<div class=\"exchanges\">");
    for (Exchange exchange : failure.exchanges()) {
      line("<div><h3>%s</h3>".formatted(escape(exchange.title())));
      line("<pre>%s</pre></div>".formatted(escape(exchange.dump())));
    }
    line("</div>");
    line("</details>");
  }

  private void topic(String topic, List<CaseResult> results) throws IOException {
    line("<section id=\"%s\">".formatted(topic));
    line("<h2>%s <small>%d</small></h2>".formatted(escape(topic), results.size()));
    line("<table>");
    line(
        "<thead><tr><th>Case</th><th>Rule</th><th>Level</th><th>Result</th><th>ms</th></tr></thead>");
    line("<tbody>");
    for (CaseResult result : results) {
      row(result);
    }
    line("</tbody>");
    line("</table>");
    line("</section>");
  }

  private void row(CaseResult result) throws IOException {
    Case testCase = result.testCase();
    String name = escape(testCase.name());
    String verdict =
        result.passed()
            ? "passed"
            : "<a href=\"#%s\">failed</a>".formatted(escape(testCase.fullName()));
    line("<tr class=\"%s\">".formatted(result.passed() ? "pass" : "fail"));
    line("<td><code>%s</code><span>%s</span></td>".formatted(name, escape(testCase.purpose())));
    line("<td>%s</td><td>%s</td>".formatted(escape(testCase.section()), testCase.level()));
    line(String.format(Locale.ROOT, "<td>%s</td><td>%,d</td>", verdict, result.time().toMillis()));
    line("</tr>");
  }

  private void line(String html) throws IOException {
    out.write(html);
    out.write('\n');
  }

  private static String escape(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;");
  }

  private static String style() throws IOException {
    try (InputStream in = HtmlReport.class.getResourceAsStream("report.css")) {
      if (in == null) {
        throw new FileNotFoundException("report.css");
      }
      return new String(in.readAllBytes(), UTF_8);
    }
  }
}
