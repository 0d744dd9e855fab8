package io.speicher.server;

import io.speicher.server.toml.TomlFile;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.tomlj.TomlArray;
import org.tomlj.TomlTable;

/** The settings in a TOML file. */
final class ConfigFile {
  private final TomlFile file;

  private ConfigFile(TomlFile file) {
    this.file = file;
  }

  /**
   * Reads a file.
   *
   * @throws IllegalArgumentException if it cannot be read or is not TOML, with a line for each
   *     fault
   */
  static ConfigFile read(Path path) {
    return new ConfigFile(TomlFile.read(path, SettingSources.CONFIG));
  }

  /** What is set, in the order of the file. */
  List<String> names() {
    return TomlFile.names(file.content());
  }

  /** What is set, as text, or null if it is a list or a table. */
  @Nullable String get(String name) {
    Object setting = file.content().get(List.of(name));
    return setting == null || setting instanceof TomlArray || setting instanceof TomlTable
        ? null
        : setting.toString();
  }

  /** Where a setting stands, for a person: {@code speicher.toml:3:1: port}. */
  String at(String name) {
    return file.at(file.content(), name);
  }
}
