package io.speicher.dialect.resp;

import io.speicher.dialect.resp.CommandSpec.Keys;
import io.speicher.protocol.Command;
import io.speicher.protocol.Command.AskLease;
import io.speicher.protocol.Condition;
import io.speicher.protocol.Expiry;
import io.speicher.protocol.Limits;
import io.speicher.protocol.Reply;
import io.speicher.protocol.SetOptions;
import io.speicher.protocol.ValueKind;
import java.nio.ByteBuffer;

/** SPEICHER and its subcommands: what Redis has no words for. */
final class SpeicherCommands {
  private static final CommandSpec.Group GENERIC = new CommandSpec.Group("generic");
  private static final CommandSpec.Group STRING = new CommandSpec.Group("string");

  /** Of Speicher: Redis has no such commands. */
  private static final String SINCE = "0.1.0";

  private static final String BAD_LEASE = "ERR lease is not one that a reply gave";

  /** Value or null, lease or null, and whether the value is stale. */
  private static final Spelling LEASABLE =
      Spelling.leasable((item, out) -> {
        out.array(3);
        if (item.value() == null) {
          out.nothing();
        } else {
          out.bulk(item.value().bytes());
        }
        if (item.lease() == Reply.Leasable.NONE) {
          out.nothing();
        } else {
          out.bulk(Long.toString(item.lease()));
        }
        out.integer(item.stale() ? 1 : 0);
      });

  static final CommandSpec SPEICHER =
      GENERIC.container(
          "speicher",
          SINCE,
          "Commands that only Speicher has.",
          STRING.command(
              "speicher|get key LEASE milliseconds [EARLY milliseconds] [WAIT milliseconds]",
              -5,
              "write denyoom blocking",
              Keys.SECOND,
              SINCE,
              "O(1)",
              "Gives the value of a key, or the lease to compute it.",
              SpeicherCommands::get),
          STRING.command(
              "speicher|set key value LEASE lease [EX seconds | PX milliseconds | EXAT"
                  + " unix-time-seconds | PXAT unix-time-milliseconds | KEEPTTL]",
              -6,
              "write denyoom",
              Keys.SECOND,
              SINCE,
              "O(1)",
              "Stores a value for who has the lease of the key.",
              SpeicherCommands::set),
          STRING.command(
              "speicher|del key STALE milliseconds",
              5,
              "write fast",
              Keys.SECOND,
              SINCE,
              "O(N), N bytes",
              "Makes a value stale, to be served while one client computes it anew.",
              SpeicherCommands::delete));

  private SpeicherCommands() {}

  private static Command get(Request request) {
    ByteBuffer key = request.key(2);
    long leaseMillis = 0;
    long earlyMillis = -1;
    long waitMillis = -1;
    for (int i = 3; i < request.count(); i += 2) {
      if (i + 1 == request.count()) {
        throw RefusedException.syntax();
      } else if (request.is(i, "lease") && leaseMillis == 0) {
        leaseMillis = millis(request, i, 1, AskLease.MAX_LEASE_MILLIS);
      } else if (request.is(i, "early") && earlyMillis < 0) {
        earlyMillis = millis(request, i, 0, Limits.MAX_TTL_MILLIS);
      } else if (request.is(i, "wait") && waitMillis < 0) {
        waitMillis = millis(request, i, 0, AskLease.MAX_LEASE_MILLIS);
      } else {
        throw RefusedException.syntax();
      }
    }
    if (leaseMillis == 0) {
      throw RefusedException.syntax();
    }
    return request.answer(
        new AskLease(
            key,
            request.session().readingView(),
            leaseMillis,
            Math.max(0, earlyMillis),
            Math.max(0, waitMillis)),
        LEASABLE);
  }

  /** The number behind a word. */
  private static long millis(Request request, int word, long least, long most) {
    String error =
        "ERR "
            + request.string(word)
            + " is a number of milliseconds from "
            + least
            + " to "
            + most;
    long millis = request.integer(word + 1, error);
    if (millis < least || millis > most) {
      throw new RefusedException(error);
    }
    return millis;
  }

  private static Command set(Request request) {
    SetOptions options = SetOptions.DEFAULT;
    long lease = Reply.Leasable.NONE;
    for (int i = 4; i < request.count(); i++) {
      ExpiryUnit unit = ExpiryUnit.of(request, i);
      boolean hasNext = i + 1 < request.count();
      boolean isFree = options.expiry().equals(Expiry.NEVER);
      if (request.is(i, "lease") && lease == Reply.Leasable.NONE && hasNext) {
        lease = request.integer(++i, BAD_LEASE);
      } else if (request.is(i, "keepttl") && isFree) {
        options = options.withExpiry(Expiry.KEEP);
      } else if (unit != null && isFree && hasNext) {
        options = options.withExpiry(unit.positive(request, ++i, "speicher|set"));
      } else {
        throw RefusedException.syntax();
      }
    }
    if (lease < 1) {
      throw new RefusedException(BAD_LEASE);
    }
    Command.Set set = new Command.Set(request.key(2), ValueKind.BYTES, request.bytes(3), options);
    return request.answer(new Command.SetWithLease(set, lease), Spelling.OK_OR_NULL);
  }

  private static Command delete(Request request) {
    ByteBuffer key = request.key(2);
    if (!request.is(3, "stale")) {
      throw RefusedException.syntax();
    }
    long staleMillis = millis(request, 3, 1, Limits.MAX_TTL_MILLIS);
    return request.answer(
        new Command.Invalidate(key, Condition.ALWAYS, Expiry.within(staleMillis)), Spelling.FLAG);
  }
}
