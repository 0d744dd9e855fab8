package io.speicher.dialect.resp;

import static java.util.Objects.requireNonNull;

import io.speicher.protocol.ClusterView;
import io.speicher.protocol.Reply;
import io.speicher.protocol.ServerStats;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.ObjLongConsumer;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * How the reply to a command is written: a function for each kind of reply that the command can
 * get. Errors are written alike for all commands.
 *
 * <p>What a command changes in the {@link io.speicher.dialect.Session} is changed here and not when
 * it is decoded: so the commands of a transaction do it in their turn, and a command can be decoded
 * again.
 */
final class Spelling {
  static final Spelling OK = done(RespWriter::ok);
  static final Spelling NONE = done(out -> {});
  static final Spelling ZERO = raw(":0\r\n");

  /** A value, or null. */
  static final Spelling VALUE = value(Spelling::bulk, RespWriter::nothing);

  static final Spelling COUNT = count(RespWriter::integer);

  /** Whether it was done. */
  static final Spelling FLAG = outcome(out -> out.integer(1), out -> out.integer(0));

  /** OK if it was done, else null. */
  static final Spelling OK_OR_NULL = outcome(RespWriter::ok, RespWriter::nothing);

  private static final String OUT_OF_MEMORY =
      "OOM command not allowed when used memory > 'maxmemory'.";

  private static final String NO_CLUSTER = "ERR This instance has cluster support disabled";

  // What is null is no reply to the command.
  private @Nullable Consumer<RespWriter> done;
  private @Nullable Consumer<RespWriter> miss;
  private @Nullable Consumer<RespWriter> exists;
  private @Nullable BiConsumer<Reply.Value, RespWriter> value;
  private @Nullable BiConsumer<Reply.Leasable, RespWriter> leasable;
  private @Nullable ObjLongConsumer<RespWriter> count;
  private @Nullable BiConsumer<Reply.Increased, RespWriter> increased;
  private @Nullable BiConsumer<Reply.Keys, RespWriter> keys;
  private @Nullable BiConsumer<ServerStats, RespWriter> stats;
  private @Nullable BiConsumer<Reply.Namespaces, RespWriter> namespaces;
  private @Nullable BiConsumer<ClusterView, RespWriter> cluster;
  private @Nullable BiConsumer<Reply.Users, RespWriter> users;
  private @Nullable BiConsumer<Reply.Permission, RespWriter> permission;
  private @Nullable BiConsumer<Reply.Denials, RespWriter> denials;

  private @Nullable BiConsumer<Reply.Inspected, RespWriter> inspected;

  private Spelling() {}

  // ---- one for each kind of command ----

  static Spelling done(Consumer<RespWriter> done) {
    Spelling spelling = new Spelling();
    spelling.done = done;
    return spelling;
  }

  /** One text where it was done. */
  static Spelling raw(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
    return done(out -> out.raw(bytes));
  }

  static Spelling error(String text) {
    return done(out -> out.error(text));
  }

  /** Lines, each an element. */
  static Spelling lines(List<String> lines) {
    return done(out -> {
      out.array(lines.size());
      lines.forEach(out::simple);
    });
  }

  /** One text if it was done, another if there is no such key, or one that should not be there. */
  static Spelling outcome(Consumer<RespWriter> done, Consumer<RespWriter> not) {
    return outcome(done, not, not);
  }

  static Spelling outcome(
      Consumer<RespWriter> done, Consumer<RespWriter> miss, Consumer<RespWriter> exists) {
    Spelling spelling = done(done);
    spelling.miss = miss;
    spelling.exists = exists;
    return spelling;
  }

  static Spelling miss(Consumer<RespWriter> miss) {
    Spelling spelling = new Spelling();
    spelling.miss = miss;
    return spelling;
  }

  static Spelling value(BiConsumer<Reply.Value, RespWriter> value, Consumer<RespWriter> miss) {
    Spelling spelling = miss(miss);
    spelling.value = value;
    return spelling;
  }

  /** A number that a value is asked for, or another one if there is no such key. */
  static Spelling number(ToLongFunction<Reply.Value> ofValue, long ofMiss) {
    return value(
        (value, out) -> out.integer(ofValue.applyAsLong(value)), out -> out.integer(ofMiss));
  }

  /** An item that may be leased: fresh, or as it is told, or absent and leased by somebody else. */
  static Spelling leasable(BiConsumer<Reply.Leasable, RespWriter> leasable) {
    Reply.Leasable nothing = new Reply.Leasable(null, Reply.Leasable.NONE, false);
    Spelling spelling =
        value(
            (value, out) ->
                leasable.accept(new Reply.Leasable(value, Reply.Leasable.NONE, false), out),
            out -> leasable.accept(nothing, out));
    spelling.leasable = leasable;
    return spelling;
  }

  static Spelling count(ObjLongConsumer<RespWriter> count) {
    Spelling spelling = new Spelling();
    spelling.count = count;
    return spelling;
  }

  static Spelling keys(BiConsumer<Reply.Keys, RespWriter> keys) {
    return keys(keys, null);
  }

  /** A number, or null if there is no such key. */
  static Spelling countOrNull() {
    Spelling spelling = miss(RespWriter::nothing);
    spelling.count = RespWriter::integer;
    return spelling;
  }

  static Spelling increased(BiConsumer<Reply.Increased, RespWriter> increased) {
    Spelling spelling = new Spelling();
    spelling.increased = increased;
    return spelling;
  }

  static Spelling keys(
      BiConsumer<Reply.Keys, RespWriter> keys, @Nullable Consumer<RespWriter> miss) {
    Spelling spelling = new Spelling();
    spelling.keys = keys;
    spelling.miss = miss;
    return spelling;
  }

  static Spelling stats(BiConsumer<ServerStats, RespWriter> stats) {
    Spelling spelling = new Spelling();
    spelling.stats = stats;
    return spelling;
  }

  static Spelling namespaces(BiConsumer<Reply.Namespaces, RespWriter> namespaces) {
    Spelling spelling = new Spelling();
    spelling.namespaces = namespaces;
    return spelling;
  }

  static Spelling cluster(BiConsumer<ClusterView, RespWriter> cluster) {
    Spelling spelling = new Spelling();
    spelling.cluster = cluster;
    return spelling;
  }

  static Spelling users(BiConsumer<Reply.Users, RespWriter> users, Consumer<RespWriter> miss) {
    Spelling spelling = miss(miss);
    spelling.users = users;
    return spelling;
  }

  static Spelling permission(
      BiConsumer<Reply.Permission, RespWriter> permission, Consumer<RespWriter> miss) {
    Spelling spelling = miss(miss);
    spelling.permission = permission;
    return spelling;
  }

  static Spelling denials(BiConsumer<Reply.Denials, RespWriter> denials) {
    Spelling spelling = new Spelling();
    spelling.denials = denials;
    return spelling;
  }

  static Spelling inspected(BiConsumer<Reply.Inspected, RespWriter> inspected) {
    Spelling spelling = new Spelling();
    spelling.inspected = inspected;
    return spelling;
  }

  private static void bulk(Reply.Value value, RespWriter out) {
    out.bulk(value.bytes());
  }

  // ---- writing ----

  /**
   * Writes the reply.
   *
   * @throws IllegalStateException if there is no such reply to this command: the server is wrong
   */
  void spell(Reply reply, RespWriter out) {
    switch (reply) {
      case Reply.Done _ -> possible(done, reply, out).accept(out);
      case Reply.Miss _ -> possible(miss, reply, out).accept(out);
      case Reply.Exists _ -> possible(exists, reply, out).accept(out);
      case Reply.Value item -> possible(value, reply, out).accept(item, out);
      case Reply.Leasable item -> possible(leasable, reply, out).accept(item, out);
      case Reply.Count number -> possible(count, reply, out).accept(out, number.number());
      case Reply.Increased sum -> possible(increased, reply, out).accept(sum, out);
      case Reply.Keys found -> possible(keys, reply, out).accept(found, out);
      case Reply.Stats all -> possible(stats, reply, out).accept(all.stats(), out);
      case Reply.Cluster one when one.view() == null -> out.error(NO_CLUSTER);
      case Reply.Cluster one ->
          possible(cluster, reply, out).accept(requireNonNull(one.view()), out);
      case Reply.Namespaces all -> possible(namespaces, reply, out).accept(all, out);
      case Reply.Users all -> possible(users, reply, out).accept(all, out);
      case Reply.Permission one -> possible(permission, reply, out).accept(one, out);
      case Reply.Denials all -> possible(denials, reply, out).accept(all, out);
      case Reply.Inspected all -> possible(inspected, reply, out).accept(all, out);
      case Reply.Leased _, Reply.Items _, Reply.Features _, Reply.Invalidated _ ->
          throw impossible(reply, out);
      case Reply.WrongValue wrong -> out.error(text(wrong));
      case Reply.Refused refused -> out.error(refused.message());
      case Reply.Denied denied -> out.error(text(denied, out));
      case Reply.Failed failed ->
          out.error(failed.outOfMemory() ? OUT_OF_MEMORY : "ERR " + failed.message());
      case Reply.TooManyConnections _ -> out.error("ERR max number of clients reached");
    }
  }

  private static <T> T possible(@Nullable T function, Reply reply, RespWriter out) {
    if (function == null) {
      throw impossible(reply, out);
    }
    return function;
  }

  private static IllegalStateException impossible(Reply reply, RespWriter out) {
    return new IllegalStateException(
        "no such reply to this command: command="
            + out.command()
            + " reply="
            + reply.getClass().getSimpleName());
  }

  static String text(Reply.Denied denied, RespWriter out) {
    return switch (denied) {
      case NOT_AUTHENTICATED -> RefusedException.NOT_AUTHENTICATED;
      case WRONG_PASSWORD -> RefusedException.WRONG_PASSWORD;
      case COMMAND -> "NOPERM " + noCommand(out.user(), out.command());
      case KEY -> "NOPERM No permissions to access a key";
    };
  }

  static String noCommand(String user, String command) {
    return "User " + user + " has no permissions to run the '" + command + "' command";
  }

  private static String text(Reply.WrongValue wrong) {
    return switch (wrong) {
      case NOT_AN_INTEGER -> RefusedException.NOT_AN_INTEGER;
      case OVERFLOW -> "ERR increment or decrement would overflow";
      case NOT_A_DECIMAL -> StringCommands.NOT_A_FLOAT;
      case NOT_FINITE -> StringCommands.NOT_FINITE;
      case TOO_LONG -> StringCommands.TOO_LONG;
    };
  }
}
