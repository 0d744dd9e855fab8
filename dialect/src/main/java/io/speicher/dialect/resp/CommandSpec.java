package io.speicher.dialect.resp;

import io.speicher.dialect.CommandName;
import io.speicher.dialect.Rights;
import io.speicher.protocol.Command;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * A command of Redis, or a subcommand of one.
 *
 * @param name in lower case; of a subcommand both, {@code config|get}
 * @param arity how many words it has, its name among them; negative: at least so many
 * @param flags as COMMAND INFO has them
 * @param firstKey index of the first word that is a key, or 0 if none is
 * @param lastKey index of the last one; negative: counted from the end
 * @param keyStep how many words further the next one is
 * @param group what it belongs to: string, generic, connection, server, transactions
 * @param since the version of Redis that had it first
 * @param complexity what its time depends on
 * @param arguments what may follow the name
 * @param parser null where there are subcommands
 * @param subcommands none for most
 * @param counted what it is counted as
 */
record CommandSpec(
    String name,
    int arity,
    List<String> flags,
    int firstKey,
    int lastKey,
    int keyStep,
    String group,
    String since,
    String complexity,
    String summary,
    List<Syntax.Argument> arguments,
    @Nullable Parser parser,
    List<CommandSpec> subcommands,
    CommandName counted) {

  /** The categories of Redis in its order, and then ours. */
  static final List<String> CATEGORIES =
      List.of(
          "@keyspace",
          "@read",
          "@write",
          "@set",
          "@sortedset",
          "@list",
          "@hash",
          "@string",
          "@bitmap",
          "@hyperloglog",
          "@geo",
          "@stream",
          "@pubsub",
          "@admin",
          "@fast",
          "@slow",
          "@blocking",
          "@dangerous",
          "@connection",
          "@transaction",
          "@scripting",
          "@basic",
          "@scan",
          "@clear");

  /** No command makes sense with more words, unless these are keys. */
  private static final int MAX_WORDS_BESIDE_KEYS = 1_024;

  /** Makes a command of its words, or throws a {@link RefusedException} if they make no sense. */
  @FunctionalInterface
  interface Parser {
    Command parse(Request request);
  }

  /**
   * Stands for the last key of a command that says in the word before the first how many follow.
   */
  static final int COUNTED = Integer.MIN_VALUE;

  /** Which words of a command are keys. */
  record Keys(int first, int last, int step) {
    static final Keys NONE = new Keys(0, 0, 0);
    static final Keys FIRST = new Keys(1, 1, 1);
    static final Keys SECOND = new Keys(2, 2, 1);
    static final Keys TWO = new Keys(1, 2, 1);
    static final Keys ALL = new Keys(1, -1, 1);
    static final Keys PAIRS = new Keys(1, -1, 2);

    /** Word 1 says how many pairs follow; what follows them is no key. */
    static final Keys COUNTED_PAIRS = new Keys(2, COUNTED, 2);

    /** Word 2 says how many keys follow. */
    static final Keys COUNTED_KEYS = new Keys(3, COUNTED, 1);
  }

  /** Makes the commands of a group. */
  record Group(String name) {
    /**
     * A command.
     *
     * @param usage its name and, as {@link Syntax} reads them, its arguments
     */
    CommandSpec command(
        String usage,
        int arity,
        String flags,
        Keys keys,
        String since,
        String complexity,
        String summary,
        Parser parser) {
      return spec(usage, arity, flags, keys, since, complexity, summary, parser, List.of());
    }

    /** A command of nothing but subcommands, to which one is added that lists them. */
    CommandSpec container(
        String command, String since, String summary, CommandSpec... subcommands) {
      List<String> help = new ArrayList<>();
      help.add(
          command.toUpperCase(Locale.ROOT)
              + " <subcommand> [<arg> [value] [opt] ...]. Subcommands are:");
      for (CommandSpec subcommand : subcommands) {
        help.add(subcommand.ownName().toUpperCase(Locale.ROOT));
        help.add("    " + subcommand.summary());
      }
      help.add("HELP");
      help.add("    Lists the subcommands.");
      Spelling spelling = Spelling.lines(help);
      List<CommandSpec> all = new ArrayList<>(List.of(subcommands));
      all.add(
          command(
              command + "|help",
              2,
              name.equals("generic") ? "loading stale @keyspace" : "loading stale",
              Keys.NONE,
              since,
              "O(1)",
              "Lists the subcommands.",
              request -> request.answer(spelling)));
      return spec(command, -2, "", Keys.NONE, since, "O(1)", summary, null, List.copyOf(all));
    }

    private CommandSpec spec(
        String usage,
        int arity,
        String flags,
        Keys keys,
        String since,
        String complexity,
        String summary,
        @Nullable Parser parser,
        List<CommandSpec> subcommands) {
      int end = usage.indexOf(' ');
      String command = end < 0 ? usage : usage.substring(0, end);
      return new CommandSpec(
          command,
          arity,
          flags.isEmpty() ? List.of() : List.of(flags.split(" ")),
          keys.first(),
          keys.last(),
          keys.step(),
          name,
          since,
          complexity,
          summary,
          Syntax.parse(usage.substring(command.length())),
          parser,
          subcommands,
          CommandName.of(RespDialect.NAME, command));
    }
  }

  /** The same command, which means something without a subcommand, too. */
  CommandSpec alone(String newFlags, Parser newParser) {
    return new CommandSpec(
        name,
        -1,
        List.of(newFlags.split(" ")),
        firstKey,
        lastKey,
        keyStep,
        group,
        since,
        complexity,
        summary,
        arguments,
        newParser,
        subcommands,
        counted);
  }

  /** Where there are subcommands it is they that are parsed. */
  Command parse(Request request) {
    if (parser == null) {
      throw wrongCount();
    }
    return parser.parse(request);
  }

  /** The indexes of the words that are keys, in a command of as many words as it takes. */
  IntStream keyIndexes(Arguments words) {
    if (firstKey == 0) {
      return IntStream.empty();
    }
    int last =
        lastKey == COUNTED ? lastCounted(words) : lastKey < 0 ? words.count() + lastKey : lastKey;
    return IntStream.iterate(firstKey, i -> i <= last, i -> i + keyStep);
  }

  private int lastCounted(Arguments words) {
    long keys = Math.clamp(words.integer(firstKey - 1, 0), 0, words.count());
    return (int) Math.min(words.count() - 1L, firstKey + keyStep * keys - 1);
  }

  boolean takes(int count) {
    return arity >= 0 ? count == arity : count >= -arity;
  }

  /** Throws what is to be answered to a command of so many words, if that is wrong. */
  void requireCount(int words) {
    if (!takes(words)) {
      throw wrongCount();
    }
    boolean takesManyKeys = lastKey < 0 && !group.equals("scripting");
    if (words > MAX_WORDS_BESIDE_KEYS && !takesManyKeys) {
      throw new RefusedException(
          "ERR too many arguments for '"
              + name
              + "' command: words="
              + words
              + " (expected: up to "
              + MAX_WORDS_BESIDE_KEYS
              + ")");
    }
  }

  /** Flags without those that only we know, which begin with no letter. */
  List<String> shownFlags() {
    return flags.stream().filter(flag -> Character.isLetter(flag.charAt(0))).toList();
  }

  /** What access lists call this command's kind. */
  List<String> categories() {
    List<String> categories = new ArrayList<>();
    if (group.equals("generic") && (has("write") || has("readonly"))) {
      categories.add("@keyspace");
    }
    if (has("readonly")) {
      categories.add("@read");
    }
    if (has("write")) {
      categories.add("@write");
    }
    if (group.equals("string") || (group.equals("connection") && parser != null)) {
      categories.add("@" + group);
    }
    if (group.equals("scripting")) {
      categories.add("@scripting");
    }
    if (group.equals("transactions")) {
      categories.add("@transaction");
    }
    if (has("admin")) {
      categories.addAll(List.of("@admin", "@dangerous"));
    }
    flags.stream().filter(flag -> flag.charAt(0) == '@').forEach(categories::add);
    categories.add(has("fast") ? "@fast" : "@slow");
    if (parser != null && needs() == null) {
      categories.add("@basic");
    }
    return categories;
  }

  /** What users need to be allowed, apart from what concerns keys; null for nothing. */
  Rights.@Nullable Group needs() {
    if (has("@scan")) {
      return Rights.Group.SCAN;
    }
    if (has("@clear")) {
      return Rights.Group.CLEAR;
    }
    if (has("admin")) {
      return Rights.Group.ADMIN;
    }
    return has("write") ? Rights.Group.WRITE : has("readonly") ? Rights.Group.READ : null;
  }

  boolean has(String flag) {
    return flags.contains(flag);
  }

  /** The subcommand that is called so, or null. */
  @Nullable CommandSpec subcommand(Arguments arguments) {
    for (CommandSpec subcommand : subcommands) {
      if (arguments.is(1, subcommand.ownName())) {
        return subcommand;
      }
    }
    return null;
  }

  /** Of a subcommand, without the one it belongs to. */
  String ownName() {
    return name.substring(name.indexOf('|') + 1);
  }

  /** The name as it was given is unknown here. */
  RefusedException unknownSubcommand(Arguments arguments) {
    return new RefusedException(
        "ERR unknown subcommand '"
            + arguments.echo(1, 128)
            + "'. Try "
            + name.toUpperCase(Locale.ROOT)
            + " HELP.");
  }

  RefusedException wrongCount() {
    return new RefusedException("ERR wrong number of arguments for '" + name + "' command");
  }
}
