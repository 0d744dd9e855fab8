package io.speicher.compat.differential;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;

/** memcached's text and meta commands; after each an {@code mn}, whose answer ends the replies. */
final class MemcachedCommands implements Dialect {
  private static final String SEPARATOR = "mn\r\n";
  private static final String SEPARATOR_ANSWER = "MN\r\n";

  @Override
  public List<Command> round(Random random, int size) {
    Generator generator = new Generator(random);
    List<Command> round = new ArrayList<>();
    round.add(command("flush_all"));
    while (round.size() < size) {
      round.add(generator.next());
    }
    return round;
  }

  @Override
  public String trailer() {
    return "md no-such-key Oend-of-round\r\n";
  }

  @Override
  public String trailerAnswer() {
    return "NF Oend-of-round\r\n";
  }

  @Override
  public String filler() {
    return SEPARATOR.repeat(500);
  }

  @Override
  public List<String> replies(String answer) {
    List<String> replies = new ArrayList<>();
    int from = 0;
    while (from < answer.length()) {
      int separator = answer.indexOf(SEPARATOR_ANSWER, from);
      while (separator > from && answer.charAt(separator - 1) != '\n') {
        separator = answer.indexOf(SEPARATOR_ANSWER, separator + 1); // That was in a value.
      }
      int end = separator < 0 ? answer.length() : separator + SEPARATOR_ANSWER.length();
      replies.add(answer.substring(from, end));
      from = end;
    }
    return replies;
  }

  private static Command command(String line) {
    return command(line, "");
  }

  /** A command with a block of data, which brings its line end. */
  private static Command command(String line, String block) {
    String name = line.strip().split(" ", 2)[0];
    boolean time = name.startsWith("m") && (line.contains(" t") || line.contains(" l"));
    return new Command(time ? name + " with a time" : name, line + "\r\n" + block + SEPARATOR);
  }

  private static final class Generator {
    private static final String OPAQUE = " Oab";

    private static final int MAX_KEY_BYTES = 250;

    /** A longer line that has no end yet makes memcached hang up. */
    private static final int MAX_LINE = 1_000;

    private final Choices choices;
    private final List<Supplier<Command>> suppliers = new ArrayList<>();

    Generator(Random random) {
      choices = new Choices(random);
      for (int weight = 0; weight < 4; weight++) {
        suppliers.add(this::store);
        suppliers.add(this::get);
        suppliers.add(this::metaGet);
        suppliers.add(this::metaSet);
      }
      suppliers.add(this::storeMuch);
      suppliers.add(this::cas);
      suppliers.add(this::getAndTouch);
      suppliers.add(() -> command("delete " + key() + extra("", "0", "5", "noreply", "x y")));
      suppliers.add(this::arithmetic);
      suppliers.add(this::arithmetic);
      suppliers.add(() -> command("touch " + key() + ' ' + expiry() + noreply()));
      suppliers.add(this::metaDelete);
      suppliers.add(this::metaDelete);
      suppliers.add(this::metaArithmetic);
      suppliers.add(this::metaArithmetic);
      suppliers.add(() -> command("me " + key() + extra("", "b", "x")));
      suppliers.add(this::rare);
    }

    Command next() {
      return suppliers.get(choices.random.nextInt(suppliers.size())).get();
    }

    private Command storeMuch() {
      String value = choices.text(choices.random.nextInt(MAX_LINE, 100_000));
      String line = choices.oneOf("set k1", "add k2", "replace k3", "append k4", "prepend k5");
      return command(line + " 0 0 " + value.length() + noreply(), value + "\r\n");
    }

    private Command store() {
      String name = choices.oneOf("set", "set", "set", "add", "replace", "append", "prepend");
      String value = value();
      boolean replaces = !name.endsWith("pend");
      String key = replaces && choices.chance(3) ? counter() : key();
      String line = name + ' ' + key + ' ' + flags() + ' ' + expiry() + ' ' + length(value);
      return command(line + noreply(), value + "\r\n");
    }

    /**
     * Only these are counted with, and nothing is appended to them: what memcached pads a number
     * with would come to lie within a value.
     */
    private String counter() {
      return "n" + choices.random.nextInt(4);
    }

    private Command cas() {
      String value = value();
      String unique = choices.chance(4) ? choices.number() : "" + Command.LAST_CAS;
      String line = "cas " + key() + ' ' + flags() + ' ' + expiry() + ' ' + length(value);
      return command(line + ' ' + unique + noreply(), value + "\r\n");
    }

    private Command get() {
      return command(choices.oneOf("get", "gets") + keys());
    }

    private Command getAndTouch() {
      // With a key that is too long, memcached touches those before it; Speicher touches none.
      String keys = keys();
      return command(
          choices.oneOf("gat", "gats")
              + ' '
              + expiry()
              + (keys.length() > MAX_KEY_BYTES ? " k1 n1" : keys));
    }

    private Command arithmetic() {
      String name = choices.oneOf("incr ", "decr ");
      return command(name + counter() + ' ' + choices.number() + noreply());
    }

    private Command rare() {
      return command(
          switch (choices.random.nextInt(14)) {
            case 0 -> "flush_all" + extra("", "0", "noreply", "0 noreply", "x", "-1");
            case 1 -> "verbosity" + extra("", "0", "1", "x", "0 noreply", "0 0 0");
            case 2 -> "version";
            case 3 -> "me" + extra("", "k1 x y");
            case 4 -> choices.oneOf("GET k1", "foo", "", " ", "get", "set", "gets ", "cas k1");
            case 5 -> choices.oneOf("mg", "ms", "md", "ma", "me", "mx k1", "m", "ms k1");
            case 6 -> choices.oneOf("set k1 0 0", "add k1 0", "incr k1", "touch k1", "gat 0");
            case 7 -> choices.oneOf("delete", "touch", "incr", "decr k1 ", "gat", "gats k1");
            case 8 -> "set " + key() + " 0 0 " + choices.oneOf("-1", "x", "", "-2147483648");
            case 9 -> "ms " + key() + ' ' + choices.oneOf("-1", "x", "S5", "-2147483648", "T0");
            case 10 -> "get" + " k1".repeat(choices.random.nextInt(1, 60));
            case 11 -> "mg k1" + " v".repeat(choices.random.nextInt(1, 40));
            case 12 -> "get " + choices.text(choices.random.nextInt(240, 260));
            default -> "  get  k1   k2  ";
          });
    }

    private Command metaGet() {
      StringBuilder flags = new StringBuilder();
      while (!choices.chance(4)) {
        flags.append(
            switch (choices.random.nextInt(18)) {
              case 0 -> OPAQUE;
              case 1 -> " N" + expiry();
              case 2 -> " R" + choices.oneOf("0", "30", "999999999", choices.number());
              case 3 -> " T" + expiry();
              case 4 -> odd();
              case 5, 6, 7 -> " v";
              default -> choices.oneOf(" c", " f", " h", " k", " l", " q", " s", " t", " u");
            });
      }
      if (flags.indexOf("-") >= 0 || flags.indexOf("4000000000") >= 0) {
        without(
            flags, " t"); // What memcached says is left of a time that is over is a huge number.
      }
      if (flags.indexOf(" R") >= 0 && flags.indexOf(" T") >= 0) {
        flags.setLength(0); // Whether R looks at the new time to live depends on their order.
      }
      if (flags.indexOf(" N") >= 0 && flags.indexOf(" T") >= 0) {
        without(flags, " t"); // See metaArithmetic.
      }
      return command("mg " + key(flags) + flags);
    }

    private Command metaSet() {
      String value = value();
      StringBuilder flags = new StringBuilder();
      while (!choices.chance(3)) {
        flags.append(
            switch (choices.random.nextInt(10)) {
              case 0 -> OPAQUE;
              case 1 -> " C" + casUnique();
              case 2 -> " F" + flags();
              case 3 -> " T" + expiry();
              case 4, 5 -> " M" + choices.oneOf("E", "A", "P", "R", "S", "a", "X", "", "Set");
              case 6 -> odd();
              default -> choices.oneOf(" c", " I", " k", " q");
            });
      }
      if (flags.indexOf(" C") >= 0) {
        without(flags, " I"); // Which of two versions is older only memcached promises to know.
      }
      return command("ms " + key(flags) + ' ' + length(value) + flags, value + "\r\n");
    }

    private Command metaDelete() {
      StringBuilder flags = new StringBuilder();
      while (!choices.chance(3)) {
        flags.append(
            switch (choices.random.nextInt(8)) {
              case 0 -> OPAQUE;
              case 1 -> " C" + casUnique();
              case 2 -> " T" + expiry();
              case 3 -> odd();
              case 4, 5 -> " I";
              default -> choices.oneOf(" k", " q");
            });
      }
      return command("md " + key(flags) + flags);
    }

    private Command metaArithmetic() {
      StringBuilder flags = new StringBuilder();
      while (!choices.chance(4)) {
        flags.append(
            switch (choices.random.nextInt(12)) {
              case 0 -> OPAQUE;
              case 1 -> " C" + casUnique();
              case 2 -> " N" + expiry();
              case 3 -> " J" + choices.number();
              case 4 -> " D" + choices.number();
              // memcached may give the new time to live to the number that was, not to the sum.
              case 5 -> " T" + choices.oneOf("0", "x");
              case 6 -> " M" + choices.oneOf("I", "D", "+", "-", "i", "x", "", "incr");
              case 7 -> odd();
              default -> choices.oneOf(" t", " c", " v", " k", " q");
            });
      }
      if (flags.indexOf(" N") >= 0) {
        // To memcached, a counter that is new is worth telling all the same; and a time to live is
        // what it is when the flags before it, but not those after it, have been looked at.
        without(flags, " q");
      }
      if (flags.indexOf(" N") >= 0 || flags.indexOf(" T") >= 0) {
        without(flags, " t");
      }
      return command("ma " + counter() + flags);
    }

    private String odd() {
      return choices.oneOf(
          " O", " N", " T", " C", " x", " v v", " !", " S1", " E5", " vv", " O1 O2");
    }

    private String casUnique() {
      return choices.chance(4) ? choices.number() : "" + Command.LAST_CAS;
    }

    /**
     * For a meta command; a key in base64 adds its flag. Those keys are never written otherwise,
     * nor shown: memcached remembers, but for items that it made itself, how the key was written
     * when an item was stored, and shows it so.
     */
    private String key(StringBuilder flags) {
      if (!choices.chance(5)) {
        return key();
      }
      without(flags, " k");
      flags.insert(0, " b");
      byte[] key = ("\0" + choices.key()).getBytes(StandardCharsets.ISO_8859_1);
      return choices.chance(4)
          ? choices.oneOf("k1", "=", "a===", "!!!!", "YQ")
          : Base64.getEncoder().encodeToString(key);
    }

    /**
     * A value, none that is read as a line too long where its command is refused. To C's parser
     * "-0" is an unsigned number.
     */
    private String value() {
      String value = choices.value();
      // To count with white space alone, memcached reads on into what lies behind the item.
      boolean undefined = value.equals("-0") || value.matches("\\s+");
      return value.length() > MAX_LINE || undefined ? "0" : value;
    }

    private static void without(StringBuilder flags, String flag) {
      for (int at = flags.indexOf(flag); at >= 0; at = flags.indexOf(flag)) {
        flags.delete(at, at + flag.length());
      }
    }

    private String key() {
      return choices.chance(40)
          ? choices.oneOf("\u00c3\u00a4", "\u0001", "a\0b", choices.text(250), choices.text(251))
          : choices.key();
    }

    private String keys() {
      StringBuilder keys = new StringBuilder();
      do {
        keys.append(' ').append(choices.chance(3) ? counter() : key());
      } while (choices.chance(2));
      return keys.toString();
    }

    private String flags() {
      return choices.chance(20) ? choices.oddNumber() : choices.oneOf("0", "0", "7", "4294967295");
    }

    private String expiry() {
      return switch (choices.random.nextInt(12)) {
        case 0 -> "-1";
        case 1 -> Integer.toString(choices.farSeconds());
        case 2 -> "4000000000"; // In the year 2096.
        case 3 -> choices.oneOf("x", "", "1.5", "-100", "99999999999999999999");
        default -> "0";
      };
    }

    private String length(String value) {
      int length = value.length();
      return Integer.toString(choices.chance(40) ? Math.max(0, length - 2) : length);
    }

    private String noreply() {
      return choices.chance(10) ? choices.oneOf(" noreply", " noreply", " norepl", " x") : "";
    }

    private String extra(String... words) {
      return ' ' + choices.oneOf(words);
    }
  }
}
