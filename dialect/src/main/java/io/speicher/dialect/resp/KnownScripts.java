package io.speicher.dialect.resp;

import io.speicher.protocol.Command;
import io.speicher.protocol.Command.TouchCondition;
import io.speicher.protocol.Condition;
import io.speicher.protocol.Condition.Kind;
import io.speicher.protocol.Expiry;
import io.speicher.protocol.SetOptions;
import io.speicher.protocol.ValueKind;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The few scripts that clients and frameworks send for locks and counters, recognized by their text
 * ({@link LuaText}) and executed as the commands that they mean. There is no Lua here.
 *
 * <p>docs/dialects.md lists whose they are. Any thread may call any method.
 */
final class KnownScripts {
  /** None of them is longer. */
  private static final int MAX_SCRIPT_BYTES = 4_096;

  /** How many texts are remembered by their hashes; any more have to be sent each time. */
  private static final int MAX_REMEMBERED = 1_024;

  /** What is compared for each of several keys is kept while they are gone through. */
  private static final int MAX_TOKEN_BYTES = 1_024;

  /** A call of a script. */
  private record Call(Request request, int firstKey, int keys) {
    ByteBuffer key() {
      return request.key(firstKey);
    }

    private int index(int argument) {
      return firstKey + keys + argument - 1;
    }

    ByteBuffer bytes(int argument) {
      return request.bytes(index(argument));
    }

    long integer(int argument) {
      return request.integer(index(argument));
    }

    /** A time to live that has to be above zero, as the command has it that the script calls. */
    Expiry positive(int argument, ExpiryUnit unit, String command) {
      return unit.positive(request, index(argument), command);
    }

    /** A time to live from now on. */
    Expiry after(int argument, int unitMillis) {
      long number = integer(argument);
      if (number > Long.MAX_VALUE / unitMillis || number < Long.MIN_VALUE / unitMillis) {
        throw ExpiryUnit.invalid("eval");
      }
      return ExpiryUnit.expiry(number * unitMillis, false, "eval");
    }

    boolean is(int argument, String word) {
      return request.is(index(argument), word);
    }

    Condition equal(Kind kind) {
      return Condition.value(kind, bytes(1));
    }

    Command answer(Command command, Spelling spelling) {
      return request.answer(command, spelling);
    }
  }

  @FunctionalInterface
  private interface Meaning {
    Command of(Call call);
  }

  /**
   * A script.
   *
   * @param keys how many keys it takes, or 0 for any number
   */
  private record Script(int keys, int arguments, Meaning meaning) {}

  /** One, or nothing at all. */
  private static final Spelling ONE_OR_NULL =
      Spelling.outcome(out -> out.integer(1), RespWriter::nothing);

  /** What a counter is now. */
  private static final Spelling SUM =
      Spelling.increased((sum, out) -> out.integer(sum.number().longValueExact()));

  private static final Map<String, Script> KNOWN = new HashMap<>();

  private static final Map<String, Script> REMEMBERED = new ConcurrentHashMap<>();

  static {
    // Compare and delete: the release of most locks.
    Meaning release =
        call ->
            call.answer(new Command.DeleteIf(call.key(), call.equal(Kind.EQUAL)), Spelling.FLAG);
    Meaning releaseOrNull =
        call -> call.answer(new Command.DeleteIf(call.key(), call.equal(Kind.EQUAL)), ONE_OR_NULL);
    for (String delete : List.of("del", "unlink")) {
      String call = "redis.call('%s', KEYS[1])".formatted(delete);
      add(
          1,
          1,
          release,
          "if redis.call('get', KEYS[1]) == ARGV[1] then return %s else return 0 end"
              .formatted(call));
      add(
          1,
          1,
          release,
          "if redis.call('get', KEYS[1]) == ARGV[1] then return %s end return 0".formatted(call));
      add(
          1,
          1,
          release,
          "if redis.call('get', KEYS[1]) == ARGV[1] then %s return 1 else return 0 end"
              .formatted(call));
      add(
          1,
          1,
          releaseOrNull,
          "if redis.call('get', KEYS[1]) == ARGV[1] then return %s end".formatted(call));
      add(
          1,
          1,
          release,
          ("local token = redis.call('get', KEYS[1]) if not token or token ~= ARGV[1] then return 0"
                  + " end %s return 1")
              .formatted(call));
      add(
          1,
          1,
          releaseOrNull,
          ("local id = redis.call('get', KEYS[1]) if id == ARGV[1] then %s return true end return"
                  + " false")
              .formatted(call));
    }
    add(
        0,
        1,
        KnownScripts::releaseAll,
        "local count = 0 for i, key in ipairs(KEYS) do if redis.call('get', key) == ARGV[1] then"
            + " redis.call('del', key) count = count + 1 end end return count");

    // Compare and expire: to hold a lock for longer.
    for (String expire : List.of("expire", "pexpire")) {
      int unit = expire.equals("expire") ? 1_000 : 1;
      String call = "redis.call('%s', KEYS[1], ARGV[2])".formatted(expire);
      Meaning extend =
          script ->
              script.answer(
                  new Command.TouchIf(
                      script.key(), script.after(2, unit), script.equal(Kind.EQUAL), false),
                  Spelling.FLAG);
      add(
          1,
          2,
          extend,
          "if redis.call('get', KEYS[1]) == ARGV[1] then return %s else return 0 end"
              .formatted(call));
      add(
          1,
          2,
          extend,
          "if redis.call('get', KEYS[1]) == ARGV[1] then return %s end return 0".formatted(call));
      add(
          1,
          2,
          extend,
          "if redis.call('get', KEYS[1]) == ARGV[1] then %s return 1 else return 0 end"
              .formatted(call));
      add(
          1,
          2,
          extend,
          ("local token = redis.call('get', KEYS[1]) if not token or token ~= ARGV[1] then return 0"
                  + " end %s return 1")
              .formatted(call));
    }
    add(
        1,
        3,
        KnownScripts::extendByOrTo,
        "local token = redis.call('get', KEYS[1]) if not token or token ~= ARGV[1] then return 0"
            + " end local expiration = redis.call('pttl', KEYS[1]) if not expiration then"
            + " expiration = 0 end if expiration < 0 then return 0 end local newttl = ARGV[2] if"
            + " ARGV[3] == '0' then newttl = ARGV[2] + expiration end redis.call('pexpire',"
            + " KEYS[1], newttl) return 1");

    // To take a lock, or hold it for longer.
    Meaning obtain = call -> set(call, 1, Kind.ABSENT_OR_EQUAL, call.after(2, 1), ONE_OR_NULL);
    add(
        1,
        2,
        obtain,
        "local id = redis.call('get', KEYS[1]) if id == ARGV[1] then redis.call('pexpire', KEYS[1],"
            + " ARGV[2]) return true elseif not id then redis.call('set', KEYS[1], ARGV[1], 'PX',"
            + " ARGV[2]) return true end return false");
    String setAll =
        "for i, key in ipairs(KEYS) do redis.call('set', key, ARGV[1], 'PX', ARGV[2]) end return"
            + " #KEYS";
    add(
        0,
        2,
        call -> setAll(call, Condition.ABSENT),
        "for i, key in ipairs(KEYS) do if redis.call('exists', key) == 1 then return 0 end end "
            + setAll);
    add(
        0,
        2,
        call -> setAll(call, call.equal(Kind.EQUAL)),
        "for i, key in ipairs(KEYS) do if redis.call('get', key) ~= ARGV[1] then return 0 end end "
            + setAll);

    // What a value is exchanged for.
    add(
        1,
        0,
        call -> call.answer(new Command.GetAndDelete(call.key()), Spelling.VALUE),
        "local value = redis.call('get', KEYS[1]) redis.call('del', KEYS[1]) return value");
    add(
        1,
        2,
        call -> set(call, 2, Kind.EQUAL, Expiry.NEVER, Spelling.FLAG),
        "if redis.call('get', KEYS[1]) == ARGV[1] then redis.call('set', KEYS[1], ARGV[2]) return 1"
            + " else return 0 end");
    add(
        1,
        1,
        call -> set(call, 1, Kind.ABSENT, Expiry.NEVER, Spelling.FLAG),
        "if redis.call('exists', KEYS[1]) == 0 then redis.call('set', KEYS[1], ARGV[1]) return 1"
            + " else return 0 end");

    add(
        1,
        2,
        call ->
            set(
                call,
                1,
                SetOptions.DEFAULT
                    .withExpiry(call.positive(2, ExpiryUnit.EX, "setex"))
                    .withCondition(Condition.ABSENT),
                Spelling.OK_OR_NULL),
        "return redis.call('exists', KEYS[1]) < 1 and redis.call('setex', KEYS[1], ARGV[2],"
            + " ARGV[1])");
    add(
        1,
        2,
        call ->
            set(
                call,
                1,
                SetOptions.DEFAULT
                    .withExpiry(call.positive(2, ExpiryUnit.PX, "psetex"))
                    .returningOld(),
                Spelling.VALUE),
        "local value = redis.call('get', KEYS[1]) redis.call('psetex', KEYS[1], ARGV[2], ARGV[1])"
            + " return value");
    add(
        1,
        2,
        call ->
            set(
                call,
                2,
                isZero(call) ? Kind.ABSENT_OR_EQUAL : Kind.EQUAL,
                Expiry.NEVER,
                Spelling.FLAG),
        "local value = redis.call('get', KEYS[1]) if value == ARGV[1] or (tonumber(ARGV[1]) == 0"
            + " and value == false) then redis.call('set', KEYS[1], ARGV[2]) return 1 else return 0"
            + " end");

    // When an item ends: for several keys in Redisson, of which each object has one.
    for (String expire : List.of("pexpire", "pexpireat")) {
      add(
          1,
          2,
          call -> expire(call, expire),
          ("local result = 0 for j = 1, #KEYS, 1 do local set if ARGV[2] ~= '' then set ="
                  + " redis.call('%s', KEYS[j], ARGV[1], ARGV[2]) else set = redis.call('%s', KEYS[j],"
                  + " ARGV[1]) end if set == 1 then result = set end end return result")
              .formatted(expire, expire));
    }

    // Counters.
    for (String expire : List.of("expire", "pexpire")) {
      int unit = expire.equals("expire") ? 1_000 : 1;
      Meaning count = call -> increase(call, BigDecimal.ONE, call.after(1, unit));
      for (String first : List.of("current == 1", "tonumber(current) == 1")) {
        add(
            1,
            1,
            count,
            ("local current = redis.call('incr', KEYS[1]) if %s then redis.call('%s', KEYS[1],"
                    + " ARGV[1]) end return current")
                .formatted(first, expire));
      }
      add(
          1,
          2,
          call -> increase(call, BigDecimal.valueOf(call.integer(1)), call.after(2, unit)),
          ("local current = redis.call('incrby', KEYS[1], ARGV[1]) if current == tonumber(ARGV[1])"
                  + " then redis.call('%s', KEYS[1], ARGV[2]) end return current")
              .formatted(expire));
    }
    Meaning addIfPresent =
        call ->
            call.answer(
                new Command.Add(call.key(), call.integer(1), Command.Arithmetic.SIGNED, null),
                Spelling.countOrNull());
    add(
        1,
        1,
        addIfPresent,
        "local exists = redis.call('exists', KEYS[1]) if exists == 1 then return"
            + " redis.call('incrby', KEYS[1], ARGV[1]) else return false end");
  }

  private KnownScripts() {}

  private static void add(int keys, int arguments, Meaning meaning, String text) {
    KNOWN.put(LuaText.normalized(text), new Script(keys, arguments, meaning));
  }

  // ---- what they mean ----

  private static Command set(Call call, int value, Kind kind, Expiry expiry, Spelling spelling) {
    Condition condition = kind == Kind.ABSENT ? Condition.ABSENT : call.equal(kind);
    return set(
        call, value, SetOptions.DEFAULT.withExpiry(expiry).withCondition(condition), spelling);
  }

  private static Command set(Call call, int value, SetOptions options, Spelling spelling) {
    return call.answer(
        new Command.Set(call.key(), ValueKind.BYTES, call.bytes(value), options), spelling);
  }

  private static boolean isZero(Call call) {
    return call.is(1, "0");
  }

  private static Command expire(Call call, String name) {
    TouchCondition condition =
        call.is(2, "")
            ? TouchCondition.ALWAYS
            : KeyCommands.condition(call.request(), call.index(2));
    Expiry expiry = ExpiryUnit.expiry(call.integer(1), name.endsWith("at"), name);
    return call.answer(new Command.Touch(call.key(), expiry, condition), Spelling.FLAG);
  }

  private static Command setAll(Call call, Condition condition) {
    ByteBuffer value = call.bytes(1);
    SetOptions options = SetOptions.DEFAULT.withExpiry(call.after(2, 1));
    List<Command.Set> items =
        keys(call).stream()
            .map(key -> new Command.Set(key, ValueKind.BYTES, value, options))
            .toList();
    return call.answer(
        new Command.SetAll(items, condition),
        Spelling.outcome(out -> out.integer(items.size()), out -> out.integer(0)));
  }

  private static Command releaseAll(Call call) {
    ByteBuffer token = call.bytes(1);
    if (token.remaining() > MAX_TOKEN_BYTES) {
      throw new RefusedException(
          "ERR argument too long: bytes="
              + token.remaining()
              + " (expected: up to "
              + MAX_TOKEN_BYTES
              + ")");
    }
    ByteBuffer copy = ByteBuffer.allocate(token.remaining()).put(token).flip();
    return call.answer(
        new Command.DeleteAll(keys(call), Condition.value(Kind.EQUAL, copy)), Spelling.COUNT);
  }

  private static List<ByteBuffer> keys(Call call) {
    Arguments words = call.request().arguments();
    return List.copyOf(
        call.request().elements(call.firstKey(), call.firstKey() + call.keys(), 1, words::bytes));
  }

  private static Command extendByOrTo(Call call) {
    Expiry expiry = call.is(3, "0") ? Expiry.later(call.integer(2)) : call.after(2, 1);
    return call.answer(
        new Command.TouchIf(call.key(), expiry, call.equal(Kind.EQUAL), true), Spelling.FLAG);
  }

  private static Command increase(Call call, BigDecimal delta, Expiry expiry) {
    return call.answer(
        new Command.Increase(
            call.key(), delta, false, null, null, false, expiry, Command.Increase.When.IF_FIRST),
        SUM);
  }

  // ---- finding them ----

  /**
   * The command that a script with these arguments means.
   *
   * @param script null if it is not known
   * @param firstKey the index of the word behind the number of keys
   */
  private static Command command(@Nullable Script script, Request request, int firstKey) {
    long keys = request.integer(firstKey - 1);
    if (keys < 0) {
      throw new RefusedException("ERR Number of keys can't be negative");
    }
    if (keys > request.count() - firstKey) {
      throw new RefusedException("ERR Number of keys can't be greater than number of args");
    }
    if (script == null) {
      throw unknown();
    }
    int arguments = (int) (request.count() - firstKey - keys);
    boolean hasKeys = script.keys() == 0 ? keys > 0 : keys == script.keys();
    if (!hasKeys || arguments < script.arguments()) {
      throw new RefusedException(
          "ERR wrong number of keys or arguments for this script: keys="
              + keys
              + " arguments="
              + arguments);
    }
    return script.meaning().of(new Call(request, firstKey, (int) keys));
  }

  static Command evaluate(Request request) {
    ByteBuffer text = request.bytes(1);
    return command(find(text, hash(text)), request, 3);
  }

  static Command evaluateByHash(Request request) {
    Script script = REMEMBERED.get(request.string(1).toLowerCase(Locale.ROOT));
    if (script == null) {
      throw new RefusedException("NOSCRIPT No matching script. Please use EVAL.");
    }
    return command(script, request, 3);
  }

  static Command load(Request request) {
    String hash = hash(request.bytes(2));
    if (find(request.bytes(2), hash) == null) {
      throw unknown();
    }
    return request.answer(Spelling.done(out -> out.bulk(hash)));
  }

  static Command exist(Request request) {
    boolean[] exist = new boolean[request.count() - 2];
    for (int i = 0; i < exist.length; i++) {
      exist[i] = REMEMBERED.containsKey(request.string(i + 2).toLowerCase(Locale.ROOT));
    }
    return request.answer(
        Spelling.done(out -> {
          out.array(exist.length);
          for (boolean one : exist) {
            out.integer(one ? 1 : 0);
          }
        }));
  }

  static Command flush(Request request) {
    boolean plain = request.count() == 2;
    if (!plain && !(request.count() == 3 && (request.is(2, "sync") || request.is(2, "async")))) {
      throw new RefusedException("ERR SCRIPT FLUSH only support SYNC|ASYNC option");
    }
    return request.answer(
        Spelling.done(out -> {
          REMEMBERED.clear();
          out.ok();
        }));
  }

  /** The script with this text, which is remembered from now on; null if it is not known. */
  private static @Nullable Script find(ByteBuffer text, String hash) {
    Script script = REMEMBERED.get(hash);
    if (script != null || text.remaining() > MAX_SCRIPT_BYTES) {
      return script;
    }
    script =
        KNOWN.get(
            LuaText.normalized(StandardCharsets.ISO_8859_1.decode(text.duplicate()).toString()));
    if (script != null && REMEMBERED.size() < MAX_REMEMBERED) {
      REMEMBERED.put(hash, script);
    }
    return script;
  }

  private static String hash(ByteBuffer text) {
    try {
      MessageDigest sha1 = MessageDigest.getInstance("SHA-1");
      sha1.update(text.duplicate());
      return HexFormat.of().formatHex(sha1.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JVM has SHA-1", e);
    }
  }

  private static RefusedException unknown() {
    return new RefusedException(
        "ERR this server executes no scripts, apart from known ones of locks and counters: see"
            + " docs/dialects.md");
  }
}
