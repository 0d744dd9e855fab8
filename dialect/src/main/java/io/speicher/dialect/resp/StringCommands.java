package io.speicher.dialect.resp;

import io.speicher.dialect.resp.CommandSpec.Keys;
import io.speicher.protocol.Command;
import io.speicher.protocol.Command.Arithmetic;
import io.speicher.protocol.Command.View;
import io.speicher.protocol.Condition;
import io.speicher.protocol.Condition.Kind;
import io.speicher.protocol.Expiry;
import io.speicher.protocol.LongDouble;
import io.speicher.protocol.SetOptions;
import io.speicher.protocol.ValueKind;
import io.speicher.protocol.Xxh3;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.regex.Pattern;

/** Commands on values. */
final class StringCommands {
  static final String TOO_LONG = "ERR string exceeds maximum allowed size (proto-max-bulk-len)";
  static final String NOT_FINITE = "ERR increment would produce NaN or Infinity";
  static final String NOT_A_FLOAT = "ERR value is not a valid float";

  private static final CommandSpec.Group STRING = new CommandSpec.Group("string");
  private static final ByteBuffer EMPTY = ByteBuffer.allocate(0);

  /** As many as commands in a transaction: others wait as long for both. */
  private static final int MAX_KEYS_AT_ONE_MOMENT = TransactionCommands.MAX_COMMANDS;

  private static final Pattern INFINITE = Pattern.compile("(?i)[+-]?inf(inity)?");

  /** What infinity is added to has to be a number all the same. */
  private static final Spelling NO_SUM =
      Spelling.value(
          (value, out) ->
              out.error(LongDouble.parse(value.bytes()) == null ? NOT_A_FLOAT : NOT_FINITE),
          out -> out.error(NOT_FINITE));

  private static final Spelling LENGTH = Spelling.number(v -> (long) v.bytes().remaining(), 0);

  private static final Spelling DIGEST =
      Spelling.value(
          (value, out) -> out.bulk("%016x".formatted(Xxh3.hash(value.bytes()))),
          RespWriter::nothing);

  /** A number and by how much it has changed. */
  private static final Spelling INCREASED =
      Spelling.increased((sum, out) -> {
        out.array(2);
        if (sum.decimal()) {
          out.decimal(LongDouble.text(sum.number()));
          out.decimal(LongDouble.text(sum.change()));
        } else {
          out.integer(sum.number().longValueExact());
          out.integer(sum.change().longValue()); // Redis wraps around as well.
        }
      });

  static final List<CommandSpec> ALL =
      List.of(
          STRING.command(
              "get key",
              2,
              "readonly fast",
              Keys.FIRST,
              "1.0.0",
              "O(1)",
              "Gives the value of a key.",
              StringCommands::get),
          STRING.command(
              "set key value [NX | XX | IFEQ value | IFNE value | IFDEQ digest | IFDNE digest]"
                  + " [GET] [EX seconds | PX milliseconds | EXAT unix-time-seconds | PXAT"
                  + " unix-time-milliseconds | KEEPTTL]",
              -3,
              "write denyoom",
              Keys.FIRST,
              "1.0.0",
              "O(1)",
              "Stores a value, whatever was there before.",
              StringCommands::set),
          STRING.command(
              "delex key [IFEQ value | IFNE value | IFDEQ digest | IFDNE digest]",
              -2,
              "write fast",
              Keys.FIRST,
              "8.4.0",
              "O(N), N bytes",
              "Deletes a key if its value is as it is to be.",
              StringCommands::deleteIf),
          STRING.command(
              "delifeq key value",
              3,
              "write fast",
              Keys.FIRST,
              "9.0.0",
              "O(N), N bytes",
              "Deletes a key if it has that value.",
              r ->
                  r.answer(
                      new Command.DeleteIf(r.key(1), Condition.value(Kind.EQUAL, r.bytes(2))),
                      Spelling.FLAG)),
          STRING.command(
              "digest key",
              2,
              "readonly fast",
              Keys.FIRST,
              "8.4.0",
              "O(N), N bytes",
              "Gives the XXH3 hash of a value.",
              r -> r.answer(new Command.Get(r.key(1), r.session().readingView()), DIGEST)),
          STRING.command(
              "increx key [BYINT increment:integer | BYFLOAT increment:double] [LBOUND lowerbound]"
                  + " [UBOUND upperbound] [SATURATE] [EX seconds | PX milliseconds | EXAT"
                  + " unix-time-seconds | PXAT unix-time-milliseconds | PERSIST] [ENX]",
              -2,
              "write denyoom fast",
              Keys.FIRST,
              "8.8.0",
              "O(1)",
              "Adds to a number, within bounds, and changes when it expires.",
              StringCommands::increase),
          STRING.command(
              "msetex numkeys:integer key value [key value ...] [NX | XX] [EX seconds | PX"
                  + " milliseconds | EXAT unix-time-seconds | PXAT unix-time-milliseconds |"
                  + " KEEPTTL]",
              -4,
              "write denyoom movablekeys",
              Keys.COUNTED_PAIRS,
              "8.4.0",
              "O(N), N keys",
              "Stores some values with a time to live at one moment.",
              StringCommands::setAllWithTtl),
          STRING.command(
              "setnx key value",
              3,
              "write denyoom fast",
              Keys.FIRST,
              "1.0.0",
              "O(1)",
              "Stores a value if the key has none.",
              StringCommands::setIfAbsent),
          STRING.command(
              "setex key seconds value",
              4,
              "write denyoom",
              Keys.FIRST,
              "2.0.0",
              "O(1)",
              "Stores a value for some seconds.",
              r -> setWithTtl(r, "setex", 1_000)),
          STRING.command(
              "psetex key milliseconds value",
              4,
              "write denyoom",
              Keys.FIRST,
              "2.6.0",
              "O(1)",
              "Stores a value for some milliseconds.",
              r -> setWithTtl(r, "psetex", 1)),
          STRING.command(
              "getset key value",
              3,
              "write denyoom fast",
              Keys.FIRST,
              "1.0.0",
              "O(1)",
              "Stores a value and gives the one before it.",
              StringCommands::getAndSet),
          STRING.command(
              "getdel key",
              2,
              "write fast",
              Keys.FIRST,
              "6.2.0",
              "O(1)",
              "Gives the value of a key and deletes it.",
              r -> r.answer(new Command.GetAndDelete(r.key(1)), Spelling.VALUE)),
          STRING.command(
              "getex key [EX seconds | PX milliseconds | EXAT unix-time-seconds | PXAT "
                  + "unix-time-milliseconds | PERSIST]",
              -2,
              "write fast",
              Keys.FIRST,
              "6.2.0",
              "O(1)",
              "Gives the value of a key and changes when it expires.",
              StringCommands::getAndTouch),
          STRING.command(
              "mget key [key ...]",
              -2,
              "readonly fast",
              Keys.ALL,
              "1.0.0",
              "O(N), N keys",
              "Gives the values of some keys.",
              r ->
                  r.answer(
                      new Command.GetAll(r.keys(1), r.session().readingView()), Spelling.VALUE)),
          STRING.command(
              "mset key value [key value ...]",
              -3,
              "write denyoom",
              Keys.PAIRS,
              "1.0.1",
              "O(N), N keys",
              "Stores some values at one moment.",
              r -> r.answer(setAll(r, "mset", false), Spelling.OK)),
          STRING.command(
              "msetnx key value [key value ...]",
              -3,
              "write denyoom",
              Keys.PAIRS,
              "1.0.1",
              "O(N), N keys",
              "Stores some values at one moment if none of the keys has one.",
              r -> r.answer(setAll(r, "msetnx", true), Spelling.FLAG)),
          STRING.command(
              "append key value",
              3,
              "write denyoom fast",
              Keys.FIRST,
              "2.0.0",
              "O(N), N bytes",
              "Adds bytes to the end of a value.",
              r ->
                  r.answer(
                      new Command.Append(r.key(1), ValueKind.BYTES, r.bytes(2), false, true),
                      Spelling.COUNT)),
          STRING.command(
              "strlen key",
              2,
              "readonly fast",
              Keys.FIRST,
              "2.2.0",
              "O(1)",
              "Tells how long a value is.",
              r -> r.answer(new Command.Get(r.key(1), r.session().readingView()), LENGTH)),
          STRING.command(
              "setrange key offset value",
              4,
              "write denyoom",
              Keys.FIRST,
              "2.2.0",
              "O(N), N bytes",
              "Overwrites a part of a value.",
              StringCommands::setRange),
          STRING.command(
              "getrange key start end",
              4,
              "readonly",
              Keys.FIRST,
              "2.4.0",
              "O(N), N bytes",
              "Gives a part of a value.",
              StringCommands::getRange),
          STRING.command(
              "substr key start end",
              4,
              "readonly",
              Keys.FIRST,
              "1.0.0",
              "O(N), N bytes",
              "Gives a part of a value.",
              StringCommands::getRange),
          STRING.command(
              "incr key",
              2,
              "write denyoom fast",
              Keys.FIRST,
              "1.0.0",
              "O(1)",
              "Adds one to a number.",
              r -> add(r, 1)),
          STRING.command(
              "decr key",
              2,
              "write denyoom fast",
              Keys.FIRST,
              "1.0.0",
              "O(1)",
              "Takes one from a number.",
              r -> add(r, -1)),
          STRING.command(
              "incrby key increment",
              3,
              "write denyoom fast",
              Keys.FIRST,
              "1.0.0",
              "O(1)",
              "Adds to a number.",
              r -> add(r, r.integer(2))),
          STRING.command(
              "decrby key decrement",
              3,
              "write denyoom fast",
              Keys.FIRST,
              "1.0.0",
              "O(1)",
              "Takes from a number.",
              StringCommands::subtract),
          STRING.command(
              "incrbyfloat key increment:double",
              3,
              "write denyoom fast",
              Keys.FIRST,
              "2.6.0",
              "O(1)",
              "Adds to a decimal number.",
              StringCommands::addDecimal));

  private StringCommands() {}

  // ---- reading ----

  private static Command get(Request request) {
    return request.answer(
        new Command.Get(request.key(1), request.session().readingView()), Spelling.VALUE);
  }

  private static Command getAndTouch(Request request) {
    ByteBuffer key = request.key(1);
    ExpiryUnit unit = null;
    int time = 0;
    boolean persists = false;
    for (int i = 2; i < request.count(); i++) {
      ExpiryUnit named = ExpiryUnit.of(request, i);
      if (named != null
          && !persists
          && (unit == null || unit == named)
          && i + 1 < request.count()) {
        unit = named;
        time = ++i;
      } else if (request.is(i, "persist") && unit == null) {
        persists = true;
      } else {
        throw RefusedException.syntax();
      }
    }
    if (unit == null && !persists) {
      return get(request);
    }
    try {
      Expiry expiry = unit == null ? Expiry.NEVER : unit.positive(request, time, "getex");
      return request.answer(
          new Command.GetAndTouch(key, expiry, request.session().readingView()), Spelling.VALUE);
    } catch (RefusedException e) {
      return request.answer(new Command.Get(key, View.GLANCE), refusalIfPresent(e.reason()));
    }
  }

  /** A key without an item is a miss first of all; only then it matters what is wrong. */
  private static Spelling refusalIfPresent(String reason) {
    return Spelling.value((value, out) -> out.error(reason), RespWriter::nothing);
  }

  private static Command getRange(Request request) {
    long start = request.integer(2);
    long end = request.integer(3);
    Spelling part =
        Spelling.value(
            (value, out) -> out.bulk(part(value.bytes(), start, end)), out -> out.bulk(EMPTY));
    return request.answer(new Command.Get(request.key(1), request.session().readingView()), part);
  }

  /**
   * From one index to another, both included; negative ones count from the end. If both lie before
   * the first byte there is nothing in between, which Redis says since version 8.
   */
  private static ByteBuffer part(ByteBuffer value, long start, long end) {
    int length = value.remaining();
    long from = Math.max(0, start < 0 ? start + length : start);
    long to = Math.min(length - 1L, end < 0 ? end + length : end);
    if (from > to) {
      return EMPTY;
    }
    return value.slice(value.position() + (int) from, (int) (to - from) + 1);
  }

  // ---- writing ----

  private static Command set(Request request) {
    if (request.count() == 3) {
      return plainSet(request, SetOptions.DEFAULT);
    }
    SetWords words = new SetWords(request, "set");
    int at = 3;
    while (at < request.count()) {
      at = words.take(at);
    }
    return plainSet(request, words.options());
  }

  private static Command deleteIf(Request request) {
    ByteBuffer key = request.key(1);
    if (request.count() == 2) {
      return request.answer(new Command.Delete(key), Spelling.FLAG);
    }
    Kind compared = request.count() == 4 ? SetWords.comparison(request, 2) : null;
    if (compared == null) {
      throw RefusedException.syntax();
    }
    return request.answer(
        new Command.DeleteIf(key, SetWords.comparison(request, compared, 3)), Spelling.FLAG);
  }

  private static Command plainSet(Request request, SetOptions options) {
    return request.answer(item(request, 1, 2, options), ofSet(options));
  }

  /** How the reply to a SET with these options is written. */
  static Spelling ofSet(SetOptions options) {
    if (options.returnsOld()) {
      return Spelling.VALUE;
    }
    return options.condition().equals(Condition.ALWAYS) ? Spelling.OK : Spelling.OK_OR_NULL;
  }

  private static Command.Set item(Request request, int key, int value, SetOptions options) {
    return new Command.Set(request.key(key), ValueKind.BYTES, request.bytes(value), options);
  }

  private static Command setIfAbsent(Request request) {
    SetOptions absent = SetOptions.DEFAULT.withCondition(Condition.ABSENT);
    return request.answer(item(request, 1, 2, absent), Spelling.FLAG);
  }

  private static Command setWithTtl(Request request, String name, int unitMillis) {
    ExpiryUnit unit = unitMillis == 1 ? ExpiryUnit.PX : ExpiryUnit.EX;
    SetOptions options = SetOptions.DEFAULT.withExpiry(unit.positive(request, 2, name));
    return request.answer(item(request, 1, 3, options), Spelling.OK);
  }

  private static Command getAndSet(Request request) {
    return request.answer(item(request, 1, 2, SetOptions.DEFAULT.returningOld()), Spelling.VALUE);
  }

  private static Command setAll(Request request, String name, boolean ifAllAbsent) {
    if (request.count() % 2 == 0) {
      throw request.wrongCount(name);
    }
    int keys = request.count() / 2;
    if (keys > MAX_KEYS_AT_ONE_MOMENT) {
      throw new RefusedException(
          "ERR too many keys for '"
              + name
              + "' command: keys="
              + keys
              + " (expected: up to "
              + MAX_KEYS_AT_ONE_MOMENT
              + "); send several");
    }
    Arguments words = request.arguments();
    List<Command.Set> items =
        request.elements(
            1,
            2,
            i ->
                new Command.Set(
                    words.bytes(i), ValueKind.BYTES, words.bytes(i + 1), SetOptions.DEFAULT));
    return new Command.SetAll(items, ifAllAbsent ? Condition.ABSENT : Condition.ALWAYS);
  }

  private static Command setAllWithTtl(Request request) {
    long keys = request.integer(1, "ERR invalid numkeys value");
    if (keys < 1 || keys > MAX_KEYS_AT_ONE_MOMENT || 2 + 2 * keys > request.count()) {
      throw new RefusedException(
          keys >= 1 && keys <= MAX_KEYS_AT_ONE_MOMENT
              ? "ERR wrong number of key-value pairs"
              : "ERR invalid numkeys value");
    }
    int end = (int) (2 + 2 * keys);
    Condition condition = Condition.ALWAYS;
    Expiry expiry = Expiry.NEVER;
    for (int i = end; i < request.count(); i++) {
      ExpiryUnit unit = ExpiryUnit.of(request, i);
      if (request.is(i, "nx") && condition.equals(Condition.ALWAYS)) {
        condition = Condition.ABSENT;
      } else if (request.is(i, "xx") && condition.equals(Condition.ALWAYS)) {
        condition = Condition.PRESENT;
      } else if (request.is(i, "keepttl") && expiry.equals(Expiry.NEVER)) {
        expiry = Expiry.KEEP;
      } else if (unit != null && expiry.equals(Expiry.NEVER) && i + 1 < request.count()) {
        expiry = unit.positive(request, ++i, "msetex");
      } else {
        throw RefusedException.syntax();
      }
    }
    SetOptions options = SetOptions.DEFAULT.withExpiry(expiry);
    Arguments words = request.arguments();
    List<Command.Set> items =
        request.elements(
            2,
            end,
            2,
            i -> new Command.Set(words.bytes(i), ValueKind.BYTES, words.bytes(i + 1), options));
    return request.answer(new Command.SetAll(items, condition), Spelling.FLAG);
  }

  private static Command setRange(Request request) {
    long offset = request.integer(2);
    if (offset < 0) {
      throw new RefusedException("ERR offset is out of range");
    }
    ByteBuffer key = request.key(1);
    if (request.length(3) == 0) {
      return request.answer(new Command.Get(key, View.GLANCE), LENGTH);
    }
    if (offset > request.limits().maxFrameBytes() - request.length(3)) {
      throw new RefusedException(TOO_LONG);
    }
    return request.answer(
        new Command.SetRange(key, (int) offset, request.bytes(3)), Spelling.COUNT);
  }

  private static Command add(Request request, long delta) {
    Command.Initial initial = new Command.Initial(delta, ValueKind.BYTES, Expiry.NEVER);
    return request.answer(
        new Command.Add(request.key(1), delta, Arithmetic.SIGNED, initial), Spelling.COUNT);
  }

  private static Command subtract(Request request) {
    long delta = request.integer(2);
    if (delta == Long.MIN_VALUE) {
      throw new RefusedException("ERR decrement would overflow");
    }
    return add(request, -delta);
  }

  private static Command increase(Request request) {
    ByteBuffer key = request.key(1);
    BigDecimal delta = null;
    boolean decimal = false;
    int least = 0;
    int most = 0;
    boolean saturates = false;
    Expiry expiry = Expiry.KEEP;
    Command.Increase.When when = Command.Increase.When.ALWAYS;
    for (int i = 2; i < request.count(); i++) {
      boolean hasNext = i + 1 < request.count();
      ExpiryUnit unit = ExpiryUnit.of(request, i);
      if ((request.is(i, "byint") || request.is(i, "byfloat")) && delta == null && hasNext) {
        decimal = request.is(i, "byfloat");
        delta = number(request, ++i, decimal);
      } else if (request.is(i, "lbound") && least == 0 && hasNext) {
        least = ++i;
      } else if (request.is(i, "ubound") && most == 0 && hasNext) {
        most = ++i;
      } else if (request.is(i, "saturate")) {
        saturates = true;
      } else if (request.is(i, "enx")) {
        when = Command.Increase.When.IF_NEVER;
      } else if (request.is(i, "persist") && expiry.equals(Expiry.KEEP)) {
        expiry = Expiry.NEVER;
      } else if (unit != null && expiry.equals(Expiry.KEEP) && hasNext) {
        expiry = unit.positive(request, ++i, "increx");
      } else {
        throw RefusedException.syntax();
      }
    }
    boolean hasEnd = !expiry.equals(Expiry.KEEP) && !expiry.equals(Expiry.NEVER);
    if (when == Command.Increase.When.IF_NEVER && !hasEnd) {
      throw RefusedException.syntax();
    }
    BigDecimal lower = least == 0 ? null : number(request, least, decimal);
    BigDecimal upper = most == 0 ? null : number(request, most, decimal);
    if (lower != null && upper != null && lower.compareTo(upper) > 0) {
      throw new RefusedException("ERR LBOUND can't be greater than UBOUND");
    }
    return request.answer(
        new Command.Increase(
            key,
            delta == null ? BigDecimal.ONE : delta,
            decimal,
            lower,
            upper,
            saturates,
            expiry,
            when),
        INCREASED);
  }

  private static BigDecimal number(Request request, int index, boolean decimal) {
    if (!decimal) {
      return BigDecimal.valueOf(request.integer(index));
    }
    BigDecimal number = LongDouble.parse(request.bytes(index));
    if (number == null) {
      throw new RefusedException(NOT_A_FLOAT);
    }
    return number;
  }

  private static Command addDecimal(Request request) {
    if (INFINITE.matcher(request.string(2)).matches()) {
      return request.answer(new Command.Get(request.key(1), View.GLANCE), NO_SUM);
    }
    BigDecimal delta = LongDouble.parse(request.bytes(2));
    if (delta == null) {
      throw new RefusedException(NOT_A_FLOAT);
    }
    return request.answer(new Command.AddDecimal(request.key(1), delta), Spelling.VALUE);
  }
}
