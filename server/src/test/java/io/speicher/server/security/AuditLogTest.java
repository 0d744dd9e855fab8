package io.speicher.server.security;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class AuditLogTest {
  /** A line is a line, and what is before its colon is ours. */
  @Test
  void escaped() {
    assertThat(AuditLog.escaped("alice")).isEqualTo("alice");
    assertThat(AuditLog.escaped("a b:\n\r\u001B[1m\\é€"))
        .isEqualTo("a\\x20b\\x3a\\x0a\\x0d\\x1b[1m\\x5c\\xe9\\u20ac");
    assertThat(AuditLog.escaped("x".repeat(1_000))).hasSize(128);
  }
}
