package io.speicher.dialect.resp;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** All commands, by name. */
final class CommandTable {
  private static final List<CommandSpec> ALL = all();

  /** No command has a longer name. */
  private static final int MAX_NAME_BYTES = 32;

  /** Open addressing; a power of two, and mostly empty. */
  private static final @Nullable CommandSpec[] SLOTS = new CommandSpec[1_024];

  static {
    for (CommandSpec spec : ALL) {
      int hash = 0;
      for (int i = 0; i < spec.name().length(); i++) {
        hash = hash(hash, spec.name().charAt(i));
      }
      while (SLOTS[slot(hash)] != null) {
        hash++;
      }
      SLOTS[slot(hash)] = spec;
    }
  }

  private CommandTable() {}

  private static List<CommandSpec> all() {
    List<CommandSpec> all = new ArrayList<>();
    all.addAll(StringCommands.ALL);
    all.addAll(KeyCommands.ALL);
    all.addAll(ConnectionCommands.ALL);
    all.addAll(ServerCommands.ALL);
    all.addAll(WatchCommands.ALL);
    all.addAll(KeyRankings.ALL);
    all.addAll(TransactionCommands.ALL);
    all.addAll(ScriptCommands.ALL);
    all.addAll(PubSubCommands.ALL);
    all.addAll(ClusterCommands.ALL);
    all.add(SpeicherCommands.SPEICHER);
    all.add(AclCommands.ACL);
    all.add(SpeicherCommands.SPEICHER);
    all.add(CommandCommands.COMMAND);
    return List.copyOf(all);
  }

  static List<CommandSpec> commands() {
    return ALL;
  }

  /** All of them, and behind each its subcommands. */
  static List<CommandSpec> commandsAndSubcommands() {
    return ALL.stream()
        .flatMap(spec -> Stream.concat(Stream.of(spec), spec.subcommands().stream()))
        .toList();
  }

  /** The command that the word is the name of, in upper or lower case, or null. */
  static @Nullable CommandSpec find(Arguments arguments, int index) {
    int length = arguments.length(index);
    if (length > MAX_NAME_BYTES) {
      return null;
    }
    int hash = 0;
    for (int i = 0; i < length; i++) {
      hash = hash(hash, Arguments.lowerCase(arguments.byteAt(index, i)));
    }
    for (CommandSpec spec = SLOTS[slot(hash)]; spec != null; spec = SLOTS[slot(++hash)]) {
      if (arguments.is(index, spec.name())) {
        return spec;
      }
    }
    return null;
  }

  /** The command of that name, which is in lower case, or the subcommand, {@code config|get}. */
  static @Nullable CommandSpec find(String name) {
    for (CommandSpec spec : ALL) {
      if (name.equals(spec.name())) {
        return spec;
      }
      if (name.startsWith(spec.name() + "|")) {
        for (CommandSpec subcommand : spec.subcommands()) {
          if (name.equals(subcommand.name())) {
            return subcommand;
          }
        }
      }
    }
    return null;
  }

  /** The command or, where it has some, its subcommand; null if there is none of that name. */
  static @Nullable CommandSpec findWithSubcommand(Arguments arguments) {
    CommandSpec spec = find(arguments, 0);
    return spec == null || spec.subcommands().isEmpty() || arguments.count() == 1
        ? spec
        : spec.subcommand(arguments);
  }

  private static int hash(int hash, int b) {
    return 31 * hash + b;
  }

  private static int slot(int hash) {
    return (hash ^ hash >>> 10) & (SLOTS.length - 1);
  }
}
