package io.speicher.server;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.tomlj.Toml;
import org.tomlj.TomlArray;
import org.tomlj.TomlParseResult;
import org.tomlj.TomlPosition;
import org.tomlj.TomlTable;

/**
 * The settings in a TOML file. Without a file this class should not be touched: the parser takes 25
 * ms to load, a tenth of what a server takes to start.
 */
final class ConfigFile {
  private final Path path;
  private final TomlParseResult content;

  private ConfigFile(Path path, TomlParseResult content) {
    this.path = path;
    this.content = content;
  }

  /**
   * Reads a file.
   *
   * @throws IllegalArgumentException if it cannot be read or is not TOML, with a line for each
   *     fault
   */
  static ConfigFile read(Path path) {
    ConfigFile file;
    try {
      file = new ConfigFile(path, Toml.parse(withoutMark(Files.readString(path))));
    } catch (IOException e) {
      throw new IllegalArgumentException("cannot read --config " + path + ": " + reason(e), e);
    }
    String errors =
        file.content.errors().stream()
            .map(error -> file.at(error.position()) + ": " + error.getMessage())
            .collect(Collectors.joining("\n"));
    if (!errors.isEmpty()) {
      throw new IllegalArgumentException(errors);
    }
    return file;
  }

  /** What is set, in the order of the file. */
  List<String> names() {
    return content.keySet().stream()
        .sorted(
            Comparator.comparing(this::position, Comparator.comparingInt(TomlPosition::line))
                .thenComparing(this::position, Comparator.comparingInt(TomlPosition::column)))
        .toList();
  }

  /** What is set, as text, or null if it is a list or a table. */
  @Nullable String get(String name) {
    Object setting = content.get(List.of(name));
    return setting == null || setting instanceof TomlArray || setting instanceof TomlTable
        ? null
        : setting.toString();
  }

  /** Where a setting stands, for a person: {@code speicher.toml:3:1: port}. */
  String at(String name) {
    return at(position(name)) + ": " + name;
  }

  private String at(TomlPosition position) {
    return path + ":" + position.line() + ":" + position.column();
  }

  private TomlPosition position(String name) {
    return requireNonNull(content.inputPositionOf(List.of(name)));
  }

  /** Editors on Windows begin a file with a byte-order mark, which TOML does not know. */
  private static String withoutMark(String text) {
    return text.startsWith("\uFEFF") ? text.substring(1) : text;
  }

  /** Why a file cannot be read, for a person. */
  static String reason(IOException e) {
    return switch (e) {
      case NoSuchFileException _ -> "no such file";
      case AccessDeniedException _ -> "permission denied";
      case CharacterCodingException _ -> "it is not UTF-8 text";
      default -> String.valueOf(e.getMessage());
    };
  }
}
