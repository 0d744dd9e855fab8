package io.speicher.bench.traces;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class TraceLinesTest {
  private static Trace read(byte[] bytes) throws IOException, BadTraceException {
    return TraceLines.read("file", new ByteArrayInputStream(bytes));
  }

  private static Trace read(String text) throws IOException, BadTraceException {
    return read(text.getBytes(UTF_8));
  }

  @Test
  void read_keys() throws Exception {
    Trace trace = read("a\n\n b \r\na");

    assertThat(trace.requestCount()).isEqualTo(3);
    assertThat(trace.keyCount()).isEqualTo(2);
    assertThat(trace.hasSizes()).isFalse();
    assertThat(trace.request(0)).isEqualTo(trace.request(2)).isNotEqualTo(trace.request(1));
    assertThat(trace.line(1)).isEqualTo("b");
    assertThat(trace.valueBytes(1, 77)).isEqualTo(77);
  }

  @Test
  void read_sizes() throws Exception {
    Trace trace = read("a 1\nb\t0\na  1073741824\n");

    assertThat(trace.hasSizes()).isTrue();
    assertThat(trace.valueBytes(0, 77)).isEqualTo(1);
    assertThat(trace.valueBytes(1, 77)).isZero();
    assertThat(trace.valueBytes(2, 77)).isEqualTo(1 << 30);
    assertThat(trace.objectBytes()).isEqualTo(1);
    assertThat(trace.line(0)).isEqualTo("a 1");
  }

  @Test
  void read_manyRequests() throws Exception {
    Trace trace = read("a 1\nb 2\n".repeat(5_000));

    assertThat(trace.requestCount()).isEqualTo(10_000);
    assertThat(trace.keyCount()).isEqualTo(2);
    assertThat(trace.line(9_999)).isEqualTo("b 2");
  }

  @Test
  void read_keyIsAsLongAsItsBytes() throws Exception {
    Trace trace = read("schlüssel");

    assertThat(trace.keyBytes(0)).isEqualTo(10);
    assertThat(trace.key(0)).isEqualTo("schlüssel".getBytes(UTF_8));
  }

  @ParameterizedTest
  @CsvSource(
      textBlock =
          """
          '',              'file: no requests in it'
          'a 1\nb',        'file:2: no size'
          'a\nb 1',        'file:2: a size'
          'a 1 2',         'file:1: 3 fields'
          '\na x',         'file:2: size is not a number'
          'a -1',          'file:1: size is not a number'
          'a 1073741825',  'file:1: size out of bounds'
          'a 99999999999', 'file:1: size out of bounds'
          """)
  void read_saysWhereAndWhat(String text, String message) {
    assertThatThrownBy(() -> read(text.replace("\\n", "\n")))
        .isInstanceOf(BadTraceException.class)
        .hasMessageStartingWith(message);
  }

  @Test
  void read_keyTooLong() {
    assertThatThrownBy(() -> read("k".repeat(65_536)))
        .hasMessageStartingWith("file:1: key too long: keyBytes=65536");
  }

  @Test
  void read_compressed() {
    for (String start : new String[] {"\u001f\u008b\b", "\u00fd7zXZ", "(\u00b5/\u00fd"}) {
      assertThatThrownBy(() -> read(start.getBytes(ISO_8859_1)))
          .hasMessageStartingWith("file:1: the file is compressed");
    }
  }
}
