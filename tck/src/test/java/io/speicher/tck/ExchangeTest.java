package io.speicher.tck;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ExchangeTest {

  @Test
  void dump_short() {
    byte[] bytes = "....{\"status_code\":200}é".getBytes(UTF_8);
    bytes[3] = 19;
    assertThat(Exchange.of("", false, bytes, 0, bytes.length).dump())
        .isEqualTo(
            """
            00000000  2e 2e 2e 13 7b 22 73 74 61 74 75 73 5f 63 6f 64  |....{"status_cod|
            00000010  65 22 3a 32 30 30 7d c3 a9                       |e":200}..|
            """);
  }

  @Test
  void dump_partOfAnArray() {
    Exchange exchange = Exchange.of("b", true, "abcdef".getBytes(UTF_8), 2, 3);
    assertThat(exchange.dump()).contains("  63  ").endsWith("|c|\n");
    assertThat(exchange.title()).isEqualTo("connection b, sent 1 byte");
  }

  @Test
  void dump_longIsShortened() {
    byte[] bytes = "x".repeat(2_000_000).getBytes(UTF_8);
    Exchange exchange = Exchange.of("", false, bytes, 0, bytes.length);
    assertThat(exchange.title()).isEqualTo("seen 2,000,000 bytes");
    assertThat(exchange.dump())
        .hasLineCount(15)
        .contains("... 1,999,776 bytes left out ...")
        .contains("001e8470  78");
  }

  @Test
  void dump_nothing() {
    assertThat(Exchange.of("", false, new byte[0], 0, 0).dump()).isEmpty();
  }
}
