package io.speicher.dialect.resp;

import io.speicher.dialect.Session;
import io.speicher.dialect.resp.CommandSpec.Keys;
import io.speicher.protocol.Command;
import java.util.List;
import java.util.Locale;

/**
 * SUBSCRIBE and UNSUBSCRIBE, for the one channel that there is: that of invalidations, by which a
 * client that speaks RESP2 is told of changes.
 */
final class PubSubCommands {
  /** A flag of commands that a subscribed client may send in RESP2, beside those here. */
  static final String SUBSCRIBED = "+subscribed";

  private static final CommandSpec.Group PUBSUB = new CommandSpec.Group("pubsub");
  private static final String FLAGS =
      "pubsub noscript loading stale no_multi @pubsub " + SUBSCRIBED;

  static final List<CommandSpec> ALL =
      List.of(
          PUBSUB.command(
              "subscribe channel [channel ...]",
              -2,
              FLAGS,
              Keys.NONE,
              "2.0.0",
              "O(1)",
              "Listens to the channel of invalidations.",
              PubSubCommands::subscribe),
          PUBSUB.command(
              "unsubscribe [channel [channel ...]]",
              -1,
              FLAGS,
              Keys.NONE,
              "2.0.0",
              "O(1)",
              "Listens to the channel of invalidations no more.",
              PubSubCommands::unsubscribe));

  private PubSubCommands() {}

  private static Command subscribe(Request request) {
    requireChannels(request);
    Session session = request.session();
    int times = request.count() - 1;
    return request.answer(
        new Command.Subscribe(),
        Spelling.done(out -> {
          session.subscribed(true);
          for (int i = 0; i < times; i++) {
            tell("subscribe", 1, out);
          }
        }));
  }

  private static Command unsubscribe(Request request) {
    requireChannels(request);
    Session session = request.session();
    return request.answer(
        Spelling.done(out -> {
          session.subscribed(false);
          tell("unsubscribe", 0, out);
        }));
  }

  private static void requireChannels(Request request) {
    for (int i = 1; i < request.count(); i++) {
      if (!request.string(i).equals(InvalidationMessages.CHANNEL)) {
        throw new RefusedException(
            "ERR there is no publish/subscribe here but for the channel "
                + InvalidationMessages.CHANNEL);
      }
    }
  }

  private static void tell(String what, int channels, RespWriter out) {
    out.push(3);
    out.bulk(what);
    out.bulk(InvalidationMessages.CHANNEL);
    out.integer(channels);
  }

  /** In RESP2 a client that has subscribed could not tell replies from messages. */
  static RefusedException refused(String command) {
    return new RefusedException(
        "ERR Can't execute '"
            + command.toLowerCase(Locale.ROOT)
            + "': only (P|S)SUBSCRIBE / (P|S)UNSUBSCRIBE / PING / QUIT / RESET are allowed in this"
            + " context");
  }
}
