package io.speicher.server;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.tomlj.Toml;
import org.tomlj.TomlParseResult;
import org.tomlj.TomlPosition;
import picocli.CommandLine.IDefaultValueProvider;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;

/**
 * What an option is when the command line does not say: the variable {@code SPEICHER_*}, else the
 * key of that name in the configuration file, else nothing (which leaves what the option itself
 * declares).
 *
 * <p>A value that makes no sense is refused here, because only here its origin is known.
 */
final class ServerDefaults implements IDefaultValueProvider {
  private final Map<String, String> environment;
  private @Nullable TomlParseResult file;

  /** For picocli. */
  ServerDefaults() {
    this(System.getenv());
  }

  ServerDefaults(Map<String, String> environment) {
    this.environment = environment;
  }

  @Override
  public @Nullable String defaultValue(ArgSpec argument) throws Exception {
    if (!(argument instanceof OptionSpec option) || option.usageHelp()) {
      return null;
    }
    String variable = "SPEICHER_" + name(option).replace('-', '_').toUpperCase(Locale.ROOT);
    String value = environment.get(variable);
    if (value != null) {
      return checked(option, value, variable);
    }
    if (name(option).equals("config")) {
      return null;
    }
    TomlParseResult settings = file(option.command());
    TomlPosition position = settings.inputPositionOf(name(option));
    if (position == null) {
      return null;
    }
    return checked(option, String.valueOf(settings.get(name(option))), "line " + position.line());
  }

  private static String checked(OptionSpec option, String value, String origin) {
    try {
      for (ITypeConverter<?> converter : option.converters()) {
        converter.convert(value);
      }
      return value;
    } catch (Exception e) {
      throw wrong(option.command(), origin + ": " + name(option) + ": " + e.getMessage());
    }
  }

  /** The configuration file, or an empty one; read once. */
  private TomlParseResult file(CommandSpec command) {
    if (file == null) {
      Path path = command.findOption("--config").getValue();
      String variable = environment.get("SPEICHER_CONFIG");
      if (path == null && variable != null) {
        path = Path.of(variable);
      }
      file = path == null ? Toml.parse("") : read(path, command);
    }
    return file;
  }

  private static TomlParseResult read(Path path, CommandSpec command) {
    TomlParseResult settings;
    try {
      settings = Toml.parse(path);
    } catch (IOException e) {
      throw wrong(command, "cannot read --config " + path + ": " + reason(e));
    }
    String errors =
        settings.errors().stream()
            .map(error -> at(path, error.position()) + error.getMessage())
            .collect(Collectors.joining("\n"));
    if (!errors.isEmpty()) {
      throw wrong(command, errors);
    }
    for (String key : settings.keySet()) {
      if (key.equals("config") || command.findOption("--" + key) == null) {
        TomlPosition position = settings.inputPositionOf(key);
        throw wrong(command, at(path, position) + "unknown setting: " + key + " (see --help)");
      }
    }
    return settings;
  }

  private static String at(Path path, @Nullable TomlPosition position) {
    return position == null
        ? path + ": "
        : path + ":" + position.line() + ":" + position.column() + ": ";
  }

  private static String name(OptionSpec option) {
    return option.longestName().substring("--".length());
  }

  private static ParameterException wrong(CommandSpec command, String message) {
    return new ParameterException(command.commandLine(), message);
  }

  private static String reason(IOException e) {
    return switch (e) {
      case java.nio.file.NoSuchFileException _ -> "no such file";
      case java.nio.file.AccessDeniedException _ -> "permission denied";
      default -> String.valueOf(e.getMessage());
    };
  }
}
