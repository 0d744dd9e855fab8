package io.speicher.dialect.resp;

import static java.util.stream.Collectors.toUnmodifiableSet;

import io.speicher.dialect.Rights.Group;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which commands a user may execute, as the access lists of Redis say it: nothing or everything,
 * and what is added to it or taken away, one rule after the other. Immutable.
 *
 * <p>Source: the page "ACL" in the documentation of Redis 7.2.
 */
public final class CommandRules {

  /*
   * Three categories are ours. What Redis counts as reading and writing does more: @scan finds keys
   * that nobody has named, and @clear deletes all of them. And @basic is what tells nothing and
   * changes nothing that others see: what clients do before all else. With these, each group of
   * commands is a category without another.
   */

  private static final String ALL_COMMANDS = "@all";

  /** For whoever may do anything at all. */
  private static final String BASIC = "+@basic";

  /** To do nothing. */
  public static final CommandRules NONE = new CommandRules(false, List.of());

  /** To do everything. */
  public static final CommandRules ALL = new CommandRules(true, List.of());

  /** Whether they begin with everything. */
  private final boolean subtract;

  private final List<String> rules;
  private final Set<String> allowed;

  private CommandRules(boolean subtract, List<String> rules) {
    this.subtract = subtract;
    this.rules = List.copyOf(rules);
    allowed = allowed(subtract, rules);
  }

  /** What allows the commands of these groups, and those that clients need for it. */
  public static CommandRules of(Set<Group> groups) {
    if (groups.size() == Group.values().length) {
      return ALL;
    }
    List<String> rules = new ArrayList<>();
    if (!groups.isEmpty()) {
      rules.add(BASIC);
      for (Group group : Group.values()) { // In this order, each takes away what is not its own.
        if (groups.contains(group)) {
          rules.add("+" + category(group));
          rules.addAll(
              switch (group) {
                case READ -> List.of("-" + category(Group.SCAN));
                case WRITE -> List.of("-" + category(Group.CLEAR));
                case SCAN, CLEAR, ADMIN -> List.of();
              });
        }
      }
    }
    CommandRules result = NONE;
    for (String rule : rules) {
      result = result.with(rule);
    }
    return result;
  }

  private static String category(Group group) {
    return "@" + group.name().toLowerCase(Locale.ROOT);
  }

  /** The rules that a text has, with spaces between them. */
  public static CommandRules parse(String text) {
    CommandRules result = NONE;
    for (String rule : text.split(" ", -1)) {
      if (!rule.isEmpty()) {
        result = result.with(rule);
      }
    }
    return result;
  }

  /**
   * These, and then one more: {@code +@all}, {@code -@write}, {@code +get}, {@code -config|set}.
   *
   * @throws IllegalArgumentException if it makes no sense; the message says why as Redis does
   */
  public CommandRules with(String rule) {
    String lower = rule.toLowerCase(Locale.ROOT);
    switch (lower) {
      case "allcommands", "+@all" -> {
        return ALL;
      }
      case "nocommands", "-@all" -> {
        return NONE;
      }
      default -> {}
    }
    if (lower.length() < 2 || (lower.charAt(0) != '+' && lower.charAt(0) != '-')) {
      throw new IllegalArgumentException("Syntax error");
    }
    String what = lower.substring(1);
    requireKnown(what, lower.charAt(0) == '+');
    List<String> more = new ArrayList<>();
    for (String before : rules) {
      String object = before.substring(1);
      if (!object.equals(what) && !object.startsWith(what + "|")) {
        more.add(before);
      }
    }
    more.add(lower);
    return new CommandRules(subtract, more);
  }

  private static void requireKnown(String what, boolean adds) {
    if (what.startsWith("@")) {
      if (!CommandSpec.CATEGORIES.contains(what)) {
        throw unknown();
      }
      return;
    }
    CommandSpec spec = CommandTable.find(what);
    if (spec != null) {
      return;
    }
    int bar = what.lastIndexOf('|');
    CommandSpec command = bar < 0 ? null : CommandTable.find(what.substring(0, bar));
    if (command == null || !adds) {
      throw unknown();
    }
    if (command.name().contains("|")) {
      throw new IllegalArgumentException("Allowing first-arg of a subcommand is not supported");
    }
    if (!command.subcommands().isEmpty()) {
      throw unknown();
    }
    throw new IllegalArgumentException(
        "Allowing the first argument of a command alone is not supported by this server");
  }

  private static IllegalArgumentException unknown() {
    return new IllegalArgumentException("Unknown command or category name in ACL");
  }

  // ---- what they allow ----

  private static Set<String> allowed(boolean subtract, List<String> rules) {
    Set<String> allowed = new HashSet<>();
    List<CommandSpec> all = CommandTable.commandsAndSubcommands();
    if (subtract) {
      all.forEach(spec -> allowed.add(spec.name()));
    }
    for (String rule : rules) {
      for (CommandSpec spec : all) {
        if (concerns(rule.substring(1), spec)) {
          if (rule.charAt(0) == '+') {
            allowed.add(spec.name());
          } else {
            allowed.remove(spec.name());
          }
        }
      }
    }
    all.stream().filter(spec -> spec.has("no_auth")).forEach(spec -> allowed.add(spec.name()));
    return Set.copyOf(allowed);
  }

  private static boolean concerns(String what, CommandSpec spec) {
    return what.startsWith("@")
        ? spec.categories().contains(what)
        : spec.name().equals(what) || spec.name().startsWith(what + "|");
  }

  /** The names of the commands that are allowed, {@code get} or {@code config|get}. */
  public Set<String> commands() {
    return allowed;
  }

  /** The groups of which all commands are allowed. */
  public Set<Group> groups() {
    Set<Group> groups = EnumSet.noneOf(Group.class);
    for (Group group : Group.values()) {
      if (allowed.containsAll(commands(group))) {
        groups.add(group);
      }
    }
    return groups;
  }

  /** Whether there is nothing that they do not allow, whatever is added to the server. */
  public boolean areAll() {
    return subtract && rules.isEmpty();
  }

  /**
   * The names of all commands of a group, or if that is null of those that belong to none. What has
   * subcommands and does nothing without one is none.
   */
  public static Set<String> commands(@Nullable Group group) {
    return CommandTable.commandsAndSubcommands().stream()
        .filter(spec -> spec.parser() != null && spec.needs() == group)
        .map(CommandSpec::name)
        .collect(toUnmodifiableSet());
  }

  /** What {@link #parse} reads. */
  @Override
  public String toString() {
    String first = (subtract ? "+" : "-") + ALL_COMMANDS;
    return rules.isEmpty() ? first : first + " " + String.join(" ", rules);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof CommandRules same
        && subtract == same.subtract
        && rules.equals(same.rules);
  }

  @Override
  public int hashCode() {
    return 31 * rules.hashCode() + Boolean.hashCode(subtract);
  }
}
