package io.speicher.dialect.resp;

import io.speicher.dialect.resp.CommandSpec.Keys;
import io.speicher.dialect.resp.Syntax.Argument;
import io.speicher.protocol.Command;
import io.speicher.protocol.Glob;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** COMMAND and its subcommands: the table as clients read it. */
final class CommandCommands {
  private static final CommandSpec.Group SERVER = new CommandSpec.Group("server");
  private static final String FLAGS = "loading stale @connection";
  private static final String ALL_COMMANDS = "O(N), N commands";

  static final CommandSpec COMMAND =
      SERVER
          .container(
              "command",
              "2.8.13",
              "Describes the commands.",
              command(
                  "count",
                  2,
                  "Counts the commands.",
                  r -> r.answer(Spelling.done(out -> out.integer(commands().size())))),
              command(
                  "docs [command [command ...]]", -2, "Explains commands.", CommandCommands::docs),
              command(
                  "getkeys command argument [argument ...]",
                  -4,
                  "Tells which words of a command are keys.",
                  CommandCommands::keys),
              command(
                  "getkeysandflags command argument [argument ...]",
                  -4,
                  "Tells which words of a command are keys, and what it does with them.",
                  CommandCommands::keysAndFlags),
              command(
                  "info [command [command ...]]", -2, "Describes commands.", CommandCommands::info),
              command(
                  "list [FILTERBY <MODULE module | ACLCAT category | PATTERN pattern>]",
                  -2,
                  "Lists the names of commands.",
                  CommandCommands::list))
          .alone(FLAGS, r -> r.answer(Spelling.done(out -> describe(commands(), out))));

  private CommandCommands() {}

  private static CommandSpec command(
      String name, int arity, String summary, CommandSpec.Parser parser) {
    return SERVER.command(
        "command|" + name, arity, FLAGS, Keys.NONE, "2.8.13", ALL_COMMANDS, summary, parser);
  }

  private static List<CommandSpec> commands() {
    return CommandTable.commands();
  }

  /** The commands that are named from the third word on; null for what is none. */
  private static List<@Nullable CommandSpec> named(Request request) {
    List<@Nullable CommandSpec> named = new ArrayList<>();
    for (int i = 2; i < request.count(); i++) {
      named.add(CommandTable.find(request.string(i).toLowerCase(Locale.ROOT)));
    }
    return named;
  }

  // ---- descriptions for programs ----

  private static Command info(Request request) {
    List<@Nullable CommandSpec> specs =
        request.count() == 2 ? List.copyOf(commands()) : named(request);
    return request.answer(Spelling.done(out -> describe(specs, out)));
  }

  private static void describe(List<? extends @Nullable CommandSpec> specs, RespWriter out) {
    out.array(specs.size());
    for (CommandSpec spec : specs) {
      if (spec == null) {
        out.nothing();
      } else {
        describe(spec, out);
      }
    }
  }

  private static void describe(CommandSpec spec, RespWriter out) {
    out.array(10);
    out.bulk(spec.name());
    out.integer(spec.arity());
    words(spec.shownFlags(), out);
    boolean isCounted = spec.lastKey() == CommandSpec.COUNTED; // Redis says nothing of these.
    out.integer(isCounted ? 0 : spec.firstKey());
    out.integer(isCounted ? 0 : spec.lastKey());
    out.integer(isCounted ? 0 : spec.keyStep());
    words(spec.categories(), out);
    out.array(0); // Hints for clients of clusters,
    out.array(0); // and where the keys are, once more.
    describe(spec.subcommands(), out);
  }

  private static void words(List<String> words, RespWriter out) {
    out.set(words.size());
    words.forEach(out::simple);
  }

  // ---- descriptions for people ----

  private static Command docs(Request request) {
    List<CommandSpec> specs = new ArrayList<>();
    for (CommandSpec spec : request.count() == 2 ? commands() : named(request)) {
      if (spec != null) {
        specs.add(spec);
      }
    }
    return request.answer(Spelling.done(out -> explain(specs, out)));
  }

  private static void explain(List<CommandSpec> specs, RespWriter out) {
    out.map(specs.size());
    for (CommandSpec spec : specs) {
      out.bulk(spec.name());
      int more = (spec.arguments().isEmpty() ? 0 : 1) + (spec.subcommands().isEmpty() ? 0 : 1);
      out.map(4 + more);
      out.bulk("summary");
      out.bulk(spec.summary());
      out.bulk("since");
      out.bulk(spec.since());
      out.bulk("group");
      out.bulk(spec.group());
      out.bulk("complexity");
      out.bulk(spec.complexity());
      if (!spec.arguments().isEmpty()) {
        out.bulk("arguments");
        arguments(spec.arguments(), out);
      }
      if (!spec.subcommands().isEmpty()) {
        out.bulk("subcommands");
        explain(spec.subcommands(), out);
      }
    }
  }

  private static void arguments(List<Argument> arguments, RespWriter out) {
    out.array(arguments.size());
    for (Argument argument : arguments) {
      List<String> flags = flags(argument);
      String token = argument.token();
      out.map(
          2
              + (token == null ? 0 : 1)
              + (flags.isEmpty() ? 0 : 1)
              + (argument.inner().isEmpty() ? 0 : 1));
      out.bulk("name");
      out.bulk(argument.name());
      out.bulk("type");
      out.bulk(argument.type());
      if (token != null) {
        out.bulk("token");
        out.bulk(token);
      }
      if (!flags.isEmpty()) {
        out.bulk("flags");
        words(flags, out);
      }
      if (!argument.inner().isEmpty()) {
        out.bulk("arguments");
        arguments(argument.inner(), out);
      }
    }
  }

  private static List<String> flags(Argument argument) {
    List<String> flags = new ArrayList<>();
    if (argument.isOptional()) {
      flags.add("optional");
    }
    if (argument.isMultiple()) {
      flags.add("multiple");
    }
    return flags;
  }

  // ---- names and keys ----

  private static Command list(Request request) {
    List<String> names =
        commands().stream().filter(filter(request)).map(CommandSpec::name).toList();
    return request.answer(
        Spelling.done(out -> {
          out.array(names.size());
          names.forEach(out::bulk);
        }));
  }

  private static Predicate<CommandSpec> filter(Request request) {
    if (request.count() == 2) {
      return spec -> true;
    }
    if (request.count() != 5 || !request.is(2, "filterby")) {
      throw RefusedException.syntax();
    }
    if (request.is(3, "module")) {
      return spec -> false;
    }
    if (request.is(3, "aclcat")) {
      String category = "@" + request.string(4).toLowerCase(Locale.ROOT);
      return spec -> spec.categories().contains(category);
    }
    if (request.is(3, "pattern")) {
      Glob pattern = new Glob(bytes(request.string(4).toLowerCase(Locale.ROOT)));
      return spec -> pattern.matches(bytes(spec.name()));
    }
    throw RefusedException.syntax();
  }

  private static ByteBuffer bytes(String text) {
    return ByteBuffer.wrap(text.getBytes(StandardCharsets.ISO_8859_1));
  }

  private static Command keys(Request request) {
    List<ByteBuffer> keys = keys(request, found(request));
    return request.answer(
        Spelling.done(out -> {
          out.array(keys.size());
          keys.forEach(out::bulk);
        }));
  }

  private static Command keysAndFlags(Request request) {
    CommandSpec spec = found(request);
    List<ByteBuffer> keys = keys(request, spec);
    List<String> flags =
        spec.has("readonly") ? List.of("RO", "access") : List.of("RW", "access", "update");
    return request.answer(
        Spelling.done(out -> {
          out.array(keys.size());
          for (ByteBuffer key : keys) {
            out.array(2);
            out.bulk(key);
            words(flags, out);
          }
        }));
  }

  /** The command whose keys are asked for. */
  private static CommandSpec found(Request request) {
    Arguments inner = request.argumentsFrom(2);
    CommandSpec spec = CommandTable.findWithSubcommand(inner);
    if (spec == null) {
      throw new RefusedException("ERR Invalid command specified");
    }
    if (spec.firstKey() == 0) {
      throw new RefusedException("ERR The command has no key arguments");
    }
    if (!spec.takes(inner.count())) {
      throw new RefusedException("ERR Invalid number of arguments specified for command");
    }
    return spec;
  }

  private static List<ByteBuffer> keys(Request request, CommandSpec spec) {
    Arguments inner = request.argumentsFrom(2);
    return spec.keyIndexes(inner).mapToObj(inner::bytes).toList();
  }
}
