package io.speicher.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class LogLinesTest {
  private static final Instant NOW = Instant.parse("2026-11-29T02:54:01.100Z");

  private final LogLines text = new LogLines(LogFormat.TEXT, false);
  private final LogLines json = new LogLines(LogFormat.JSON, false);

  @Test
  void text_hasTimeWithOffset_levelAndThread() {
    assertThat(text.event(NOW, LogLevel.ERROR, "main", "it failed: why=no", " (cause)"))
        .isEqualTo("2026-11-29T02:54:01.100Z ERROR [main] it failed: why=no (cause)");
  }

  /** What a peer calls itself must not look like another event, nor move a cursor. */
  @Test
  void text_ofControlCharacters_isEscaped() {
    assertThat(text.event(NOW, LogLevel.INFO, "t", "a\r\nb\u001b[2J\u0085\u2028\u202e\u0000", ""))
        .endsWith("] a\\x0d\\x0ab\\x1b[2J\\x85\\u2028\\u202e\\x00");
  }

  @Test
  void text_isBounded() {
    assertThat(text.event(NOW, LogLevel.INFO, "t", "x".repeat(10_000), ""))
        .hasSize(LogLines.MAX_CHARS + 3);
  }

  @Test
  void json_hasTheSame() {
    assertThat(json.event(NOW, LogLevel.WARNING, "t", "no: tries=3 address=127.0.0.1", " (e)"))
        .isEqualTo(
            "{\"time\":\"2026-11-29T02:54:01.100Z\",\"level\":\"WARNING\",\"thread\":\"t\","
                + "\"message\":\"no: tries=3 address=127.0.0.1\",\"cause\":\"(e)\","
                + "\"facts\":{\"tries\":\"3\",\"address\":\"127.0.0.1\"}}");
  }

  @Test
  void json_ofAnything_isOneLine() {
    String line = json.event(NOW, LogLevel.INFO, "t", "a\"\n\u2028: b=\u0007", "");
    assertThat(line.chars()).noneMatch(Character::isISOControl);
    assertThat(line).contains("\"message\":\"a\\\"\\\\x0a\\\\u2028: b=\\\\x07\"");
  }

  @Test
  void json_isBounded() {
    assertThat(json.event(NOW, LogLevel.INFO, "t", "a=" + "x".repeat(10_000), ""))
        .hasSizeLessThan(3 * LogLines.MAX_CHARS);
  }

  /** Scripts wait for this line. */
  @Test
  void announcement() {
    String ready = "speicher: listening on 127.0.0.1:1 (memory 1gb)";
    assertThat(text.announcement(NOW, LogLevel.INFO, "main", ready)).isEqualTo(ready);
    assertThat(json.announcement(NOW, LogLevel.INFO, "main", ready))
        .startsWith("{\"time\":")
        .contains("\"message\":\"" + ready + "\"");
  }

  @Test
  void priorities() {
    LogLines journal = new LogLines(LogFormat.TEXT, true);
    assertThat(journal.event(NOW, LogLevel.ERROR, "t", "m", "")).startsWith("<3>2026");
    assertThat(journal.announcement(NOW, LogLevel.WARNING, "t", "m")).isEqualTo("<4>m");
    assertThat(journal.announcement(NOW, LogLevel.INFO, "t", "m")).isEqualTo("<6>m");
  }

  /** Only where standard error is what the variable says: it may have been redirected. */
  @Test
  void journal_isToldByTheStream() {
    assertThat(LogLines.isJournal(Map.of())).isFalse();
    assertThat(LogLines.isJournal(Map.of("JOURNAL_STREAM", "1:1"))).isFalse();
    assertThat(LogLines.isJournal(Map.of("JOURNAL_STREAM", "nonsense"))).isFalse();
  }
}
