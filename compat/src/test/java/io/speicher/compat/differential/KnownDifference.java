package io.speicher.compat.differential;

import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Where the servers need not say the same, and why. Everything else is a difference. */
enum KnownDifference {
  EMPTY_KEY("A key of Speicher's has at least one byte.", Set.of(Command.DAMAGED)) {
    @Override
    boolean allows(String a, String b) {
      return b.contains("-ERR key empty: keyBytes=0 (expected: 1..65535)\r\n");
    }
  },

  BASE64("memcached decodes what is no base64.", Set.of(Command.DAMAGED)) {
    @Override
    boolean allows(String a, String b) {
      return b.contains("CLIENT_ERROR error decoding key\r\n")
          || b.contains("CLIENT_ERROR invalid or duplicate flag\r\n"); // So says an md or ma.
    }
  },

  OTHER_FAMILY(
      "Damage can make a name of Redis's that is no command of Speicher's, as HGET of MGET.",
      Set.of(Command.DAMAGED)) {
    @Override
    boolean allows(String a, String b) {
      int first = 0;
      while (first < Math.min(a.length(), b.length()) && a.charAt(first) == b.charAt(first)) {
        first++;
      }
      int line = a.lastIndexOf('\n', first) + 1;
      return a.startsWith(UNKNOWN_COMMAND, line) != b.startsWith(UNKNOWN_COMMAND, line);
    }
  },

  OTHER_COMMANDS("Damage can make COMMAND of another one.", Set.of(Command.DAMAGED)) {
    @Override
    boolean allows(String a, String b) {
      return COMMAND_LIST.matcher(a).find() && COMMAND_LIST.matcher(b).find();
    }
  },

  ORDER("The order of keys is that of a server's hash table.", Set.of("KEYS", "SCAN")) {
    @Override
    String normal(String reply) {
      return reply
          .chars()
          .sorted()
          .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
          .toString();
    }
  },

  CONTENT(
      "They tell of the server itself: its name, version, memory, commands and connections.",
      Set.of(
          "HELLO",
          "INFO",
          "CLIENT ID",
          "CLIENT INFO",
          "CLIENT LIST",
          "COMMAND",
          "COMMAND COUNT",
          "COMMAND LIST",
          "CONFIG GET",
          "TIME",
          "MEMORY USAGE",
          "OBJECT ENCODING",
          "OBJECT FREQ",
          "OBJECT IDLETIME",
          "OBJECT REFCOUNT",
          "RANDOMKEY",
          "LATENCY LATEST",
          "LATENCY RESET",
          "version",
          "me")) {
    @Override
    String normal(String reply) {
      return reply.substring(0, reply.startsWith("$-1") ? 3 : 1);
    }
  },

  BEFORE_THE_START(
      "Between two ends that lie before the first byte there is nothing since Redis 8.",
      Set.of("GETRANGE", "SUBSTR", Command.DAMAGED)) {
    @Override
    boolean allows(String a, String b) {
      return a.startsWith("$1\r\n") && b.startsWith("$0\r\n");
    }
  },

  SKIPPING(
      "To Redis, an empty command is one whose reply CLIENT REPLY SKIP leaves out.",
      Set.of("CLIENT REPLY")),

  EXPIRED("Redis counts what has expired until it comes upon it.", Set.of("DBSIZE")) {
    @Override
    String normal(String reply) {
      return reply.startsWith(":") ? ":n" : reply;
    }
  },

  CLOCK(
      "What is left of a time to live depends on when a command arrives.",
      Set.of("TTL", "PTTL", "EXPIRETIME", "PEXPIRETIME", "mg with a time", "ma with a time")) {
    @Override
    boolean allows(String a, String b) {
      return near(Cas.without(a), Cas.without(b));
    }
  },

  CAS_UNIQUE(
      "Every server counts its cas uniques as it likes.",
      Set.of("gets", "gats", "mg", "ms", "ma", Command.DAMAGED)) {
    @Override
    String normal(String reply) {
      return Cas.without(reply);
    }
  },

  USE(
      "Speicher knows how often a key was used lately, not whether since it was stored.",
      Set.of("mg", "mg with a time", Command.DAMAGED)) {
    @Override
    String normal(String reply) {
      return HIT.matcher(Cas.without(reply)).replaceAll(" h?");
    }
  },

  PADDING(
      "memcached pads a number that decr made shorter; the protocol says not to rely on it.",
      Set.of("get", "gets", "gat", "gats", "mg", "mg with a time", "ma", Command.DAMAGED)) {
    @Override
    String normal(String reply) {
      String anyLength = LENGTH.matcher(Cas.without(reply)).replaceAll("$1");
      return anyLength.replace(" ", "");
    }
  },

  REPLICAS(
      "A WAIT for replicas ends at once, since there are none; in Redis when its time is up.",
      Set.of(Command.DAMAGED)) {
    @Override
    boolean allows(String a, String b) {
      return b.startsWith(a) && b.startsWith(":0\r\n", a.length());
    }
  },

  LATE(
      "That a block of data is refused Speicher says at once, memcached when all of it has come.",
      Set.of(Command.DAMAGED)) {
    @Override
    boolean allows(String a, String b) {
      return b.startsWith(a) && REFUSED.matcher(b.substring(a.length())).matches();
    }
  };

  private static final String UNKNOWN_COMMAND = "-ERR unknown command '";
  private static final Pattern COMMAND_LIST = Pattern.compile("\\*\\d+\r\n\\*10\r\n\\$\\d+\r\n");
  private static final Pattern LENGTH = Pattern.compile("(VALUE \\S+ \\d+|VA|^HD.* s) ?\\d+");
  private static final Pattern REFUSED = Pattern.compile("(SERVER|CLIENT)_ERROR[^\\r]*\r\n");
  private static final Pattern HIT = Pattern.compile(" h[01]");
  private static final Pattern NUMBER = Pattern.compile("\\d{3,}");
  private static final long NEAR = 5_000;

  final String reason;
  private final Pattern names;

  KnownDifference(String reason, Set<String> names) {
    this.reason = reason;
    this.names = Pattern.compile(String.join("|", names));
  }

  /** Whether replies to this can be compared where they cannot be told apart from others. */
  static boolean comparesInAStream(Command command) {
    return Stream.of(ORDER, CONTENT, BEFORE_THE_START, SKIPPING, EXPIRED, CLOCK)
        .noneMatch(known -> known.concerns(command));
  }

  boolean concerns(Command command) {
    return names.matcher(command.name()).matches();
  }

  boolean allows(String a, String b) {
    return normal(a).equals(normal(b));
  }

  String normal(String reply) {
    return reply;
  }

  private static boolean near(String a, String b) {
    Matcher inA = NUMBER.matcher(a);
    Matcher inB = NUMBER.matcher(b);
    while (inA.find() && inB.find()) {
      if (Math.abs(Double.parseDouble(inA.group()) - Double.parseDouble(inB.group())) > NEAR) {
        return false;
      }
    }
    return NUMBER.matcher(a).replaceAll("n").equals(NUMBER.matcher(b).replaceAll("n"));
  }
}
