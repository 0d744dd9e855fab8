package io.speicher.server;

import io.speicher.protocol.Namespace;
import io.speicher.server.toml.TomlFile;
import java.nio.file.Path;
import java.util.ArrayList;
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

  /**
   * The namespaces that tables in a table declare, in the order of the file; null if it is none.
   *
   * @throws IllegalArgumentException if something in it makes no sense, with its place
   */
  @Nullable List<Namespace> namespaces(String name) {
    if (!(file.content().get(List.of(name)) instanceof TomlTable tables)) {
      return null;
    }
    List<Namespace> all = new ArrayList<>();
    for (String prefix : TomlFile.names(tables)) {
      try {
        if (!(tables.get(List.of(prefix)) instanceof TomlTable table)) {
          throw new IllegalArgumentException("a table was expected: [" + name + ".\"users:\"]");
        }
        Namespace namespace = new Namespace(prefix);
        for (String entry : TomlFile.names(table)) {
          namespace =
              DeclaredNamespaces.with(namespace, entry, String.valueOf(table.get(List.of(entry))));
        }
        all.add(namespace);
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException(file.at(tables, prefix) + ": " + e.getMessage(), e);
      }
    }
    return DeclaredNamespaces.requireDistinct(all);
  }

  /** Where a setting stands, for a person: {@code speicher.toml:3:1: port}. */
  String at(String name) {
    return file.at(file.content(), name);
  }
}
