package io.speicher.dialect.resp;

import static java.util.Objects.requireNonNull;

import io.speicher.dialect.resp.CommandSpec.Keys;
import io.speicher.protocol.Command;
import io.speicher.protocol.Command.AskLease;
import io.speicher.protocol.Condition;
import io.speicher.protocol.Expiry;
import io.speicher.protocol.Limits;
import io.speicher.protocol.Namespace;
import io.speicher.protocol.NamespaceFigures;
import io.speicher.protocol.NamespaceRequest;
import io.speicher.protocol.Reply;
import io.speicher.protocol.SetOptions;
import io.speicher.protocol.Tags;
import io.speicher.protocol.ValueKind;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;

/** SPEICHER and its subcommands: what Redis has no word for. */
final class SpeicherCommands {
  /** What the names of all of them begin with. */
  static final String PREFIX = "speicher|";

  private static final CommandSpec.Group GENERIC = new CommandSpec.Group("generic");

  /** The version of Speicher that had them first. */
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

  private static final String NO_NAMESPACE =
      "ERR no such namespace: SPEICHER NAMESPACE CREATE declares it";

  private static final Spelling CREATED =
      Spelling.outcome(
          RespWriter::ok,
          out -> out.error(NO_NAMESPACE),
          out ->
              out.error(
                  "ERR the namespace is declared already: SPEICHER NAMESPACE ALTER changes it"));

  private static final Spelling LIST =
      Spelling.namespaces((all, out) -> {
        out.array(all.namespaces().size());
        all.namespaces().forEach(namespace -> write(namespace, out));
      });

  static final CommandSpec SPEICHER =
      GENERIC.container(
          "speicher",
          SINCE,
          "What Redis has no word for.",
          GENERIC.command(
              "speicher|get key LEASE milliseconds [EARLY milliseconds] [WAIT milliseconds]",
              -5,
              "write denyoom blocking",
              Keys.SECOND,
              SINCE,
              "O(1)",
              "Gives the value of a key, or the lease to compute it.",
              SpeicherCommands::get),
          GENERIC.command(
              "speicher|set key value [NX | XX | IFEQ value | IFNE value | IFDEQ digest | IFDNE"
                  + " digest] [GET] [EX seconds | PX milliseconds | EXAT unix-time-seconds | PXAT"
                  + " unix-time-milliseconds | KEEPTTL] [LEASE lease] [TAGS numtags:integer tag"
                  + " [tag ...]]",
              -4,
              "write denyoom",
              Keys.SECOND,
              SINCE,
              "O(N), N tags",
              "Stores a value with tags, or for who has the lease of the key.",
              SpeicherCommands::set),
          GENERIC.command(
              "speicher|del key STALE milliseconds",
              5,
              "write fast",
              Keys.SECOND,
              SINCE,
              "O(N), N bytes",
              "Makes a value stale, to be served while one client computes it anew.",
              SpeicherCommands::delete),
          GENERIC.command(
              "speicher|tag key [tag [tag ...]]",
              -3,
              "write denyoom",
              Keys.SECOND,
              SINCE,
              "O(N), N tags",
              "Gives an item other tags, or none.",
              SpeicherCommands::tag),
          GENERIC.command(
              "speicher|clear <NAMESPACE prefix | TAG tag [tag ...]>",
              -4,
              "write @dangerous @clear",
              Keys.NONE,
              SINCE,
              "O(1)",
              "Removes the items of a namespace, or those with a tag, of all databases.",
              SpeicherCommands::clear),
          GENERIC.command(
              "speicher|namespace <LIST | CREATE prefix [TTL milliseconds] [MAXTTL milliseconds]"
                  + " [JITTER percent:integer] | ALTER prefix [TTL milliseconds] [MAXTTL"
                  + " milliseconds] [JITTER percent:integer] | DROP prefix>",
              -3,
              "admin",
              Keys.NONE,
              SINCE,
              "O(N), N namespaces",
              "Lists, declares, changes and forgets namespaces: prefixes of keys.",
              SpeicherCommands::namespace),
          GENERIC.command(
              "speicher|scan cursor [MATCH pattern] [COUNT count] [TYPE type]",
              -3,
              "readonly @scan " + TransactionCommands.LONG,
              Keys.NONE,
              SINCE,
              "O(N), N keys that are looked at",
              "SCAN of all nodes of a cluster, one of which is asked.",
              r -> KeyCommands.scan(r, 2)),
          GENERIC.command(
              "speicher|dbsize",
              2,
              "readonly @keyspace @scan " + TransactionCommands.LONG,
              Keys.NONE,
              SINCE,
              "O(N), N items of a cluster; O(1) without",
              "DBSIZE of all nodes of a cluster, one of which is asked.",
              r -> r.answer(new Command.CountItems(), Spelling.COUNT)),
          GENERIC.command(
              "speicher|drain",
              2,
              "admin",
              Keys.NONE,
              SINCE,
              "O(1)",
              "Hands over what this node owns to the rest of its cluster, and then stops it.",
              r -> r.answer(new Command.DrainNode(), Spelling.OK)),
          TransferCommands.EXPORT,
          TransferCommands.IMPORT);

  private SpeicherCommands() {}

  // ---- items ----

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
    SetWords words = new SetWords(request, "speicher|set");
    List<ByteBuffer> tags = List.of();
    long lease = Reply.Leasable.NONE;
    int at = 4;
    while (at < request.count()) {
      if (request.is(at, "tags")) {
        tags = countedTags(request, at + 1);
        at += 2 + tags.size();
      } else if (request.is(at, "lease") && at + 1 < request.count()) {
        lease = lease(request, at + 1);
        at += 2;
      } else {
        at = words.take(at);
      }
    }
    SetOptions options = words.options().withTags(tags);
    Command.Set set = new Command.Set(request.key(2), ValueKind.BYTES, request.bytes(3), options);
    if (lease == Reply.Leasable.NONE) {
      return request.answer(set, StringCommands.ofSet(options));
    }
    if (!options.condition().equals(Condition.ALWAYS) || options.returnsOld()) {
      throw RefusedException.syntax();
    }
    return request.answer(new Command.SetWithLease(set, lease), Spelling.OK_OR_NULL);
  }

  private static long lease(Request request, int index) {
    long lease = request.integer(index, BAD_LEASE);
    if (lease < 1) {
      throw new RefusedException(BAD_LEASE);
    }
    return lease;
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

  /** As many tags as the word at an index says. */
  private static List<ByteBuffer> countedTags(Request request, int index) {
    String error = "ERR TAGS is followed by a number from 1 to " + Tags.MAX_TAGS + " and the tags";
    long count = index < request.count() ? request.integer(index, error) : 0;
    if (count < 1 || count > Math.min(Tags.MAX_TAGS, request.count() - index - 1L)) {
      throw new RefusedException(error);
    }
    List<ByteBuffer> tags = tags(request, index + 1, index + 1 + (int) count);
    return checked(() -> {
      Tags.require(tags);
      return tags;
    });
  }

  private static List<ByteBuffer> tags(Request request, int from, int end) {
    List<ByteBuffer> tags = new ArrayList<>();
    for (int i = from; i < end; i++) {
      tags.add(request.bytes(i));
    }
    return List.copyOf(tags);
  }

  private static Command tag(Request request) {
    List<ByteBuffer> tags = tags(request, 3, request.count());
    return checked(() -> {
      Tags.require(tags);
      return request.answer(new Command.Tag(request.key(2), tags), Spelling.FLAG);
    });
  }

  /** What makes no sense is an error of the peer. */
  private static <T> T checked(Supplier<T> words) {
    try {
      return words.get();
    } catch (IllegalArgumentException e) {
      throw new RefusedException("ERR " + requireNonNull(e.getMessage()));
    }
  }

  private static Command clear(Request request) {
    if (request.is(2, "tag")) {
      List<ByteBuffer> tags = tags(request, 3, request.count());
      return checked(() -> {
        Tags.requireCleared(tags);
        return request.answer(new Command.ClearTags(tags), Spelling.OK);
      });
    }
    if (!request.is(2, "namespace") || request.count() != 4) {
      throw RefusedException.syntax();
    }
    return checked(() -> {
      Namespace.requirePrefix(request.text(3));
      return request.answer(new Command.ClearNamespace(request.bytes(3)), CREATED);
    });
  }

  // ---- namespaces ----

  private static Command namespace(Request request) {
    String op = request.string(2).toLowerCase(Locale.ROOT);
    if (op.equals("list") && request.count() == 3) {
      return request.answer(new Command.ManageNamespaces(new NamespaceRequest.ListAll()), LIST);
    }
    if (request.count() < 4) {
      throw RefusedException.syntax();
    }
    return checked(
        () -> request.answer(new Command.ManageNamespaces(change(request, op)), CREATED));
  }

  private static NamespaceRequest change(Request request, String op) {
    String prefix = request.text(3);
    return switch (op) {
      case "drop" -> drop(request, prefix);
      case "create" ->
          new NamespaceRequest.Create(rule(request, prefix).applyTo(new Namespace(prefix)));
      case "alter" -> rule(request, prefix);
      default -> throw RefusedException.syntax();
    };
  }

  private static NamespaceRequest drop(Request request, String prefix) {
    if (request.count() != 4) {
      throw RefusedException.syntax();
    }
    return new NamespaceRequest.Drop(prefix);
  }

  private static NamespaceRequest.Alter rule(Request request, String prefix) {
    Long ttlMillis = null;
    Long maxTtlMillis = null;
    Integer jitterPercent = null;
    for (int i = 4; i < request.count(); i += 2) {
      if (i + 1 == request.count()) {
        throw RefusedException.syntax();
      }
      long number = request.integer(i + 1);
      if (request.is(i, "ttl")) {
        ttlMillis = number;
      } else if (request.is(i, "maxttl")) {
        maxTtlMillis = number;
      } else if (request.is(i, "jitter")) {
        jitterPercent = Math.clamp(number, -1, Integer.MAX_VALUE);
      } else {
        throw RefusedException.syntax();
      }
    }
    return new NamespaceRequest.Alter(prefix, ttlMillis, maxTtlMillis, jitterPercent);
  }

  private static void write(NamespaceFigures figures, RespWriter out) {
    Namespace namespace = figures.namespace();
    out.map(12);
    out.bulk("namespace");
    out.bulk(ByteBuffer.wrap(namespace.prefix().getBytes(StandardCharsets.UTF_8)));
    number("ttl", namespace.ttlMillis(), out);
    number("max-ttl", namespace.maxTtlMillis(), out);
    number("jitter", namespace.jitterPercent(), out);
    number("items", figures.items(), out);
    number("bytes", figures.bytes(), out);
    number("hits", figures.hits(), out);
    number("misses", figures.misses(), out);
    number("sets", figures.sets(), out);
    number("evicted", figures.evicted(), out);
    number("expired", figures.expired(), out);
    number("counting", figures.isCounting() ? 1 : 0, out);
  }

  private static void number(String name, long number, RespWriter out) {
    out.bulk(name);
    out.integer(number);
  }
}
