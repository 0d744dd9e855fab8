package io.speicher.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ConfigFileTest {
  @TempDir private Path directory;

  @Test
  void read_withByteOrderMark() throws IOException {
    ConfigFile file = ConfigFile.read(file("\uFEFFport = 7"));
    assertThat(file.get("port")).isEqualTo("7");
    assertThat(file.at("port")).endsWith(":1:1: port");
  }

  @Test
  void read_notUtf8() throws IOException {
    Path latin1 = directory.resolve("latin1.toml");
    Files.write(latin1, "bind = \"\u00e4\"".getBytes(StandardCharsets.ISO_8859_1));
    assertThatThrownBy(() -> ConfigFile.read(latin1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("cannot read --config " + latin1 + ": it is not UTF-8 text");
  }

  private Path file(String content) throws IOException {
    return Files.writeString(directory.resolve("test.toml"), content);
  }
}
