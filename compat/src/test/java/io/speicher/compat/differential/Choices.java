package io.speicher.compat.differential;

import java.util.Locale;
import java.util.Random;

/** Random words for both dialects: few keys, so that commands meet, and values of all kinds. */
final class Choices {
  private static final int KEYS = 12;
  private static final int LARGE_VALUE = 100_000;

  /**
   * What parsers of numbers get wrong; but not what only C's take for one, as "0x10" for floating
   * point, or "-9223372036854775809" for an unsigned number.
   */
  private static final String[] ODD_NUMBERS = {
    "",
    " 1",
    "1 ",
    "+1",
    "-0",
    "00",
    "01",
    "1e3",
    "1.5",
    "abc",
    "1a",
    "--1",
    "-",
    "2147483647",
    "2147483648",
    "-2147483648",
    "4294967295",
    "4294967296",
    "9223372036854775806",
    "9223372036854775807",
    "9223372036854775808",
    "-9223372036854775807",
    "-9223372036854775808",
    "18446744073709551615",
    "18446744073709551616",
    "99999999999999999999999"
  };

  final Random random;

  Choices(Random random) {
    this.random = random;
  }

  boolean chance(int oneIn) {
    return random.nextInt(oneIn) == 0;
  }

  String oneOf(String... words) {
    return words[random.nextInt(words.length)];
  }

  String key() {
    return "k" + random.nextInt(KEYS);
  }

  String smallNumber() {
    return Integer.toString(random.nextInt(-20, 200));
  }

  String oddNumber() {
    return oneOf(ODD_NUMBERS);
  }

  String number() {
    return chance(4) ? oddNumber() : smallNumber();
  }

  /** Far enough away that no round lasts until then, and hardly ever the same twice. */
  int farSeconds() {
    return random.nextInt(10_000, 2_000_000);
  }

  String value() {
    int kind = random.nextInt(200);
    if (kind == 0) {
      return text(random.nextInt(LARGE_VALUE));
    }
    return switch (kind % 5) {
      case 0, 1 -> number();
      case 2 -> binary(random.nextInt(40));
      default -> text(random.nextInt(30));
    };
  }

  String text(int length) {
    StringBuilder text = new StringBuilder(length);
    for (int i = 0; i < length; i++) {
      text.append((char) ('a' + (i + length) % 26));
    }
    return text.toString();
  }

  String binary(int length) {
    StringBuilder bytes = new StringBuilder(length);
    for (int i = 0; i < length; i++) {
      bytes.append((char) random.nextInt(256));
    }
    return bytes.toString();
  }

  /** Upper, lower or mixed: the case in which people write names. */
  String anyCase(String name) {
    return switch (random.nextInt(12)) {
      case 0 -> name.toLowerCase(Locale.ROOT);
      case 1 -> name.replace('E', 'e');
      default -> name;
    };
  }
}
