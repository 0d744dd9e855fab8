package io.speicher.server.toml;

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
import org.tomlj.Toml;
import org.tomlj.TomlArray;
import org.tomlj.TomlParseResult;
import org.tomlj.TomlPosition;
import org.tomlj.TomlTable;

/**
 * A file in TOML, as it was when it was read. Without a file this class should not be touched: the
 * parser takes 25 ms to load, a tenth of what a server takes to start.
 */
public final class TomlFile {
  private final Path path;
  private final String text;
  private final TomlParseResult content;

  private TomlFile(Path path, String text, TomlParseResult content) {
    this.path = path;
    this.text = text;
    this.content = content;
  }

  /**
   * Reads a file.
   *
   * @param option the setting that names the file, for messages
   * @throws IllegalArgumentException if it cannot be read or is not TOML, with a line for each
   *     fault
   */
  public static TomlFile read(Path path, String option) {
    String text;
    try {
      text = withoutMark(Files.readString(path));
    } catch (IOException e) {
      throw new IllegalArgumentException(
          "cannot read --" + option + " " + path + ": " + reason(e), e);
    }
    return parse(path, text);
  }

  /** The same of a file with this text. */
  public static TomlFile parse(Path path, String text) {
    TomlFile file = new TomlFile(path, text, Toml.parse(text));
    String errors =
        file.content.errors().stream()
            .map(error -> file.at(error.position()) + ": " + error.getMessage())
            .collect(Collectors.joining("\n"));
    if (!errors.isEmpty()) {
      throw new IllegalArgumentException(errors);
    }
    return file;
  }

  public TomlTable content() {
    return content;
  }

  /** What was parsed. */
  public String text() {
    return text;
  }

  /** The names in a table, in the order of the file. */
  public static List<String> names(TomlTable table) {
    return table.keySet().stream()
        .sorted(
            Comparator.comparing(
                name -> position(table, name),
                Comparator.comparingInt(TomlPosition::line).thenComparingInt(TomlPosition::column)))
        .toList();
  }

  /** Where something of a table stands, for a person: {@code speicher.toml:3:1: port}. */
  public String at(TomlTable table, String name) {
    return at(position(table, name)) + ": " + name;
  }

  /** Where an element of a list of a table stands. */
  public String at(TomlTable table, String name, int index) {
    TomlArray array = table.getArrayOrEmpty(List.of(name));
    return at(requireNonNull(array.inputPositionOf(index))) + ": " + name;
  }

  private String at(TomlPosition position) {
    return path + ":" + position.line() + ":" + position.column();
  }

  /** Where something of a table begins. */
  public static TomlPosition position(TomlTable table, String name) {
    return requireNonNull(table.inputPositionOf(List.of(name)));
  }

  /** Editors on Windows begin a file with a byte-order mark, which TOML does not know. */
  private static String withoutMark(String text) {
    return text.startsWith("\uFEFF") ? text.substring(1) : text;
  }

  /** Why a file cannot be read, for a person. */
  public static String reason(IOException e) {
    return switch (e) {
      case NoSuchFileException _ -> "no such file";
      case AccessDeniedException _ -> "permission denied";
      case CharacterCodingException _ -> "it is not UTF-8 text";
      default -> String.valueOf(e.getMessage());
    };
  }
}
