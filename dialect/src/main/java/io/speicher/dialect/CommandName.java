package io.speicher.dialect;

import static java.util.stream.Collectors.toMap;

import io.speicher.protocol.Command;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;

/**
 * What a command is called in a dialect, for those who count and list commands. There is one object
 * for each, made before the first command is decoded, so that numbers of commands are elements of
 * arrays.
 */
public final class CommandName {
  /** No server has more of them; what counts them takes some memory for each. */
  public static final int MAX = 512;

  private static final List<CommandName> ALL = new ArrayList<>();

  /** Before the first command of a connection, and of one that no dialect knows. */
  public static final CommandName NONE = of("", "");

  /** What a connection does that speaks HTTP. */
  public static final CommandName HTTP = of("http", "http");

  private final String dialect;
  private final String name;
  private final int index;

  private CommandName(String dialect, String name, int index) {
    this.dialect = dialect;
    this.name = name;
    this.index = index;
  }

  /** Makes one, which is to be kept: it is another one each time. */
  public static CommandName of(String dialect, String name) {
    synchronized (ALL) {
      if (ALL.size() == MAX) {
        throw new IllegalStateException("too many commands (expected: up to " + MAX + ")");
      }
      CommandName made = new CommandName(dialect, name, ALL.size());
      ALL.add(made);
      return made;
    }
  }

  /**
   * For a dialect that has few words of its own: one for each kind of command, which is called like
   * the class, in lower case: {@code get_all}.
   */
  public static Map<Class<?>, CommandName> ofKinds(String dialect) {
    return Arrays.stream(Command.class.getPermittedSubclasses())
        .collect(toMap(Function.identity(), kind -> of(dialect, words(kind.getSimpleName()))));
  }

  private static String words(String name) {
    return name.replaceAll("(?<=[a-z])(?=[A-Z])", "_").toLowerCase(Locale.ROOT);
  }

  /** All that there are so far, by their index. */
  public static List<CommandName> all() {
    synchronized (ALL) {
      return List.copyOf(ALL);
    }
  }

  /** {@code json}, {@code resp}, {@code memcached}, {@code memcached_binary} or {@code http}. */
  public String dialect() {
    return dialect;
  }

  /** In lower case; of a subcommand both, {@code config|get}. */
  public String name() {
    return name;
  }

  /** Less than {@link #MAX}. */
  public int index() {
    return index;
  }

  @Override
  public String toString() {
    return dialect + " " + name;
  }
}
