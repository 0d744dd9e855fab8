package io.speicher.dialect.resp;

import io.speicher.dialect.resp.CommandSpec.Keys;
import io.speicher.protocol.Command;
import io.speicher.protocol.Command.TouchCondition;
import io.speicher.protocol.Command.View;
import io.speicher.protocol.Expiry;
import io.speicher.protocol.Glob;
import io.speicher.protocol.Reply;
import io.speicher.protocol.Reply.Value;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.ToLongFunction;

/** Commands on keys, whatever their values are. */
final class KeyCommands {
  private static final CommandSpec.Group GENERIC = new CommandSpec.Group("generic");

  private static final String NO_SUCH_KEY = "ERR no such key";
  private static final String SAME_OBJECTS = "ERR source and destination objects are the same";

  private static final String NO_IDLE_TIME =
      "ERR An LFU maxmemory policy is selected, idle time not tracked. Please note that when"
          + " switching between policies at runtime LRU and LFU data will take some time to"
          + " adjust.";

  private static final String INVALID_CURSOR = "ERR invalid cursor";
  private static final int DEFAULT_SCAN_COUNT = 10;

  /** The longest value that Redis keeps beside its header, and the longest number. */
  private static final int MAX_EMBEDDED_BYTES = 44;

  private static final int MAX_INTEGER_BYTES = 20;

  /** What an item takes beside its key and value, roughly. */
  private static final int ITEM_BYTES = 16;

  private static final Spelling TYPE =
      Spelling.value((value, out) -> out.simple("string"), out -> out.simple("none"));

  static final Spelling KEYS = Spelling.keys((keys, out) -> write(keys.keys(), out));

  private static final Spelling KEY =
      Spelling.keys((keys, out) -> out.bulk(keys.keys().get(0)), RespWriter::nothing);

  private static final Spelling MOVED =
      Spelling.outcome(RespWriter::ok, out -> out.error(NO_SUCH_KEY));

  private static final Spelling MOVED_IF_ABSENT =
      Spelling.outcome(out -> out.integer(1), out -> out.error(NO_SUCH_KEY), out -> out.integer(0));

  private static final Spelling FOUND = Spelling.keys(KeyCommands::found);

  /** What is found is of another type than was asked for. */
  private static final Spelling FOUND_NOTHING =
      Spelling.keys((keys, out) -> found(new Reply.Keys(keys.cursor(), List.of()), out));

  static final List<CommandSpec> ALL =
      List.of(
          GENERIC.command(
              "del key [key ...]",
              -2,
              "write",
              Keys.ALL,
              "1.0.0",
              "O(N), N keys",
              "Deletes some keys.",
              KeyCommands::delete),
          GENERIC.command(
              "unlink key [key ...]",
              -2,
              "write fast",
              Keys.ALL,
              "4.0.0",
              "O(N), N keys",
              "Deletes some keys.",
              KeyCommands::delete),
          GENERIC.command(
              "exists key [key ...]",
              -2,
              "readonly fast",
              Keys.ALL,
              "1.0.0",
              "O(N), N keys",
              "Counts the keys that there are.",
              KeyCommands::count),
          GENERIC.command(
              "touch key [key ...]",
              -2,
              "readonly fast",
              Keys.ALL,
              "3.2.1",
              "O(N), N keys",
              "Counts the keys that there are, and uses them.",
              KeyCommands::count),
          GENERIC.command(
              "type key",
              2,
              "readonly fast",
              Keys.FIRST,
              "1.0.0",
              "O(1)",
              "Tells what a value is: here, always a string.",
              r -> glance(r, 1, TYPE)),
          GENERIC.command(
              "keys pattern",
              2,
              "readonly @dangerous @scan " + TransactionCommands.LONG,
              Keys.NONE,
              "1.0.0",
              "O(N), N items in all",
              "Gives all keys that match a pattern.",
              r -> r.answer(new Command.FindKeys(r.pattern(1)), KEYS)),
          GENERIC.command(
              "scan cursor [MATCH pattern] [COUNT count] [TYPE type]",
              -2,
              "readonly @scan " + TransactionCommands.LONG,
              Keys.NONE,
              "2.8.0",
              "O(N), N keys that are looked at",
              "Gives some keys, and where to go on.",
              KeyCommands::scan),
          GENERIC.command(
              "randomkey",
              1,
              "readonly @scan",
              Keys.NONE,
              "1.0.0",
              "O(1)",
              "Gives any key.",
              r -> r.answer(new Command.RandomKey(), KEY)),
          GENERIC.command(
              "rename key newkey",
              3,
              "write",
              Keys.TWO,
              "1.0.0",
              "O(N), N bytes",
              "Gives an item another key.",
              r -> move(r, false)),
          GENERIC.command(
              "renamenx key newkey",
              3,
              "write fast",
              Keys.TWO,
              "1.0.0",
              "O(N), N bytes",
              "Gives an item another key if that has no item.",
              r -> move(r, true)),
          GENERIC.command(
              "copy source destination [DB destination-db:integer] [REPLACE]",
              -3,
              "write denyoom",
              Keys.TWO,
              "6.2.0",
              "O(N), N bytes",
              "Copies an item to another key.",
              KeyCommands::copy),
          GENERIC.command(
              "move key db:integer",
              3,
              "write fast",
              Keys.FIRST,
              "1.0.0",
              "O(N), N bytes",
              "Gives an item to another database.",
              KeyCommands::moveToDatabase),
          expiring("expire", "1.0.0", 1_000, false),
          expiring("pexpire", "2.6.0", 1, false),
          expiring("expireat", "1.2.0", 1_000, true),
          expiring("pexpireat", "2.6.0", 1, true),
          telling("ttl", "1.0.0", "How many seconds an item has left.", v -> seconds(ttl(v))),
          telling("pttl", "2.6.0", "How many milliseconds an item has left.", KeyCommands::ttl),
          telling(
              "expiretime",
              "7.0.0",
              "When an item expires, in seconds since 1970.",
              v -> seconds(expiry(v))),
          telling(
              "pexpiretime",
              "7.0.0",
              "When an item expires, in milliseconds since 1970.",
              KeyCommands::expiry),
          GENERIC.command(
              "persist key",
              2,
              "write fast",
              Keys.FIRST,
              "2.2.0",
              "O(1)",
              "Lets an item have no end.",
              r ->
                  r.answer(
                      new Command.Touch(r.key(1), Expiry.NEVER, TouchCondition.IF_EXPIRES),
                      Spelling.FLAG)),
          GENERIC.command(
              "wait numreplicas timeout",
              3,
              "noscript @connection",
              Keys.NONE,
              "3.0.0",
              "O(1)",
              "Tells how many replicas have what was written: here, none.",
              KeyCommands::await),
          GENERIC.container(
              "object",
              "2.2.3",
              "Tells how items are kept.",
              object("encoding", "2.2.3", "How a value is kept.", KeyCommands::encoding),
              object("freq", "4.0.0", "How often an item was read lately.", KeyCommands::frequency),
              object(
                  "idletime",
                  "2.2.3",
                  "How long an item was not used: this is not kept.",
                  (value, out) -> out.error(NO_IDLE_TIME)),
              object(
                  "refcount",
                  "2.2.3",
                  "How often a value is used: here, once.",
                  (value, out) -> out.integer(1))));

  private KeyCommands() {}

  // ---- one or many ----

  private static Command delete(Request request) {
    return request.count() == 2
        ? request.answer(new Command.Delete(request.key(1)), Spelling.FLAG)
        : request.answer(new Command.DeleteAll(request.keys(1)), Spelling.COUNT);
  }

  private static Command count(Request request) {
    return request.answer(new Command.CountPresent(request.keys(1)), Spelling.COUNT);
  }

  private static Command glance(Request request, int index, Spelling spelling) {
    return request.answer(new Command.Get(request.key(index), View.GLANCE), spelling);
  }

  private static Command scan(Request request) {
    return scan(request, 1);
  }

  /** SCAN, whose cursor is this word. */
  static Command scan(Request request, int cursorIndex) {
    long cursor = cursor(request, cursorIndex);
    long count = DEFAULT_SCAN_COUNT;
    Glob pattern = null;
    boolean strings = true;
    for (int i = cursorIndex + 1; i < request.count(); i += 2) {
      boolean more = i + 1 < request.count();
      if (more && request.is(i, "count")) {
        count = request.integer(i + 1);
        if (count < 1) {
          throw RefusedException.syntax();
        }
      } else if (more && request.is(i, "match")) {
        pattern = request.pattern(i + 1);
      } else if (more && request.is(i, "type")) {
        strings = request.is(i + 1, "string");
      } else {
        throw RefusedException.syntax();
      }
    }
    return request.answer(
        new Command.Scan(cursor, (int) Math.min(count, Integer.MAX_VALUE), pattern),
        strings ? FOUND : FOUND_NOTHING);
  }

  /** An unsigned number; a sign is taken as C does. */
  private static long cursor(Request request, int index) {
    String text = request.string(index);
    boolean signed = text.startsWith("-") || text.startsWith("+");
    String digits = signed ? text.substring(1) : text;
    if (!signed && digits.isEmpty()) {
      return 0;
    }
    try {
      if (!digits.startsWith("+")) {
        long cursor = Long.parseUnsignedLong(digits);
        return text.startsWith("-") ? -cursor : cursor;
      }
    } catch (NumberFormatException e) {
      throw new RefusedException(INVALID_CURSOR);
    }
    throw new RefusedException(INVALID_CURSOR);
  }

  private static void found(Reply.Keys keys, RespWriter out) {
    out.array(2);
    out.bulk(Long.toUnsignedString(keys.cursor()));
    write(keys.keys(), out);
  }

  private static void write(List<ByteBuffer> keys, RespWriter out) {
    out.array(keys.size());
    keys.forEach(out::bulk);
  }

  private static Command await(Request request) {
    request.integer(1);
    if (request.integer(2, "ERR timeout is not an integer or out of range") < 0) {
      throw new RefusedException("ERR timeout is negative");
    }
    return request.answer(Spelling.ZERO);
  }

  // ---- other keys ----

  private static Command move(Request request, boolean ifAbsent) {
    return request.answer(
        new Command.Move(request.key(1), request.key(2), ifAbsent, false),
        ifAbsent ? MOVED_IF_ABSENT : MOVED);
  }

  private static Command copy(Request request) {
    boolean replaces = false;
    int database = request.session().database();
    for (int i = 3; i < request.count(); i++) {
      if (request.is(i, "replace")) {
        replaces = true;
      } else if (request.is(i, "db") && i + 1 < request.count()) {
        database = request.database(++i, RefusedException.NOT_AN_INTEGER);
      } else {
        throw RefusedException.syntax();
      }
    }
    ByteBuffer from = request.key(1);
    ByteBuffer to = request.key(2);
    if (from.equals(to) && database == request.session().database()) {
      throw new RefusedException(SAME_OBJECTS);
    }
    return request.answer(new Command.Move(from, to, !replaces, true, database), Spelling.FLAG);
  }

  private static Command moveToDatabase(Request request) {
    ByteBuffer key = request.key(1);
    int database = request.database(2, RefusedException.NOT_AN_INTEGER);
    if (database == request.session().database()) {
      throw new RefusedException(SAME_OBJECTS);
    }
    return request.answer(new Command.Move(key, key, true, false, database), Spelling.FLAG);
  }

  // ---- expiry ----

  private static CommandSpec expiring(String name, String since, int unitMillis, boolean absolute) {
    String unit = unitMillis == 1 ? "milliseconds" : "seconds";
    return GENERIC.command(
        name + " key " + (absolute ? "unix-time-" : "") + unit + " [NX | XX | GT | LT]",
        -3,
        "write fast",
        Keys.FIRST,
        since,
        "O(1)",
        "Says when an item expires.",
        r -> expire(r, name, unitMillis, absolute));
  }

  private static Command expire(Request request, String name, int unitMillis, boolean absolute) {
    TouchCondition condition = condition(request, 3);
    long number = request.integer(2);
    if (number > Long.MAX_VALUE / unitMillis || number < Long.MIN_VALUE / unitMillis) {
      throw ExpiryUnit.invalid(name);
    }
    Expiry expiry = ExpiryUnit.expiry(number * unitMillis, absolute, name);
    return request.answer(new Command.Touch(request.key(1), expiry, condition), Spelling.FLAG);
  }

  /** What the words from this index on ask for. */
  static TouchCondition condition(Request request, int from) {
    boolean never = false;
    boolean expires = false;
    boolean later = false;
    boolean earlier = false;
    for (int i = from; i < request.count(); i++) {
      if (request.is(i, "nx")) {
        never = true;
      } else if (request.is(i, "xx")) {
        expires = true;
      } else if (request.is(i, "gt")) {
        later = true;
      } else if (request.is(i, "lt")) {
        earlier = true;
      } else {
        throw new RefusedException("ERR Unsupported option " + request.echo(i));
      }
    }
    if (never && (expires || later || earlier)) {
      throw new RefusedException(
          "ERR NX and XX, GT or LT options at the same time are not compatible");
    }
    if (later && earlier) {
      throw new RefusedException("ERR GT and LT options at the same time are not compatible");
    }
    if (later) {
      return TouchCondition.IF_LATER; // What never expires is not made later by anything.
    }
    if (earlier) {
      return expires ? TouchCondition.IF_EXPIRES_AND_EARLIER : TouchCondition.IF_EARLIER;
    }
    return never
        ? TouchCondition.IF_NEVER
        : expires ? TouchCondition.IF_EXPIRES : TouchCondition.ALWAYS;
  }

  /** A time that an item is asked for: -1 if it has no end, -2 if there is none. */
  private static CommandSpec telling(
      String name, String since, String summary, ToLongFunction<Value> time) {
    Spelling spelling = Spelling.number(time, -2);
    return GENERIC.command(
        name + " key",
        2,
        "readonly fast",
        Keys.FIRST,
        since,
        "O(1)",
        summary,
        r -> glance(r, 1, spelling));
  }

  private static long ttl(Value value) {
    return value.ttlMillis();
  }

  private static long expiry(Value value) {
    return value.expiresAtMillis() == Value.NEVER ? -1 : value.expiresAtMillis();
  }

  /** Rounded to the nearest, as Redis does. */
  private static long seconds(long millis) {
    return millis < 0 ? millis : millis / 1_000 + (millis % 1_000 >= 500 ? 1 : 0);
  }

  // ---- how it is kept ----

  private static CommandSpec object(
      String name, String since, String summary, BiConsumer<Value, RespWriter> projection) {
    Spelling spelling = Spelling.value(projection, RespWriter::nothing);
    return GENERIC.command(
        "object|" + name + " key",
        3,
        "readonly",
        Keys.SECOND,
        since,
        "O(1)",
        summary,
        r -> glance(r, 2, spelling));
  }

  /** As Redis would keep a value that was set at once. */
  private static void encoding(Value value, RespWriter out) {
    ByteBuffer bytes = value.bytes();
    int length = bytes.remaining();
    if (length <= MAX_INTEGER_BYTES && Decimal.isInteger(bytes)) {
      out.bulk("int");
    } else {
      out.bulk(length <= MAX_EMBEDDED_BYTES ? "embstr" : "raw");
    }
  }

  private static void frequency(Value value, RespWriter out) {
    out.integer(value.frequency());
  }

  /** MEMORY USAGE, which belongs to the server's commands but asks for a key. */
  static Command memoryUsage(Request request) {
    for (int i = 3; i < request.count(); i += 2) {
      if (!request.is(i, "samples") || i + 1 == request.count()) {
        throw RefusedException.syntax();
      }
      if (request.integer(i + 1) < 0) {
        throw RefusedException.syntax();
      }
    }
    int keyBytes = request.length(2);
    return glance(
        request,
        2,
        Spelling.value(
            (value, out) -> out.integer(ITEM_BYTES + (long) keyBytes + value.bytes().remaining()),
            RespWriter::nothing));
  }
}
