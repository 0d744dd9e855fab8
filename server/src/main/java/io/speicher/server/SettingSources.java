package io.speicher.server;

import io.speicher.protocol.Namespace;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reads settings from where they can be said: options win over the variables {@code SPEICHER_*},
 * and variables over the configuration file. Everything that makes no sense is told at once, with
 * its origin, even where another source wins.
 */
final class SettingSources {
  static final String CONFIG = "config";

  private final Map<String, String> options;
  private final Map<String, String> environment;
  private final List<String> errors = new ArrayList<>();
  private final List<String> warnings = new ArrayList<>();
  private ServerSettings settings = ServerSettings.DEFAULT;

  /**
   * @param options what the command line says, by the name of the setting
   */
  SettingSources(Map<String, String> options, Map<String, String> environment) {
    this.options = options;
    this.environment = environment;
  }

  /**
   * Reads all sources.
   *
   * @param config the file that the command line names, if it does
   * @throws IllegalArgumentException if something makes no sense, with a line for each fault
   */
  ServerSettings read(@Nullable Path config) {
    Path path =
        config == null ? variable(Setting.variable(CONFIG)).map(Path::of).orElse(null) : config;
    if (path != null) {
      readFile(ConfigFile.read(path));
    }
    readEnvironment();
    readOptions();
    if (!errors.isEmpty()) {
      throw new IllegalArgumentException(String.join("\n", errors));
    }
    return settings;
  }

  /** What was ignored, for a person. */
  List<String> warnings() {
    return warnings;
  }

  private void readFile(ConfigFile file) {
    List<String> names = ServerSettings.ALL.stream().map(Setting::name).toList();
    for (String name : file.names()) {
      String text = file.get(name);
      Optional<Setting<?>> setting = find(name);
      if (text == null && name.equals(ServerSettings.NAMESPACE.name())) {
        readNamespaces(file, name);
      } else if (setting.isEmpty()) {
        errors.add(
            file.at(name)
                + ": unknown setting"
                + NearMiss.suggestion(name, names)
                + "; see speicher server --help");
      } else if (text == null) {
        errors.add(file.at(name) + ": one number or text was expected");
      } else {
        read(setting.get(), file.at(name), text);
      }
    }
  }

  private void readNamespaces(ConfigFile file, String name) {
    try {
      List<Namespace> declared = file.namespaces(name);
      if (declared == null) {
        errors.add(file.at(name) + ": tables were expected: [" + name + ".\"users:\"]");
      } else {
        settings = settings.with(ServerSettings.NAMESPACE, declared, file.at(name));
      }
    } catch (IllegalArgumentException e) {
      errors.add(Objects.requireNonNull(e.getMessage()));
    }
  }

  private static Optional<Setting<?>> find(String name) {
    return ServerSettings.ALL.stream().filter(setting -> setting.name().equals(name)).findFirst();
  }

  private void readEnvironment() {
    for (Setting<?> setting : ServerSettings.ALL) {
      variable(setting.variable()).ifPresent(text -> readVariable(setting, text));
    }
  }

  private void readVariable(Setting<?> setting, String text) {
    if (setting.isAddressOfService(text)) {
      warnings.add(
          "%s=%s is ignored: it is no port but an address, such as Kubernetes sets for a service of this name"
              .formatted(setting.variable(), text));
    } else {
      read(setting, setting.variable(), text);
    }
  }

  /** Empty is as good as not set. */
  private Optional<String> variable(String name) {
    return Optional.ofNullable(environment.get(name)).filter(value -> !value.isBlank());
  }

  private void readOptions() {
    for (Setting<?> setting : ServerSettings.ALL) {
      String text = options.get(setting.name());
      if (text != null) {
        read(setting, setting.option(), text);
      }
    }
  }

  private void read(Setting<?> setting, String origin, String text) {
    try {
      settings = settings.withText(setting, text, origin);
    } catch (IllegalArgumentException e) {
      errors.add(origin + ": " + Objects.requireNonNull(e.getMessage()));
    }
  }
}
