package io.speicher.dialect.resp;

import io.speicher.dialect.Session;
import io.speicher.dialect.User;
import io.speicher.dialect.resp.CommandSpec.Keys;
import io.speicher.protocol.Command;
import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Commands on the connection that they come on. */
final class ConnectionCommands {
  private static final CommandSpec.Group CONNECTION = new CommandSpec.Group("connection");
  private static final String EARLY = "noscript loading stale fast no_auth allow_busy";

  private static final String NO_PASSWORD =
      "ERR AUTH <password> called without any password configured for the default user. Are you"
          + " sure your configuration is correct?";
  private static final String HELLO_FIRST =
      "NOAUTH HELLO must be called with the client already authenticated, otherwise the HELLO"
          + " <proto> AUTH <user> <pass> option can be used to authenticate the client and select"
          + " the RESP protocol version at the same time";
  private static final String BAD_NAME =
      "ERR Client names cannot contain spaces, newlines or special characters.";

  /** A name is kept on the heap for as long as the connection lasts, and a connection has three. */
  private static final int MAX_NAME_BYTES = 256;

  private static final Spelling PONG = Spelling.raw("+PONG\r\n");

  static final List<CommandSpec> ALL =
      List.of(
          CONNECTION.command(
              "ping [message]",
              -1,
              "fast " + PubSubCommands.SUBSCRIBED,
              Keys.NONE,
              "1.0.0",
              "O(1)",
              "Tells that the server is alive.",
              ConnectionCommands::ping),
          CONNECTION.command(
              "echo message",
              2,
              "loading stale fast",
              Keys.NONE,
              "1.0.0",
              "O(1)",
              "Gives back what it is given.",
              r -> echo(r, 1)),
          CONNECTION.command(
              "hello [protover [AUTH username password] [SETNAME clientname]]",
              -1,
              EARLY,
              Keys.NONE,
              "6.0.0",
              "O(1)",
              "Agrees on a version of the protocol.",
              ConnectionCommands::hello),
          CONNECTION.command(
              "auth [username] password",
              -2,
              EARLY,
              Keys.NONE,
              "1.0.0",
              "O(1)",
              "Tells who the client is.",
              ConnectionCommands::authenticate),
          CONNECTION.command(
              "select index",
              2,
              "loading stale fast",
              Keys.NONE,
              "1.0.0",
              "O(1)",
              "Chooses a database.",
              ConnectionCommands::select),
          CONNECTION.command(
              "quit",
              -1,
              EARLY + " " + TransactionCommands.IMMEDIATE + " " + PubSubCommands.SUBSCRIBED,
              Keys.NONE,
              "1.0.0",
              "O(1)",
              "Ends the connection.",
              r -> r.answer(new Command.Quit(), Spelling.OK)),
          CONNECTION.command(
              "reset",
              1,
              EARLY + " " + TransactionCommands.IMMEDIATE + " " + PubSubCommands.SUBSCRIBED,
              Keys.NONE,
              "6.2.0",
              "O(1)",
              "Makes the connection as if it were new.",
              ConnectionCommands::reset),
          ClientCommands.CLIENT);

  private ConnectionCommands() {}

  private static Command ping(Request request) {
    Session session = request.session();
    if (session.isSubscribed() && !session.speaksResp3() && request.count() <= 2) {
      ByteBuffer message = request.count() == 2 ? request.bytes(1) : ByteBuffer.allocate(0);
      return request.answer(
          Spelling.done(out -> {
            out.array(2);
            out.bulk("pong");
            out.bulk(message);
          }));
    }
    return switch (request.count()) {
      case 1 -> request.answer(PONG);
      case 2 -> echo(request, 1);
      default -> throw request.wrongCount("ping");
    };
  }

  private static Command echo(Request request, int index) {
    ByteBuffer bytes = request.bytes(index);
    return request.answer(Spelling.done(out -> out.bulk(bytes)));
  }

  private static Command select(Request request) {
    int database = request.database(1, RefusedException.NOT_AN_INTEGER);
    Session session = request.session();
    return request.answer(
        Spelling.done(out -> {
          session.database(database);
          out.ok();
        }));
  }

  private static Command reset(Request request) {
    Session session = request.session();
    return request.answer(
        new Command.Unwatch(),
        Spelling.done(out -> {
          session.reset();
          out.simple("RESET");
        }));
  }

  // ---- who the client is ----

  private static Command authenticate(Request request) {
    if (request.count() > 3) {
      throw RefusedException.syntax();
    }
    if (request.count() == 3) {
      return request.answer(authentication(request, 1), Spelling.OK);
    }
    if (!request.session().firstUser().equals(User.NOBODY)) {
      throw new RefusedException(NO_PASSWORD);
    }
    return request.answer(
        authentication(request, Command.Auth.DEFAULT_USER, request.bytes(1)), Spelling.OK);
  }

  /** Who the client says it is, in two words. */
  private static Command authentication(Request request, int index) {
    return authentication(request, request.string(index), request.bytes(index + 1));
  }

  /** It takes its time, and a transaction has none. */
  private static Command authentication(Request request, String user, ByteBuffer password) {
    if (request.session().queued() != null) {
      throw new RefusedException("ERR Command not allowed inside a transaction");
    }
    return new Command.Auth(user, password);
  }

  private static Command hello(Request request) {
    Session session = request.session();
    boolean resp3 = session.speaksResp3();
    String name = null;
    Command command = new Command.Ping();
    if (request.count() > 1) {
      long version = request.integer(1, "ERR Protocol version is not an integer or out of range");
      if (version < 2 || version > 3) {
        throw new RefusedException("NOPROTO unsupported protocol version");
      }
      resp3 = version == 3;
    }
    for (int i = 2; i < request.count(); i++) {
      int following = request.count() - i - 1;
      if (request.is(i, "auth") && following >= 2) {
        command = authentication(request, i + 1);
        i += 2;
      } else if (request.is(i, "setname") && following >= 1) {
        name = name(request, ++i);
      } else {
        throw new RefusedException("ERR Syntax error in HELLO option '" + request.echo(i) + "'");
      }
    }
    if (session.needsAuthentication() && command instanceof Command.Ping) {
      throw new RefusedException(HELLO_FIRST);
    }
    return request.answer(command, greeting(session, resp3, name));
  }

  private static Spelling greeting(Session session, boolean resp3, @Nullable String name) {
    return Spelling.done(out -> {
      session.speakResp3(resp3);
      if (name != null) {
        session.name(name);
      }
      out.map(7);
      out.bulk("server");
      out.bulk("redis");
      out.bulk("version");
      out.bulk(InfoText.REDIS_VERSION);
      out.bulk("proto");
      out.integer(resp3 ? 3 : 2);
      out.bulk("id");
      out.integer(session.id());
      out.bulk("mode");
      out.bulk("standalone");
      out.bulk("role");
      out.bulk("master");
      out.bulk("modules");
      out.array(0);
    });
  }

  /** A name that a client gives itself: printable and without spaces, so that lists stay lists. */
  static String name(Request request, int index) {
    String name = shortString(request, index);
    if (!isPlain(name)) {
      throw new RefusedException(BAD_NAME);
    }
    return name;
  }

  /** What a client says of itself, which is kept as long as its connection lasts. */
  static String shortString(Request request, int index) {
    if (request.length(index) > MAX_NAME_BYTES) {
      throw new RefusedException(
          "ERR Client names and library names cannot be longer than " + MAX_NAME_BYTES + " bytes.");
    }
    return request.string(index);
  }

  static boolean isPlain(String text) {
    return text.chars().allMatch(c -> c >= '!' && c <= '~');
  }
}
