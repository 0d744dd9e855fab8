package io.speicher.server;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.tomlj.Toml;
import org.tomlj.TomlArray;
import org.tomlj.TomlParseResult;
import org.tomlj.TomlPosition;
import org.tomlj.TomlTable;
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
  private @Nullable ConfigFile file;

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
    ConfigFile settings = file(option.command());
    Object setting = settings.content().get(name(option));
    if (setting == null) {
      return null;
    }
    String origin = settings.at(name(option));
    if (setting instanceof TomlArray || setting instanceof TomlTable) {
      throw wrong(option.command(), origin + ": one number or text was expected");
    }
    return checked(option, setting.toString(), origin);
  }

  private static String checked(OptionSpec option, String value, String origin) {
    try {
      for (ITypeConverter<?> converter : option.converters()) {
        converter.convert(value);
      }
      return value;
    } catch (Exception e) {
      throw wrong(option.command(), origin + ": " + e.getMessage());
    }
  }

  /** The configuration file, or an empty one; read once. */
  private ConfigFile file(CommandSpec command) {
    if (file == null) {
      Path path = command.findOption("--config").getValue();
      String variable = environment.get("SPEICHER_CONFIG");
      if (path == null && variable != null) {
        path = Path.of(variable);
      }
      file = path == null ? new ConfigFile(Path.of(""), Toml.parse("")) : read(path, command);
    }
    return file;
  }

  private static ConfigFile read(Path path, CommandSpec command) {
    ConfigFile file;
    try {
      file = new ConfigFile(path, Toml.parse(path));
    } catch (IOException e) {
      throw wrong(command, "cannot read --config " + path + ": " + reason(e));
    }
    String errors =
        file.content().errors().stream()
            .map(error -> file.at(error.position()) + ": " + error.getMessage())
            .collect(Collectors.joining("\n"));
    if (!errors.isEmpty()) {
      throw wrong(command, errors);
    }
    for (String name : file.content().keySet()) {
      if (name.equals("config") || command.findOption("--" + name) == null) {
        throw wrong(command, file.at(name) + ": unknown setting" + " (see speicher server --help)");
      }
    }
    return file;
  }

  private static String name(OptionSpec option) {
    return option.longestName().substring("--".length());
  }

  private static ParameterException wrong(CommandSpec command, String message) {
    return new ParameterException(command.commandLine(), message);
  }

  private static String reason(IOException e) {
    return switch (e) {
      case NoSuchFileException _ -> "no such file";
      case AccessDeniedException _ -> "permission denied";
      default -> String.valueOf(e.getMessage());
    };
  }

  private record ConfigFile(Path path, TomlParseResult content) {

    /** Where a setting stands, for a person: {@code speicher.toml:3:1: port}. */
    String at(String name) {
      return at(requireNonNull(content.inputPositionOf(name))) + ": " + name;
    }

    String at(TomlPosition position) {
      return path + ":" + position.line() + ":" + position.column();
    }
  }
}
