package io.speicher.dialect.resp;

import io.speicher.dialect.Session;
import io.speicher.dialect.Tracker;
import io.speicher.protocol.Command;
import io.speicher.protocol.TrackingOptions;
import io.speicher.protocol.TrackingOptions.Choice;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * CLIENT TRACKING, CACHING, TRACKINGINFO and GETREDIR, with the errors of Redis 7.2.
 *
 * <p>Source: the pages of these commands, and "Client-side caching", in the documentation of Redis
 * 7.2.
 */
final class TrackingCommands {
  private static final int NOT_TRACKING = -1;

  private TrackingCommands() {}

  // ---- TRACKING ----

  static Command track(Request request) {
    boolean isOn = request.is(2, "on");
    if (!isOn && !request.is(2, "off")) {
      throw RefusedException.syntax();
    }
    TrackingOptions options = options(request);
    if (!isOn) {
      return request.answer(new Command.Untrack(), Spelling.OK);
    }
    Tracker tracker = request.session().tracker();
    TrackingOptions all = tracker == null ? options : joined(tracker.options(), options);
    requireApart(all.prefixes());
    return request.answer(
        new Command.Track(all),
        Spelling.outcome(
            RespWriter::ok,
            out -> out.error("ERR The client ID you want redirect to does not exist")));
  }

  private static TrackingOptions options(Request request) {
    long redirect = TrackingOptions.NO_REDIRECT;
    List<ByteBuffer> prefixes = new ArrayList<>();
    boolean broadcasts = false;
    boolean optsIn = false;
    boolean optsOut = false;
    boolean noLoop = false;
    for (int i = 3; i < request.count(); i++) {
      boolean hasNext = i + 1 < request.count();
      if (request.is(i, "redirect") && hasNext) {
        if (redirect != TrackingOptions.NO_REDIRECT) {
          throw new RefusedException("ERR A client can only redirect to a single other client");
        }
        redirect = request.integer(++i);
      } else if (request.is(i, "prefix") && hasNext) {
        prefixes.add(prefix(request, ++i));
      } else if (request.is(i, "bcast")) {
        broadcasts = true;
      } else if (request.is(i, "optin")) {
        optsIn = true;
      } else if (request.is(i, "optout")) {
        optsOut = true;
      } else if (request.is(i, "noloop")) {
        noLoop = true;
      } else {
        throw RefusedException.syntax();
      }
    }
    if (!broadcasts && !prefixes.isEmpty()) {
      throw new RefusedException("ERR PREFIX option requires BCAST mode to be enabled");
    }
    if (broadcasts && (optsIn || optsOut)) {
      throw new RefusedException("ERR OPTIN and OPTOUT are not compatible with BCAST");
    }
    if (optsIn && optsOut) {
      throw new RefusedException("ERR You can't specify both OPTIN mode and OPTOUT mode");
    }
    Choice choice = optsIn ? Choice.OPT_IN : optsOut ? Choice.OPT_OUT : Choice.ALL;
    return new TrackingOptions(broadcasts, prefixes, choice, noLoop, redirect);
  }

  private static ByteBuffer prefix(Request request, int index) {
    ByteBuffer bytes = request.bytes(index);
    if (bytes.remaining() > TrackingOptions.MAX_PREFIX_BYTES) {
      throw new RefusedException(
          "ERR prefix too long: bytes="
              + bytes.remaining()
              + " (expected: up to "
              + TrackingOptions.MAX_PREFIX_BYTES
              + ")");
    }
    return ByteBuffer.allocate(bytes.remaining()).put(bytes.duplicate()).flip();
  }

  /** What is said to who tracks already adds prefixes, and changes the rest. */
  private static TrackingOptions joined(TrackingOptions present, TrackingOptions said) {
    if (present.broadcasts() != said.broadcasts()) {
      throw new RefusedException(
          "ERR You can't switch BCAST mode on/off before disabling tracking for this client, and"
              + " then re-enabling it with a different mode.");
    }
    boolean isOther = said.choice() != Choice.ALL && present.choice() != Choice.ALL;
    if (isOther && said.choice() != present.choice()) {
      throw new RefusedException(
          "ERR You can't switch OPTIN/OPTOUT mode before disabling tracking for this client, and"
              + " then re-enabling it with a different mode.");
    }
    List<ByteBuffer> prefixes = new ArrayList<>(present.prefixes());
    prefixes.addAll(said.prefixes());
    return new TrackingOptions(
        said.broadcasts(), prefixes, said.choice(), said.noLoop(), said.redirect());
  }

  private static void requireApart(List<ByteBuffer> prefixes) {
    if (prefixes.size() > TrackingOptions.MAX_PREFIXES) {
      throw new RefusedException(
          "ERR too many prefixes: prefixes="
              + prefixes.size()
              + " (expected: up to "
              + TrackingOptions.MAX_PREFIXES
              + ")");
    }
    for (int i = 0; i < prefixes.size(); i++) {
      for (int j = 0; j < i; j++) {
        int common = Math.min(prefixes.get(i).remaining(), prefixes.get(j).remaining());
        if (prefixes.get(i).slice(0, common).equals(prefixes.get(j).slice(0, common))) {
          throw new RefusedException(
              "ERR a prefix overlaps with another one. Prefixes for a single client must not"
                  + " overlap.");
        }
      }
    }
  }

  // ---- CACHING ----

  static Command caching(Request request) {
    boolean isYes = request.is(2, "yes");
    if (!isYes && !request.is(2, "no")) {
      throw RefusedException.syntax();
    }
    Session session = request.session();
    Choice choice = session.tracker() == null ? Choice.ALL : session.tracker().options().choice();
    if (choice == Choice.ALL) {
      throw new RefusedException(
          "ERR CLIENT CACHING can be called only when the client is in tracking mode with OPTIN or"
              + " OPTOUT mode enabled");
    }
    if (isYes != (choice == Choice.OPT_IN)) {
      throw new RefusedException(
          isYes
              ? "ERR CLIENT CACHING YES is only valid when tracking is enabled in OPTIN mode."
              : "ERR CLIENT CACHING NO is only valid when tracking is enabled in OPTOUT mode.");
    }
    return request.answer(
        Spelling.done(out -> {
          session.cachingSaid();
          out.ok();
        }));
  }

  // ---- what there is ----

  static Command redirect(Request request) {
    Session session = request.session();
    return request.answer(Spelling.done(out -> out.integer(redirect(session.tracker()))));
  }

  private static long redirect(@Nullable Tracker tracker) {
    return tracker == null ? NOT_TRACKING : tracker.options().redirect();
  }

  static Command info(Request request) {
    Session session = request.session();
    return request.answer(
        Spelling.done(out -> {
          Tracker tracker = session.tracker();
          List<String> flags = flags(session, tracker);
          out.map(3);
          out.bulk("flags");
          out.set(flags.size());
          flags.forEach(out::bulk);
          out.bulk("redirect");
          out.integer(redirect(tracker));
          out.bulk("prefixes");
          List<ByteBuffer> prefixes = tracker == null ? List.of() : tracker.options().prefixes();
          boolean isAll = prefixes.isEmpty() && tracker != null && tracker.options().broadcasts();
          out.array(isAll ? 1 : prefixes.size());
          if (isAll) {
            out.bulk("");
          }
          prefixes.forEach(out::bulk);
        }));
  }

  private static List<String> flags(Session session, @Nullable Tracker tracker) {
    List<String> flags = new ArrayList<>();
    flags.add(tracker == null ? "off" : "on");
    if (tracker == null) {
      return flags;
    }
    TrackingOptions options = tracker.options();
    boolean isSaid = session.caching() == Session.Caching.THIS;
    if (options.broadcasts()) {
      flags.add("bcast");
    }
    switch (options.choice()) {
      case ALL -> {}
      case OPT_IN -> {
        flags.add("optin");
        if (isSaid) {
          flags.add("caching-yes");
        }
      }
      case OPT_OUT -> {
        flags.add("optout");
        if (isSaid) {
          flags.add("caching-no");
        }
      }
    }
    if (options.noLoop()) {
      flags.add("noloop");
    }
    if (tracker.isBroken()) {
      flags.add("broken_redirect");
    }
    return flags;
  }
}
