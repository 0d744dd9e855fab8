package io.speicher.server;

import java.util.Locale;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One thing that a server can be told, declared once in {@link ServerSettings}. The option of the
 * command line, the variable, the key of the configuration file, the help, {@code CONFIG GET},
 * memcached's {@code stats settings} and the checks of bounds are all made of the declaration.
 *
 * <p>A setting holds from the start to the end of the server, unless it {@link #isLive}.
 *
 * @param name as it is written in a file: {@code max-frame}
 * @param defaultText what is written for the default; as a value, it has the same effect as saying
 *     nothing
 * @param fallback the default, which may depend on other settings
 * @param summary what it does, a sentence without its full stop: the help adds the default to it
 * @param detail more sentences, or nothing
 * @param names what other dialects call it
 * @param isLive whether {@code CONFIG SET} changes it while the server runs
 */
public record Setting<T>(
    String name,
    SettingType<T> type,
    String defaultText,
    Function<ServerSettings, T> fallback,
    String summary,
    String detail,
    Names names,
    boolean isLive) {

  private static final String VARIABLE_PREFIX = "SPEICHER_";

  /** What the help says of a setting that is live. */
  private static final String LIVE = "CONFIG SET changes it.";

  /** What other servers call a setting; null where they have no such thing. */
  public record Names(@Nullable String redis, @Nullable String memcached) {
    static final Names NONE = new Names(null, null);
  }

  String option() {
    return "--" + name;
  }

  String variable() {
    return variable(name);
  }

  static String variable(String name) {
    return VARIABLE_PREFIX + name.replace('-', '_').toUpperCase(Locale.ROOT);
  }

  /**
   * Whether the environment may hold something else under this variable's name: Kubernetes sets
   * {@code SPEICHER_PORT=tcp://10.0.0.1:14567} where there is a service called speicher.
   */
  boolean isAddressOfService(String value) {
    return type.isPort() && value.contains("://");
  }

  /** Whether this text stands for the default. */
  boolean isDefault(String text) {
    return text.strip().equals(defaultText);
  }

  /** What the help says. */
  String help() {
    String end = detail.isEmpty() ? "" : " " + detail;
    return summary + " (default: " + defaultText + ")." + end + (isLive ? " " + LIVE : "");
  }
}
