package io.speicher.compat.differential;

import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Damages the bytes of a few commands as networks and wrong clients do. */
final class Mutation {
  private static final Pattern DIGITS = Pattern.compile("\\d+");
  private static final String[] LENGTHS = {
    "-1",
    "-2",
    "0",
    "1",
    "7",
    "99",
    "1000",
    "65537",
    "1048577",
    "536870913",
    "2147483648",
    "x",
    "",
    "-9223372036854775808",
    "99999999999999999999"
  };
  private static final String[] JUNK = {
    "\r\n", "\n", "\r", " ", "\0", "*", "$", "*1\r\n", "$-1\r\n", "*-1\r\n", "\"", "'", "\\x00",
    "\u00ff", "noreply", "0"
  };

  private Mutation() {}

  static String of(String bytes, Random random) {
    String mutated = bytes;
    for (int i = random.nextInt(1, 4); i > 0; i--) {
      mutated = once(mutated, random);
    }
    return mutated;
  }

  private static String once(String bytes, Random random) {
    if (bytes.isEmpty()) {
      return bytes;
    }
    int from = random.nextInt(bytes.length());
    int to = Math.min(bytes.length(), from + random.nextInt(1, 20));
    return switch (random.nextInt(6)) {
      case 0 -> replace(bytes, from, from + 1, Character.toString(random.nextInt(256)));
      case 1 -> replace(bytes, from, to, "");
      case 2 -> replace(bytes, from, from, bytes.substring(from, to));
      case 3 -> replace(bytes, from, from, JUNK[random.nextInt(JUNK.length)]);
      case 4 -> withoutLineEnd(bytes, from);
      default -> withOtherNumber(bytes, from, LENGTHS[random.nextInt(LENGTHS.length)]);
    };
  }

  private static String withoutLineEnd(String bytes, int from) {
    int end = bytes.indexOf("\r\n", from);
    return end < 0 ? bytes : replace(bytes, end, end + 2, "");
  }

  private static String withOtherNumber(String bytes, int from, String number) {
    Matcher digits = DIGITS.matcher(bytes);
    return digits.find(from) ? replace(bytes, digits.start(), digits.end(), number) : bytes;
  }

  private static String replace(String bytes, int from, int to, String replacement) {
    return bytes.substring(0, from) + replacement + bytes.substring(to);
  }
}
