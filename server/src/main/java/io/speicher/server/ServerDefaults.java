package io.speicher.server;

import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
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
  private static final String CONFIG = "config";

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
    String name = name(option);
    String variable = "SPEICHER_" + name.replace('-', '_').toUpperCase(Locale.ROOT);
    String value = environment.get(variable);
    if (value != null && !value.isBlank()) {
      return checked(option, value, variable);
    }
    if (name.equals(CONFIG)) {
      return null;
    }
    try {
      ConfigFile settings = file(option.command());
      String setting = settings == null ? null : settings.get(name);
      return settings == null || setting == null
          ? null
          : checked(option, setting, settings.at(name));
    } catch (IllegalArgumentException e) {
      throw wrong(option.command(), String.valueOf(e.getMessage()));
    }
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

  /** The configuration file, read once, or null if there is none. */
  private @Nullable ConfigFile file(CommandSpec command) {
    if (file == null) {
      Path path = command.findOption("--" + CONFIG).getValue();
      String variable = environment.get("SPEICHER_CONFIG");
      if (path == null && variable != null && !variable.isBlank()) {
        path = Path.of(variable);
      }
      if (path != null) {
        file =
            ConfigFile.read(
                path, name -> !name.equals(CONFIG) && command.findOption("--" + name) != null);
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
}
