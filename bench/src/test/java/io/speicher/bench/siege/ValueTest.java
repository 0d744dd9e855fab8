package io.speicher.bench.siege;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

final class ValueTest {
  private static final Value VALUE = new Value("good:1:resp2:0:7", 3, 500);

  @Test
  void check_itself() throws WrongReplyException {
    assertThat(VALUE.bytes()).hasSize(500);
    VALUE.check(VALUE.bytes());
  }

  @Test
  void check_olderVersion() {
    byte[] older = new Value(VALUE.key(), 2, 500).bytes();

    assertThatThrownBy(() -> VALUE.check(older))
        .isInstanceOf(WrongReplyException.class)
        .hasMessageContaining("key=good:1:resp2:0:7 version=3");
  }

  @Test
  void check_tailOfAnother() {
    byte[] other = new Value("good:2:json:0:7", 3, 500).bytes();
    for (int from = 0; from < VALUE.length(); from += 50) {
      byte[] mixed = VALUE.bytes();
      System.arraycopy(other, from, mixed, from, mixed.length - from);

      assertThatThrownBy(() -> VALUE.check(mixed)).isInstanceOf(WrongReplyException.class);
    }
  }

  @Test
  void check_cut() {
    byte[] cut = new byte[499];
    System.arraycopy(VALUE.bytes(), 0, cut, 0, cut.length);

    assertThatThrownBy(() -> VALUE.check(cut))
        .isInstanceOf(WrongReplyException.class)
        .hasMessageContaining("bytes=499 (expected: 500)");
  }
}
