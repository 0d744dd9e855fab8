package io.speicher.compat.differential;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** Redis's commands for plain keys. */
final class RespCommands implements Dialect {
  private static final int MAX_KEY_BYTES = 65_535;
  private static final long FAR_FUTURE_SECONDS = 4_000_000_000L; // In the year 2096.

  @Override
  public List<Command> round(Random random, int size) {
    Generator generator = new Generator(random);
    List<Command> round = new ArrayList<>();
    round.add(command("FLUSHALL"));
    while (round.size() < size) {
      round.addAll(generator.next());
    }
    return round;
  }

  @Override
  public String trailer() {
    return "RESET\r\nPING end-of-round\r\n";
  }

  @Override
  public String trailerAnswer() {
    return "+RESET\r\n$12\r\nend-of-round\r\n";
  }

  @Override
  public String filler() {
    return "\r\n".repeat(1_000);
  }

  @Override
  public List<String> replies(String answer) {
    List<String> replies = new ArrayList<>();
    int from = 0;
    while (from < answer.length()) {
      int end = endOfReply(answer, from);
      replies.add(answer.substring(from, end));
      from = end;
    }
    return replies;
  }

  private static int endOfReply(String answer, int from) {
    int lineEnd = answer.indexOf("\r\n", from);
    if (lineEnd < 0) {
      return answer.length();
    }
    int end = lineEnd + 2;
    return switch (answer.charAt(from)) {
      case '$', '!', '=' -> {
        int length = length(answer, from, lineEnd);
        yield length < 0 ? end : Math.min(answer.length(), end + length + 2);
      }
      case '*', '~', '>' -> endOfElements(answer, end, length(answer, from, lineEnd));
      case '%' -> endOfElements(answer, end, 2 * length(answer, from, lineEnd));
      default -> end;
    };
  }

  private static int endOfElements(String answer, int from, int count) {
    int end = from;
    for (int i = 0; i < count && end < answer.length(); i++) {
      end = endOfReply(answer, end);
    }
    return end;
  }

  private static int length(String answer, int from, int lineEnd) {
    return Integer.parseInt(answer, from + 1, lineEnd, 10);
  }

  private static Command command(String... words) {
    return command(Arrays.asList(words));
  }

  private static Command command(List<String> words) {
    StringBuilder bytes = new StringBuilder("*").append(words.size()).append("\r\n");
    for (String word : words) {
      bytes.append('$').append(word.length()).append("\r\n").append(word).append("\r\n");
    }
    return new Command(name(words), bytes.toString());
  }

  /** With its second word where that is a part of the name. */
  private static String name(List<String> words) {
    String first = words.getFirst().toUpperCase(Locale.ROOT);
    return switch (first) {
      case "CLIENT", "COMMAND", "CONFIG", "LATENCY", "MEMORY", "OBJECT", "SLOWLOG" ->
          words.size() == 1 ? first : first + ' ' + words.get(1).toUpperCase(Locale.ROOT);
      default -> first;
    };
  }

  private static final class Generator {
    private final Choices choices;

    /** May be queued in a transaction: the replies are always the same bytes. */
    private final List<Supplier<List<String>>> plain = new ArrayList<>();

    private final List<Supplier<List<String>>> others = new ArrayList<>();

    Generator(Random random) {
      choices = new Choices(random);
      addStrings();
      addKeys();
      addConnection();
    }

    List<Command> next() {
      return switch (choices.random.nextInt(40)) {
        case 0 -> transaction();
        case 1 -> expiredAtOnce();
        case 2 -> withoutReplies();
        case 3 -> List.of(command(script()));
        case 4, 5, 6, 7, 8 -> List.of(from(others));
        default -> List.of(from(plain));
      };
    }

    private void addStrings() {
      for (int weight = 0; weight < 4; weight++) {
        plain.add(() -> words("GET", key()));
        plain.add(this::set);
      }
      plain.add(() -> words("SETNX", key(), value()));
      plain.add(() -> words("SETEX", key(), seconds(), value()));
      plain.add(() -> words("PSETEX", key(), millis(), value()));
      plain.add(() -> words("GETSET", key(), value()));
      plain.add(() -> words("GETDEL", key()));
      plain.add(this::getex);
      plain.add(() -> several("MGET", this::key));
      plain.add(() -> pairs("MSET"));
      plain.add(() -> pairs("MSETNX"));
      plain.add(() -> words("APPEND", key(), value()));
      plain.add(() -> words("STRLEN", key()));
      plain.add(() -> words("SETRANGE", key(), offset(), value()));
      plain.add(() -> words(choices.oneOf("GETRANGE", "SUBSTR"), key(), number(), number()));
      plain.add(() -> words("INCR", key()));
      plain.add(() -> words("DECR", key()));
      plain.add(() -> words("INCRBY", key(), number()));
      plain.add(() -> words("DECRBY", key(), number()));
      plain.add(() -> words("INCRBYFLOAT", "decimal", decimal()));
      plain.add(() -> words("INCRBYFLOAT", key(), choices.oneOf("nan", "x", " 1", "1 ", "")));
    }

    private void addKeys() {
      plain.add(() -> several(choices.oneOf("DEL", "UNLINK", "EXISTS", "TOUCH"), this::key));
      plain.add(() -> words("TYPE", key()));
      plain.add(() -> words("RENAME", key(), key()));
      plain.add(() -> words("RENAMENX", key(), key()));
      plain.add(this::copy);
      plain.add(() -> words("SELECT", choices.oneOf("0", "0", "1", "2")));
      plain.add(() -> words("MOVE", key(), choices.oneOf("0", "1", "2", "99", "x")));
      plain.add(() -> words("COPY", key(), key(), "DB", choices.oneOf("0", "1", "2", "99", "x")));
      plain.add(() -> expire("EXPIRE", seconds()));
      plain.add(() -> expire("PEXPIRE", millis()));
      plain.add(() -> expire("EXPIREAT", timestamp(1)));
      plain.add(() -> expire("PEXPIREAT", timestamp(1_000)));
      plain.add(() -> words("PERSIST", key()));
      plain.add(() -> words("DBSIZE"));
      others.add(() -> words(choices.oneOf("TTL", "PTTL", "EXPIRETIME", "PEXPIRETIME"), key()));
      others.add(() -> words("KEYS", pattern()));
      others.add(this::scan);
      others.add(() -> words("RANDOMKEY"));
      others.add(() ->
          words("OBJECT", choices.oneOf("ENCODING", "REFCOUNT", "IDLETIME", "FREQ", "X"), key()));
      others.add(() -> words("MEMORY", "USAGE", key()));
      if (choices.chance(8)) {
        plain.add(
            () -> words("SWAPDB", choices.oneOf("0", "1", "x"), choices.oneOf("1", "2", "99")));
        plain.add(() -> words(choices.oneOf("FLUSHALL", "FLUSHDB"), choices.oneOf("SYNC", "x")));
      }
    }

    private void addConnection() {
      others.add(() -> words("PING"));
      others.add(() -> words("PING", value()));
      others.add(() -> words("ECHO", value()));
      others.add(() -> words("SELECT", choices.oneOf("0", "99", "-1", "x")));
      others.add(() -> words("HELLO", choices.oneOf("2", "3", "3", "4", "1", "x", "-1")));
      others.add(() -> words("HELLO", "3", "SETNAME", choices.oneOf("one", "a b")));
      others.add(() -> words("AUTH", choices.value()));
      others.add(() -> words("RESET"));
      others.add(() -> words("CLIENT", choices.oneOf("ID", "INFO", "LIST", "GETNAME", "X")));
      others.add(() -> words("CLIENT", "SETNAME", choices.oneOf("", "name", "a b", "a\n")));
      others.add(() -> words("CLIENT", "NO-EVICT", choices.oneOf("on", "OFF", "x")));
      others.add(() -> words("CLIENT", "REPLY", "ON"));
      others.add(() -> words("COMMAND", choices.oneOf("COUNT", "LIST", "X")));
      others.add(() -> words("CONFIG", "GET", choices.oneOf("maxmemory", "x?y", "port")));
      others.add(() -> words("CONFIG", choices.oneOf("RESETSTAT", "X")));
      others.add(() -> words("INFO", choices.oneOf("server", "keyspace", "x")));
      others.add(() -> words("TIME"));
      others.add(() -> words("SLOWLOG", choices.oneOf("RESET", "X")));
      others.add(() -> words("LATENCY", choices.oneOf("LATEST", "RESET", "X")));
      others.add(() -> words("WAIT", "0", "0"));
      others.add(() -> words("ROLE"));
      others.add(() -> words(choices.oneOf("EXEC", "DISCARD", "UNWATCH")));
      others.add(() -> words(choices.oneOf("NOSUCH", "n\u00f6", "x\r\ny", ""), key(), value()));
    }

    private Command from(List<Supplier<List<String>>> suppliers) {
      List<String> words = suppliers.get(choices.random.nextInt(suppliers.size())).get();
      boolean hello = words.getFirst().equals("HELLO");
      if (choices.chance(40)) {
        words.removeLast();
      } else if (choices.chance(40) && !hello) { // Of one that fails, Redis keeps the name.
        words.add(choices.oneOf("x", "1", "NX", "GET"));
      }
      if (words.isEmpty()) {
        words.add("GET");
      }
      words.set(0, choices.anyCase(words.getFirst()));
      return choices.chance(10) ? inline(words) : command(words);
    }

    private Command inline(List<String> words) {
      boolean simple = words.stream().allMatch(word -> word.matches("[A-Za-z0-9.+-]+"));
      String line = words.stream().map(this::quoted).collect(Collectors.joining(" "));
      return line.length() > 10_000
          ? command(words) // A line may have 64 KB.
          : new Command(name(words), (simple ? String.join("  ", words) : line) + "\r\n");
    }

    private String quoted(String word) {
      StringBuilder quoted = new StringBuilder("\"");
      for (int i = 0; i < word.length(); i++) {
        char c = word.charAt(i);
        switch (c) {
          case '"', '\\' -> quoted.append('\\').append(c);
          case '\n' -> quoted.append("\\n");
          case '\r' -> quoted.append("\\r");
          case '\0' -> quoted.append("\\x00");
          default -> quoted.append(c);
        }
      }
      return quoted.append('"').toString();
    }

    private List<Command> transaction() {
      List<Command> transaction = new ArrayList<>();
      if (choices.chance(3)) {
        // Both are there, since Speicher does not notice an absent key that is absent again.
        String first = key();
        String second = key();
        transaction.add(command("MSET", first, value(), second, value()));
        transaction.add(command("WATCH", first, second));
        transaction.add(from(plain));
      }
      transaction.add(command("MULTI"));
      for (int i = choices.random.nextInt(8); i > 0; i--) {
        transaction.add(
            choices.chance(20)
                ? command(choices.oneOf("MULTI", "NOSUCH", "GET", "UNWATCH"))
                : from(plain));
      }
      if (choices.chance(20)) {
        transaction.add(command("WATCH", key()));
      }
      transaction.add(command(choices.oneOf("EXEC", "EXEC", "EXEC", "DISCARD")));
      return transaction;
    }

    /** Redis removes such an item when it is next looked at, and counts it until then. */
    private List<Command> expiredAtOnce() {
      String key = key();
      return List.of(command("SET", key, value(), "EXAT", "1000"), command("GET", key));
    }

    private List<Command> withoutReplies() {
      Command off = command("CLIENT", "REPLY", choices.oneOf("OFF", "SKIP"));
      Command on = command("CLIENT", "REPLY", "ON");
      return List.of(
          new Command("CLIENT REPLY", off.bytes() + command(set()).bytes() + on.bytes()));
    }

    private List<String> set() {
      List<String> words = words("SET", key(), value());
      while (choices.chance(3)) {
        switch (choices.random.nextInt(12)) {
          case 0, 1 -> words.add("NX");
          case 2, 3 -> words.add(choices.oneOf("XX", "xx"));
          case 4, 5 -> words.add(choices.oneOf("GET", "get"));
          case 6 -> words.add("KEEPTTL");
          case 7 -> words.add(choices.oneOf("", "x", "EX", "PXAT"));
          default -> addExpiry(words);
        }
      }
      return words;
    }

    /** One that is known: Speicher executes no others. */
    private List<String> script() {
      return choices.chance(2)
          ? words(
              "EVAL",
              "if redis.call('get', KEYS[1]) == ARGV[1] then return redis.call('del', KEYS[1]) else"
                  + " return 0 end",
              "1",
              key(),
              value())
          : words(
              "EVAL",
              "local value = redis.call('get', KEYS[1]) redis.call('del', KEYS[1]) return value",
              "1",
              key());
    }

    private List<String> getex() {
      List<String> words = words("GETEX", key());
      while (choices.chance(2)) {
        if (choices.chance(4)) {
          words.add(choices.oneOf("PERSIST", "persist", "x", "EX"));
        } else {
          addExpiry(words);
        }
      }
      return words;
    }

    private void addExpiry(List<String> words) {
      switch (choices.random.nextInt(4)) {
        case 0 -> words.addAll(List.of("EX", seconds()));
        case 1 -> words.addAll(List.of("PX", millis()));
        case 2 -> words.addAll(List.of("EXAT", future(1)));
        default -> words.addAll(List.of("pxat", future(1_000)));
      }
    }

    private List<String> expire(String name, String time) {
      List<String> words = words(name, key(), time);
      while (choices.chance(3)) {
        words.add(choices.oneOf("NX", "XX", "GT", "LT", "gt", "x"));
      }
      return words;
    }

    private List<String> copy() {
      List<String> words = words("COPY", key(), key());
      while (choices.chance(3)) {
        words.addAll(
            choices.chance(2) ? List.of("REPLACE") : List.of("DB", choices.oneOf("0", "x", "-1")));
      }
      return words;
    }

    private List<String> scan() {
      // Large enough a count for all keys to come at once.
      List<String> words = words("SCAN", choices.chance(20) ? "x" : "0", "COUNT", "1000");
      while (choices.chance(3)) {
        words.addAll(
            switch (choices.random.nextInt(4)) {
              case 0 -> List.of("TYPE", choices.oneOf("string", "hash", "x"));
              case 1 -> List.of("COUNT", choices.oneOf("0", "-1", "x"));
              default -> List.of("MATCH", pattern());
            });
      }
      return words;
    }

    private String pattern() {
      return choices.oneOf(
          "*", "k*", "k?", "k[0-4]", "k[^1]", "k[a-", "\\k1", "k1", "[k", "", "**", "*[5-1]*",
          "k\\");
    }

    private String seconds() {
      return choices.chance(6)
          ? choices.oneOf("0", "-1", choices.oddNumber())
          : Integer.toString(choices.farSeconds());
    }

    private String millis() {
      return choices.chance(6)
          ? choices.oneOf("0", "-1", choices.oddNumber())
          : Long.toString(1_000L * choices.farSeconds());
    }

    private String timestamp(int unit) {
      return choices.chance(6) ? choices.oneOf("0", "1", "-1", "1000") : future(unit);
    }

    private String future(int unit) {
      return choices.chance(10)
          ? choices.oneOf("-1", "x", "99999999999999999999", Long.toString(Long.MAX_VALUE))
          : Long.toString(unit * (FAR_FUTURE_SECONDS + choices.random.nextInt(5)));
    }

    private String offset() {
      return choices.chance(8)
          ? choices.oneOf("536870912", "2147483648", "-1", "x", "9223372036854775807")
          : Integer.toString(choices.random.nextInt(40));
    }

    /** Of all sizes, so that sums are rounded in every way. */
    private String decimal() {
      String digits = (choices.chance(2) ? "-" : "") + choices.smallNumber();
      return choices.oneOf(
          digits,
          digits + "." + choices.smallNumber(),
          digits + "e" + (choices.random.nextInt(60) - 30),
          digits + "e" + (choices.random.nextInt(10_000) - 5_000));
    }

    private List<String> several(String name, Supplier<String> word) {
      List<String> words = words(name);
      do {
        words.add(word.get());
      } while (choices.chance(2));
      return words;
    }

    private List<String> pairs(String name) {
      List<String> words = words(name);
      do {
        words.add(key());
        words.add(value());
      } while (choices.chance(2));
      return words;
    }

    /** Redis takes empty keys too, and ones of megabytes. */
    private String key() {
      String strange = choices.chance(40) ? choices.value() : "";
      boolean isKey = !strange.isEmpty() && strange.length() <= MAX_KEY_BYTES;
      return isKey ? strange : choices.key();
    }

    private String value() {
      return choices.value();
    }

    private String number() {
      return choices.number();
    }

    private static List<String> words(String... words) {
      return new ArrayList<>(Arrays.asList(words));
    }
  }
}
