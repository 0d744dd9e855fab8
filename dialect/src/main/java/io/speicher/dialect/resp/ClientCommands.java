package io.speicher.dialect.resp;

import io.speicher.dialect.Session;
import io.speicher.dialect.Session.Replies;
import io.speicher.dialect.resp.CommandSpec.Keys;
import io.speicher.protocol.Command;
import io.speicher.protocol.ConnectionFilter;
import io.speicher.protocol.ConnectionFilter.Self;
import io.speicher.protocol.ConnectionInfo;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** CLIENT and its subcommands. */
final class ClientCommands {
  private static final CommandSpec.Group CONNECTION = new CommandSpec.Group("connection");
  private static final String PLAIN = "noscript loading stale";
  private static final String ADMIN = "admin noscript loading stale";
  private static final String OF_ALL = ADMIN + " " + TransactionCommands.LONG;

  private static final long MAX_AGE_SECONDS = Long.MAX_VALUE / 1_000;

  /** The types that Redis has; all clients are normal here. */
  private static final Set<String> TYPES = Set.of("normal", "master", "replica", "slave", "pubsub");

  private static final Spelling LIST =
      Spelling.value((text, out) -> out.verbatim(text.bytes()), RespWriter::nothing);

  static final CommandSpec CLIENT =
      CONNECTION.container(
          "client",
          "2.4.0",
          "Asks about connections, and changes them.",
          client("id", 2, PLAIN, "5.0.0", "Tells the id of the connection.", ClientCommands::id),
          client(
              "getname",
              2,
              PLAIN,
              "2.6.9",
              "Tells the name of the connection.",
              ClientCommands::getName),
          client(
              "setname name",
              3,
              PLAIN,
              "2.6.9",
              "Gives the connection a name.",
              ClientCommands::setName),
          client(
              "setinfo <LIB-NAME name | LIB-VER version>",
              4,
              PLAIN,
              "7.2.0",
              "Says which library the client uses.",
              ClientCommands::setInfo),
          client(
              "info",
              2,
              PLAIN,
              "6.2.0",
              "Describes the connection.",
              r -> list(r, ConnectionFilter.SELF)),
          client(
              "list [TYPE <NORMAL | MASTER | REPLICA | PUBSUB>] [ID client-id "
                  + "[client-id ...]]",
              -2,
              OF_ALL,
              "2.4.0",
              "Describes all connections.",
              ClientCommands::list),
          client(
              "kill <address | ID client-id | TYPE <NORMAL | MASTER | REPLICA | "
                  + "PUBSUB> | USER username | ADDR address | LADDR address | SKIPME <YES | "
                  + "NO> | MAXAGE seconds>",
              -3,
              OF_ALL,
              "2.4.0",
              "Closes connections.",
              ClientCommands::kill),
          client(
              "no-evict <ON | OFF>",
              3,
              ADMIN,
              "7.0.0",
              "Does nothing: no client is evicted here.",
              ClientCommands::noEvict),
          client(
              "capa capability [capability ...]",
              -3,
              PLAIN,
              "8.0.0",
              "Says what the client can do: nothing follows from it here.",
              r -> r.answer(Spelling.OK)),
          client(
              "no-touch <ON | OFF>",
              3,
              PLAIN,
              "7.2.0",
              "Says whether reads count as a use of the item.",
              ClientCommands::noTouch),
          client(
              "tracking <ON | OFF> [REDIRECT client-id] [PREFIX prefix [PREFIX prefix ...]]"
                  + " [BCAST] [OPTIN] [OPTOUT] [NOLOOP]",
              -3,
              PLAIN,
              "6.0.0",
              "Says whether the client is told of changes of keys that it has read.",
              TrackingCommands::track),
          client(
              "caching <YES | NO>",
              3,
              PLAIN,
              "6.0.0",
              "Says whether the client keeps what its next command reads.",
              TrackingCommands::caching),
          client(
              "trackinginfo",
              2,
              PLAIN,
              "6.2.0",
              "Tells what the client is told of.",
              TrackingCommands::info),
          client(
              "getredir",
              2,
              PLAIN,
              "6.0.0",
              "Tells which client is told instead.",
              TrackingCommands::redirect),
          client(
              "reply <ON | OFF | SKIP>",
              3,
              PLAIN,
              "3.2.0",
              "Says which commands are answered.",
              ClientCommands::reply));

  private ClientCommands() {}

  private static CommandSpec client(
      String name,
      int arity,
      String flags,
      String since,
      String summary,
      CommandSpec.Parser parser) {
    return CONNECTION.command(
        "client|" + name, arity, flags, Keys.NONE, since, "O(1)", summary, parser);
  }

  // ---- names ----

  private static Command id(Request request) {
    Session session = request.session();
    return request.answer(Spelling.done(out -> out.integer(session.id())));
  }

  private static Command getName(Request request) {
    Session session = request.session();
    return request.answer(
        Spelling.done(out -> {
          if (session.names().name().isEmpty()) {
            out.nothing();
          } else {
            out.bulk(session.names().name());
          }
        }));
  }

  private static Command setName(Request request) {
    Session session = request.session();
    String name = ConnectionCommands.name(request, 2);
    return changing(request, () -> session.name(name));
  }

  private static Command setInfo(Request request) {
    String what = request.string(2).toLowerCase(Locale.ROOT);
    String text = ConnectionCommands.shortString(request, 3);
    if (!what.equals("lib-name") && !what.equals("lib-ver")) {
      throw new RefusedException("ERR Unrecognized option '" + request.string(2) + "'");
    }
    if (!ConnectionCommands.isPlain(text)) {
      throw new RefusedException(
          "ERR " + what + " cannot contain spaces, newlines or special characters.");
    }
    Session session = request.session();
    return changing(
        request,
        what.equals("lib-name") ? () -> session.library(text) : () -> session.libraryVersion(text));
  }

  /** Answers OK once the session is changed. */
  private static Command changing(Request request, Runnable change) {
    return request.answer(
        Spelling.done(out -> {
          change.run();
          out.ok();
        }));
  }

  // ---- what the connection is like ----

  private static boolean isOn(Request request) {
    if (!request.is(2, "on") && !request.is(2, "off")) {
      throw RefusedException.syntax();
    }
    return request.is(2, "on");
  }

  private static Command noEvict(Request request) {
    isOn(request);
    return request.answer(Spelling.OK);
  }

  private static Command noTouch(Request request) {
    Session session = request.session();
    boolean touches = !isOn(request);
    return changing(request, () -> session.touches(touches));
  }

  private static Command reply(Request request) {
    Session session = request.session();
    if (!request.is(2, "on") && !request.is(2, "off") && !request.is(2, "skip")) {
      throw RefusedException.syntax();
    }
    if (request.is(2, "on")) {
      return changing(request, () -> session.replies(Replies.ON));
    }
    boolean skips = request.is(2, "skip");
    return request.answer( // Neither is answered itself.
        Spelling.done(out -> {
          if (!skips) {
            session.replies(Replies.OFF);
          } else if (session.replies() != Replies.OFF) {
            session.replies(Replies.SKIP_NEXT);
          }
        }));
  }

  // ---- others ----

  private static Command list(Request request) {
    Set<Long> ids = null;
    if (request.count() == 4 && request.is(2, "type")) {
      ids = type(request, 3) ? null : Set.of();
    } else if (request.count() >= 4 && request.is(2, "id")) {
      ids = new HashSet<>();
      for (int i = 3; i < request.count(); i++) {
        ids.add(request.integer(i, "ERR Invalid client ID"));
      }
    } else if (request.count() != 2) {
      throw RefusedException.syntax();
    }
    return list(request, filter(ids));
  }

  private static Command list(Request request, ConnectionFilter filter) {
    return request.answer(new Command.ListConnections(filter, ClientCommands::describe), LIST);
  }

  private static ConnectionFilter filter(@Nullable Set<Long> ids) {
    return new ConnectionFilter(ids, null, null, null, 0, Self.INCLUDED);
  }

  /** Whether that is the type that all have. */
  private static boolean type(Request request, int index) {
    String type = request.string(index).toLowerCase(Locale.ROOT);
    if (!TYPES.contains(type)) {
      throw new RefusedException("ERR Unknown client type '" + request.string(index) + "'");
    }
    return type.equals("normal");
  }

  private static Command kill(Request request) {
    if (request.count() == 3) {
      ConnectionFilter peer =
          new ConnectionFilter(null, request.string(2), null, null, 0, Self.INCLUDED);
      return request.answer(
          new Command.CloseConnections(peer),
          Spelling.count((out, closed) -> {
            if (closed == 0) {
              out.error("ERR No such client");
            } else {
              out.ok();
            }
          }));
    }
    return request.answer(new Command.CloseConnections(killed(request)), Spelling.COUNT);
  }

  private static ConnectionFilter killed(Request request) {
    if (request.count() % 2 != 0) {
      throw RefusedException.syntax();
    }
    ConnectionFilter filter = new ConnectionFilter(null, null, null, null, 0, Self.EXCLUDED);
    for (int i = 2; i < request.count(); i += 2) {
      filter = narrowed(filter, request, i);
    }
    return filter;
  }

  private static ConnectionFilter narrowed(ConnectionFilter filter, Request request, int index) {
    Set<Long> ids = filter.ids();
    String peer = filter.peer();
    String local = filter.local();
    String user = filter.user();
    long minAgeMillis = filter.minAgeMillis();
    Self self = filter.self();
    int value = index + 1;
    if (request.is(index, "id")) {
      ids = Set.of(positive(request, value, "client-id"));
    } else if (request.is(index, "type")) {
      ids = type(request, value) ? ids : Set.of();
    } else if (request.is(index, "addr")) {
      peer = request.string(value);
    } else if (request.is(index, "laddr")) {
      local = request.string(value);
    } else if (request.is(index, "user")) {
      user = request.text(value);
    } else if (request.is(index, "maxage")) {
      minAgeMillis = 1_000 * Math.min(positive(request, value, "maxage"), MAX_AGE_SECONDS);
    } else if (request.is(index, "skipme")) {
      self = skipsSelf(request, value) ? Self.EXCLUDED : Self.INCLUDED;
    } else {
      throw RefusedException.syntax();
    }
    return new ConnectionFilter(ids, peer, local, user, minAgeMillis, self);
  }

  private static long positive(Request request, int index, String what) {
    String error = "ERR " + what + " should be greater than 0";
    long number = request.integer(index, error);
    if (number < 1) {
      throw new RefusedException(error);
    }
    return number;
  }

  private static boolean skipsSelf(Request request, int index) {
    if (!request.is(index, "yes") && !request.is(index, "no")) {
      throw RefusedException.syntax();
    }
    return request.is(index, "yes");
  }

  /**
   * The fields that Redis 7.2 tells, in its order, since some clients want them all. What has no
   * counterpart here is zero.
   */
  private static String describe(ConnectionInfo connection) {
    return description(connection) + '\n';
  }

  static String description(ConnectionInfo connection) {
    boolean isQueuing = connection.queuedCommands() >= 0;
    String flags =
        (isQueuing ? "x" : "")
            + (connection.socketFile() ? "U" : "")
            + (connection.touches() ? "" : "T");
    return "id="
        + connection.id()
        + " addr="
        + connection.peer()
        + " laddr="
        + connection.local()
        + " fd=-1 name=" // What is a number of the system's there, nobody has to know.
        + connection.name()
        + " age="
        + (connection.ageMillis() / 1_000)
        + " idle="
        + (connection.idleMillis() / 1_000)
        + " flags="
        + (flags.isEmpty() ? "N" : flags)
        + " db="
        + connection.database()
        + " sub=0 psub=0 ssub=0 multi="
        + connection.queuedCommands()
        + " qbuf="
        + connection.receivedBytes()
        + " qbuf-free=0 argv-mem=0 multi-mem="
        + connection.queuedBytes()
        + " rbs=0 rbp=0 obl=0 oll=0 omem="
        + connection.unsentBytes()
        + " tot-mem="
        + connection.heldBytes()
        + " events="
        + (connection.unsentBytes() > 0 ? "rw" : "r")
        + " cmd="
        + (connection.lastCommand().isEmpty() ? "NULL" : connection.lastCommand())
        + " user="
        + connection.user()
        + " redir=-1 resp="
        + (connection.resp3() ? 3 : 2)
        + " lib-name="
        + connection.library()
        + " lib-ver="
        + connection.libraryVersion();
  }
}
