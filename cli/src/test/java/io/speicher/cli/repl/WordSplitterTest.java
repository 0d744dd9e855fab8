package io.speicher.cli.repl;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class WordSplitterTest {
  private static List<String> split(String line) {
    List<ByteBuffer> words = WordSplitter.split(line.getBytes(ISO_8859_1));
    return words == null
        ? List.of("(none)")
        : words.stream().map(word -> ISO_8859_1.decode(word).toString()).toList();
  }

  @Test
  void plain() {
    assertThat(split("")).isEmpty();
    assertThat(split(" \t\r ")).isEmpty();
    assertThat(split("set  key\tvalue\r")).containsExactly("set", "key", "value");
    assertThat(split("a\\n \u00ff")).containsExactly("a\\n", "\u00ff");
  }

  @Test
  void doubleQuotes() {
    assertThat(split("\"a b\" \"\" \"\\\"\\\\\"")).containsExactly("a b", "", "\"\\");
    assertThat(split("\"\\n\\r\\t\\b\\a\\q\"")).containsExactly("\n\r\t\b\u0007q");
    assertThat(split("\"\\x00\\xfF\\xZ1\\x1\"")).containsExactly("\0\u00ffxZ1x1");
    assertThat(split("k\"a b\"")).containsExactly("ka b");
  }

  @Test
  void singleQuotes() {
    assertThat(split("'a \"b' '\\n\\'' ''")).containsExactly("a \"b", "\\n'", "");
  }

  @ParameterizedTest
  @ValueSource(strings = {"\"a", "'a", "\"a\"b", "'a'b", "a \"", "\"a\\\""})
  void malformed(String line) {
    assertThat(split(line)).containsExactly("(none)");
  }
}
