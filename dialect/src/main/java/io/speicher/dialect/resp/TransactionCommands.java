package io.speicher.dialect.resp;

import io.speicher.dialect.MemoryShortageException;
import io.speicher.dialect.QueuedCommands;
import io.speicher.dialect.Session;
import io.speicher.dialect.WatchedKeys;
import io.speicher.dialect.resp.CommandSpec.Keys;
import io.speicher.protocol.Command;
import io.speicher.protocol.Reply;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Consumer;

/** Commands that put others together. */
final class TransactionCommands {
  /** So many are one moment for everybody: the longest that others wait for a transaction. */
  static final int MAX_COMMANDS = 1 << 16;

  /** The same for commands of many keys. */
  static final int MAX_WORDS = 1 << 20;

  /** The same for commands that go through all keys or connections, slices of it otherwise. */
  static final int MAX_LONG_COMMANDS = 16;

  /** They are looked at when they are watched, and again at one moment with the transaction. */
  static final int MAX_WATCHED_KEYS = 1 << 13;

  /** A flag of ours: such a command is never queued. */
  static final String IMMEDIATE = "!immediate";

  /** A flag of ours: such a command goes through all keys or connections. */
  static final String LONG = "!long";

  /** What a transaction answers whose watched keys have changed. */
  static final Spelling NOTHING_DONE = Spelling.miss(RespWriter::noArray);

  private static final byte[] QUEUED = "+QUEUED\r\n".getBytes(StandardCharsets.US_ASCII);
  private static final String ABORTED = "EXECABORT Transaction discarded because of";

  private static final String DENIED_NOW =
      "NOPERM ACLs rules changed between the moment the transaction was accumulated and the EXEC"
          + " call. This command is no longer allowed for the following reason: ";

  private static final CommandSpec.Group TRANSACTIONS = new CommandSpec.Group("transactions");
  private static final String FLAGS = "noscript loading stale fast allow_busy " + IMMEDIATE;

  static final List<CommandSpec> ALL =
      List.of(
          TRANSACTIONS.command(
              "multi",
              1,
              FLAGS,
              Keys.NONE,
              "1.2.0",
              "O(1)",
              "Begins a transaction.",
              TransactionCommands::multi),
          TRANSACTIONS.command(
              "exec",
              1,
              "noscript loading stale skip_slowlog " + IMMEDIATE,
              Keys.NONE,
              "1.2.0",
              "What its commands take",
              "Executes the transaction.",
              r -> {
                throw new RefusedException("ERR EXEC without MULTI");
              }),
          TRANSACTIONS.command(
              "discard",
              1,
              FLAGS,
              Keys.NONE,
              "2.0.0",
              "O(N), N commands",
              "Forgets the transaction.",
              TransactionCommands::discard),
          TRANSACTIONS.command(
              "watch key [key ...]",
              -2,
              FLAGS,
              Keys.ALL,
              "2.2.0",
              "O(N), N keys",
              "Lets the next transaction do nothing if one of the keys changes before it.",
              TransactionCommands::watch),
          TRANSACTIONS.command(
              "unwatch",
              1,
              "noscript loading stale fast allow_busy",
              Keys.NONE,
              "2.2.0",
              "O(1)",
              "Forgets what is watched.",
              r -> r.answer(new Command.Unwatch(), Spelling.OK)));

  private TransactionCommands() {}

  static boolean isExec(Arguments arguments) {
    return arguments.is(0, "exec");
  }

  /** What EXEC answers if a queued command was wrong; that ends the transaction. */
  static Spelling aborted(Session session) {
    return ending(session, out -> out.error(ABORTED + " previous errors."));
  }

  /** What EXEC answers if it is wrong itself; that ends the transaction as well. */
  static Spelling aborted(String reason, Session session) {
    String why = reason.startsWith("ERR ") ? reason.substring(4) : reason;
    return ending(session, out -> out.error(aborted(why)));
  }

  static String aborted(String why) {
    return ABORTED + ": " + why;
  }

  /** Why a command cannot be executed any more that could be when it was queued. */
  static String denied(Reply.Denied denied) {
    return DENIED_NOW
        + (denied == Reply.Denied.KEY
            ? "no permission to touch the specified keys"
            : "no permission to execute the command or subcommand");
  }

  private static Spelling ending(Session session, Consumer<RespWriter> answer) {
    return Spelling.done(out -> {
      session.dropQueued();
      answer.accept(out);
    });
  }

  /**
   * Copies a command to the end of a transaction, unless that has failed already, or the peer may
   * not do it.
   */
  static Command queue(CommandSpec spec, Request request, QueuedCommands queued) {
    Arguments arguments = request.arguments();
    Command command =
        request.session().user().rights().areAll()
            ? new Command.Ping()
            : new Command.Check(request.parse(spec, arguments));
    if (queued.hasFailed()) {
      return request.answer(command, Spelling.done(out -> out.raw(QUEUED)));
    }
    requireWithin("commands", queued.count() + 1L, MAX_COMMANDS);
    int longCommands = queued.longCommands() + (spec.has(LONG) ? 1 : 0);
    requireWithin("commands that go through all keys or clients", longCommands, MAX_LONG_COMMANDS);
    requireWithin("words", (long) queued.words() + arguments.count(), MAX_WORDS);
    long bytes = arguments.copyBytes();
    requireWithin("bytes", queued.bytes().writerIndex() + bytes, request.limits().maxFrameBytes());
    return request.answer(
        command,
        Spelling.done(out -> {
          try {
            arguments.writeTo(queued.add(spec.has(LONG), arguments.count(), (int) bytes));
            out.raw(QUEUED);
          } catch (MemoryShortageException e) {
            if (!request.session().share().hasReserve()) {
              throw e; // It is queued again when there is memory.
            }
            queued.fail();
            out.error("ERR " + e.getMessage());
          }
        }));
  }

  private static void requireWithin(String what, long number, int max) {
    if (number > max) {
      throw new RefusedException(
          "ERR transaction too long: " + what + "=" + number + " (expected: up to " + max + ")");
    }
  }

  private static Command multi(Request request) {
    Session session = request.session();
    if (session.queued() != null) {
      return wrongButHarmless("ERR MULTI calls can not be nested");
    }
    return request.answer(
        Spelling.done(out -> {
          session.queue(new QueuedCommands(session.share()));
          out.ok();
        }));
  }

  private static Command discard(Request request) {
    Session session = request.session();
    if (session.queued() == null) {
      throw new RefusedException("ERR DISCARD without MULTI");
    }
    return request.answer(new Command.Unwatch(), ending(session, RespWriter::ok));
  }

  private static Command watch(Request request) {
    if (request.session().queued() != null) {
      return wrongButHarmless("ERR WATCH inside MULTI is not allowed");
    }
    WatchedKeys watched = request.session().watched();
    int keys = request.count() - 1 + (watched == null ? 0 : watched.count());
    if (keys > MAX_WATCHED_KEYS) {
      throw new RefusedException(
          "ERR too many watched keys: keys="
              + keys
              + " (expected: up to "
              + MAX_WATCHED_KEYS
              + "); see UNWATCH");
    }
    return request.answer(new Command.Watch(request.keys(1)), Spelling.OK);
  }

  /** An error after which the transaction can still be executed. */
  private static Command wrongButHarmless(String text) {
    return new Command.Malformed(text);
  }
}
