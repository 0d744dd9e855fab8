package io.speicher.dialect.resp;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.speicher.dialect.resp.CommandSpec.Keys;
import io.speicher.protocol.Command;
import io.speicher.protocol.ConnectionInfo;
import io.speicher.protocol.Denial;
import io.speicher.protocol.Reply;
import io.speicher.protocol.Reply.Denied;
import io.speicher.protocol.UserInfo;
import io.speicher.protocol.UserRequest;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;

/** ACL and its subcommands: users, and what they may do. */
final class AclCommands {
  private static final CommandSpec.Group SERVER = new CommandSpec.Group("server");
  private static final String PLAIN = "noscript loading stale";
  private static final String ADMIN = "admin noscript loading stale";

  private static final int DEFAULT_PASSWORD_BITS = 256;
  private static final int MAX_PASSWORD_BITS = 4_096;
  private static final int DEFAULT_DENIALS = 10;
  private static final double MILLIS = 1_000;

  private static final String GENPASS_BITS =
      "ERR ACL GENPASS argument must be the number of bits for the output password, a positive"
          + " number up to "
          + MAX_PASSWORD_BITS;

  private static final SecureRandom RANDOM = new SecureRandom();

  private static final Spelling LIST = Spelling.users(AclCommands::list, RespWriter::nothing);
  private static final Spelling NAMES = Spelling.users(AclCommands::names, RespWriter::nothing);
  private static final Spelling DENIALS = Spelling.denials(AclCommands::denials);

  static final CommandSpec ACL =
      SERVER.container(
          "acl",
          "6.0.0",
          "Asks about users, and changes them.",
          acl(
              "cat [category]",
              -2,
              PLAIN,
              "Lists the categories of commands, or the commands of one.",
              AclCommands::cat),
          acl(
              "deluser username [username ...]",
              -3,
              ADMIN,
              "Removes users, and ends their connections.",
              AclCommands::delete),
          acl(
              "dryrun username command [argument [argument ...]]",
              -4,
              ADMIN,
              "Tells whether a user may execute a command.",
              AclCommands::tryOut),
          acl("genpass [bits:integer]", -2, PLAIN, "Makes a password up.", AclCommands::password),
          acl("getuser username", 3, ADMIN, "Describes a user.", AclCommands::find),
          acl(
              "list",
              2,
              ADMIN,
              "Describes all users.",
              r -> r.answer(new Command.ManageUsers(new UserRequest.ListAll()), LIST)),
          acl(
              "load",
              2,
              ADMIN,
              "Reads the users from their file again.",
              r -> change(r, new UserRequest.Load(), Spelling.OK)),
          acl(
              "log [count | RESET]",
              -2,
              ADMIN,
              "Tells what was denied, or forgets it.",
              AclCommands::log),
          acl(
              "save",
              2,
              ADMIN,
              "Writes the users to their file.",
              r -> change(r, new UserRequest.Save(), Spelling.OK)),
          acl(
              "setuser username [rule [rule ...]]",
              -3,
              ADMIN,
              "Changes a user, or adds one.",
              AclCommands::set),
          acl(
              "users",
              2,
              ADMIN,
              "Lists the names of the users.",
              r -> r.answer(new Command.ManageUsers(new UserRequest.ListAll()), NAMES)),
          acl("whoami", 2, PLAIN, "Tells who the client is.", AclCommands::whoAmI));

  private AclCommands() {}

  private static CommandSpec acl(
      String name, int arity, String flags, String summary, CommandSpec.Parser parser) {
    String since = name.startsWith("dryrun ") ? "7.0.0" : "6.0.0";
    return SERVER.command(
        "acl|" + name, arity, flags, Keys.NONE, since, "O(N), N users", summary, parser);
  }

  private static RefusedException syntax(String subcommand) {
    return new RefusedException(
        "ERR unknown subcommand or wrong number of arguments for '"
            + subcommand
            + "'. Try ACL HELP.");
  }

  // ---- what needs no user ----

  private static Command cat(Request request) {
    if (request.count() > 3) {
      throw syntax(request.echo(1));
    }
    List<String> found = new ArrayList<>();
    if (request.count() == 2) {
      CommandSpec.CATEGORIES.forEach(category -> found.add(category.substring(1)));
    } else {
      String category = "@" + request.string(2).toLowerCase(Locale.ROOT);
      if (!CommandSpec.CATEGORIES.contains(category)) {
        throw new RefusedException("ERR Unknown category '" + request.echo(2) + "'");
      }
      CommandTable.commandsAndSubcommands().stream()
          .filter(spec -> spec.categories().contains(category))
          .forEach(spec -> found.add(spec.name()));
    }
    return request.answer(Spelling.done(out -> bulks(found, out)));
  }

  private static Command password(Request request) {
    if (request.count() > 3) {
      throw syntax(request.echo(1));
    }
    long bits = request.count() == 3 ? request.integer(2) : DEFAULT_PASSWORD_BITS;
    if (bits < 1 || bits > MAX_PASSWORD_BITS) {
      throw new RefusedException(GENPASS_BITS);
    }
    return request.answer(
        Spelling.done(out -> {
          int digits = (int) (bits + 3) / 4;
          byte[] random = new byte[(digits + 1) / 2];
          RANDOM.nextBytes(random);
          out.bulk(HexFormat.of().formatHex(random).substring(0, digits));
        }));
  }

  private static Command whoAmI(Request request) {
    ByteBuffer name = utf8(request.session().userName());
    return request.answer(Spelling.done(out -> out.bulk(name.duplicate())));
  }

  // ---- changing users ----

  private static Command set(Request request) {
    return change(request, new UserRequest.Change(request.text(2), texts(request, 3)), Spelling.OK);
  }

  private static Command delete(Request request) {
    return change(request, new UserRequest.Remove(texts(request, 2)), Spelling.COUNT);
  }

  /** It takes its time, and a transaction has none. */
  private static Command change(Request request, UserRequest.Mutation change, Spelling spelling) {
    if (request.session().queued() != null) {
      throw new RefusedException("ERR Command not allowed inside a transaction");
    }
    return request.answer(new Command.ManageUsers(change), spelling);
  }

  private static List<String> texts(Request request, int from) {
    List<String> texts = new ArrayList<>();
    for (int i = from; i < request.count(); i++) {
      texts.add(request.text(i));
    }
    return List.copyOf(texts);
  }

  // ---- describing users ----

  private static Command find(Request request) {
    return request.answer(
        new Command.ManageUsers(new UserRequest.Find(request.text(2))),
        Spelling.users((users, out) -> describe(users.users().get(0), out), RespWriter::nothing));
  }

  private static void names(Reply.Users users, RespWriter out) {
    bulks(users.users().stream().map(UserInfo::name).toList(), out);
  }

  private static void list(Reply.Users users, RespWriter out) {
    bulks(users.users().stream().map(AclCommands::line).toList(), out);
  }

  /** As Redis writes it to its file; it can be said to SETUSER again. */
  private static String line(UserInfo user) {
    List<String> words = new ArrayList<>();
    words.add("user");
    words.add(user.name());
    words.addAll(flags(user));
    user.passwords().forEach(password -> words.add("#" + password));
    words.addAll(user.keys());
    words.add("resetchannels");
    words.add(user.commands());
    return String.join(" ", words);
  }

  private static List<String> flags(UserInfo user) {
    List<String> flags = new ArrayList<>();
    flags.add(user.enabled() ? "on" : "off");
    if (user.takesAnyPassword()) {
      flags.add("nopass");
    }
    flags.add("sanitize-payload");
    return flags;
  }

  private static void describe(UserInfo user, RespWriter out) {
    out.map(6);
    out.bulk("flags");
    List<String> flags = flags(user);
    out.set(flags.size());
    flags.forEach(out::bulk);
    out.bulk("passwords");
    bulks(user.passwords(), out);
    out.bulk("commands");
    out.bulk(user.commands());
    out.bulk("keys");
    out.bulk(utf8(String.join(" ", user.keys())));
    out.bulk("channels");
    out.bulk("");
    out.bulk("selectors");
    out.array(0);
  }

  // ---- what is denied ----

  private static Command tryOut(Request request) {
    String user = request.text(2);
    Arguments inner = request.argumentsFrom(3);
    CommandSpec spec = CommandTable.findWithSubcommand(inner);
    if (spec == null) {
      throw new RefusedException("ERR Command '" + request.echo(3) + "' not found");
    }
    if (!spec.takes(inner.count())) {
      throw spec.wrongCount();
    }
    Command command = request.parse(spec, inner);
    return request.answer(
        new Command.ManageUsers(new UserRequest.Try(user, spec.name(), command)),
        Spelling.permission(
            (permission, out) -> permission(user, spec, permission, out),
            out -> out.error("ERR User '" + user + "' not found")));
  }

  private static void permission(
      String user, CommandSpec spec, Reply.Permission permission, RespWriter out) {
    Denied denied = permission.denied();
    ByteBuffer key = permission.key();
    if (denied == null) {
      out.ok();
    } else if (denied == Denied.KEY && key != null) {
      String name = UTF_8.decode(key.duplicate()).toString();
      out.bulk(utf8("User " + user + " has no permissions to access the '" + name + "' key"));
    } else {
      out.bulk(utf8(Spelling.noCommand(user, spec.name())));
    }
  }

  private static Command log(Request request) {
    if (request.count() > 3) {
      throw syntax(request.echo(1));
    }
    if (request.count() == 3 && request.is(2, "reset")) {
      return request.answer(new Command.ManageUsers(new UserRequest.ForgetDenials()), Spelling.OK);
    }
    long max = request.count() == 3 ? request.integer(2) : DEFAULT_DENIALS;
    int wanted = Math.clamp(max, 0, Integer.MAX_VALUE);
    return request.answer(new Command.ManageUsers(new UserRequest.ListDenials(wanted)), DENIALS);
  }

  private static void denials(Reply.Denials denials, RespWriter out) {
    out.array(denials.denials().size());
    for (Denial denial : denials.denials()) {
      out.map(10);
      number("count", denial.count(), out);
      out.bulk("reason");
      out.bulk(
          switch (denial.reason()) {
            case NOT_AUTHENTICATED, WRONG_PASSWORD -> "auth";
            case COMMAND -> "command";
            case KEY -> "key";
          });
      out.bulk("context");
      out.bulk(denial.inTransaction() ? "multi" : "toplevel");
      out.bulk("object");
      out.bulk(denial.object());
      out.bulk("username");
      out.bulk(utf8(denial.user()));
      out.bulk("age-seconds");
      out.decimal(Math.max(0, denials.nowMillis() - denial.lastMillis()) / MILLIS);
      out.bulk("client-info");
      ConnectionInfo peer = denial.peer();
      out.bulk(peer == null ? "" : ClientCommands.description(peer));
      number("entry-id", denial.id(), out);
      number("timestamp-created", denial.firstMillis(), out);
      number("timestamp-last-updated", denial.lastMillis(), out);
    }
  }

  // ---- writing ----

  private static void number(String name, long number, RespWriter out) {
    out.bulk(name);
    out.integer(number);
  }

  private static void bulks(List<String> texts, RespWriter out) {
    out.array(texts.size());
    texts.forEach(text -> out.bulk(utf8(text)));
  }

  private static ByteBuffer utf8(String text) {
    return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
  }
}
