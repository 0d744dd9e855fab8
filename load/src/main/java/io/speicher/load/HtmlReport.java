package io.speicher.load;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.StringJoiner;

/** Writes one page that holds everything: the results as JSON, and a script that draws them. */
final class HtmlReport {
  private static final String TEMPLATE = "report.html";
  private static final String RUNS = "@RUNS@";
  private static final DateTimeFormatter WHEN =
      DateTimeFormatter.ofPattern("d MMMM yyyy, HH:mm z", Locale.ENGLISH);

  private HtmlReport() {}

  /** Writes the page with this run, and earlier ones for comparison. */
  static void write(Path file, Result result, List<Overlay> overlays, ZonedDateTime now)
      throws IOException {
    StringJoiner runs = new StringJoiner(",", "[", "]");
    String target = result.settings().target().text();
    runs.add(run(overlays.isEmpty() ? target : target + ", this run", ResultJson.of(result), now));
    for (Overlay overlay : overlays) {
      runs.add(run(overlay.label(), overlay.json(), now));
    }
    Files.writeString(file, template().replace(RUNS, harmless(runs.toString())));
  }

  private static String run(String label, String json, ZonedDateTime now) {
    return new Json()
        .add("label", label)
        .add("when", WHEN.format(now))
        .addRaw("result", json)
        .end();
  }

  /** Without what could end the element that the text is in. It can only stand in a string. */
  private static String harmless(String json) {
    return json.replace("<", "\\u003c");
  }

  private static String template() throws IOException {
    try (InputStream in = HtmlReport.class.getResourceAsStream(TEMPLATE)) {
      return new String(Objects.requireNonNull(in, TEMPLATE).readAllBytes(), UTF_8);
    }
  }
}
