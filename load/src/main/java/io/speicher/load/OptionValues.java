package io.speicher.load;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the text of an option means. All methods throw {@link IllegalArgumentException} with a
 * message for the user that says what was expected.
 */
final class OptionValues {
  /** The longest value: what servers take by default. */
  static final int LARGEST_VALUE = 32 << 20;

  private static final Pattern TIME = Pattern.compile("(\\d{1,9})(ms|s|m|h|d)");
  private static final Pattern WEIGHT = Pattern.compile("(get|set|delete)=(\\d{1,6})");
  private static final Pattern RANGE = Pattern.compile("(\\d{1,9})(?:\\.\\.(\\d{1,9}))?");
  private static final Pattern SIZE_AND_WEIGHT = Pattern.compile("(\\d{1,9})\\s+(\\d{1,12})");

  private OptionValues() {}

  /** A time such as {@code 10s}; only zero needs no unit. */
  static Duration time(String text) {
    Matcher parts = TIME.matcher(text.strip());
    if (text.strip().equals("0")) {
      return Duration.ZERO;
    }
    if (!parts.matches()) {
      throw wrong(text, "a time, such as 500ms, 10s, 5m or 1h");
    }
    long amount = Long.parseLong(parts.group(1));
    return switch (parts.group(2)) {
      case "ms" -> Duration.ofMillis(amount);
      case "s" -> Duration.ofSeconds(amount);
      case "m" -> Duration.ofMinutes(amount);
      case "h" -> Duration.ofHours(amount);
      default -> Duration.ofDays(amount);
    };
  }

  /** Weights such as {@code get=9,set=1}; what is not named is 0. */
  static Mix mix(String text) {
    int[] weights = new int[Operation.ALL.size()];
    for (String part : text.split(",", -1)) {
      Matcher weight = WEIGHT.matcher(part.strip());
      if (!weight.matches()) {
        throw wrong(text, "weights, such as get=9,set=1,delete=0");
      }
      Operation operation = Operation.valueOf(weight.group(1).toUpperCase(Locale.ROOT));
      weights[operation.index()] = Integer.parseInt(weight.group(2));
    }
    if (weights[0] + weights[1] + weights[2] == 0) {
      throw wrong(text, "at least one weight above 0");
    }
    return new Mix(weights[0], weights[1], weights[2]);
  }

  /** {@code uniform}, {@code zipfian:0.99}, {@code hot-set:0.2:0.8} or {@code sequential}. */
  static KeyDistribution distribution(String text) {
    String[] parts = text.strip().split(":", -1);
    if (parts.length == 1 && parts[0].equals("uniform")) {
      return KeyDistribution.UNIFORM;
    }
    if (parts.length == 1 && parts[0].equals("sequential")) {
      return new KeyDistribution.Sequential();
    }
    if (parts.length <= 2 && parts[0].equals("zipfian")) {
      return new KeyDistribution.Zipfian(parts.length == 1 ? 0.99 : share(text, parts[1]));
    }
    if ((parts.length == 1 || parts.length == 3) && parts[0].equals("hot-set")) {
      return parts.length == 1
          ? new KeyDistribution.HotSet(0.2, 0.8)
          : new KeyDistribution.HotSet(share(text, parts[1]), share(text, parts[2]));
    }
    throw wrong(text, "uniform, zipfian, zipfian:0.99, hot-set, hot-set:0.2:0.8 or sequential");
  }

  private static double share(String text, String part) {
    try {
      double share = Double.parseDouble(part);
      if (share > 0 && share < 1) {
        return share;
      }
    } catch (NumberFormatException e) {
      // Told below, together with the numbers that are out of bounds.
    }
    throw wrong(text, "numbers between 0 and 1 after the colons");
  }

  /** A length such as {@code 100}, or a range such as {@code 32..1024}. */
  static ValueSizes valueSizes(String text) {
    Matcher parts = RANGE.matcher(text.strip());
    if (parts.matches()) {
      int smallest = Integer.parseInt(parts.group(1));
      int largest = parts.group(2) == null ? smallest : Integer.parseInt(parts.group(2));
      if (smallest >= 1 && smallest <= largest && largest <= LARGEST_VALUE) {
        return new ValueSizes.Range(smallest, largest);
      }
    }
    throw wrong(text, "bytes, from 1 to " + LARGEST_VALUE + ", or a range such as 32..1024");
  }

  /** Lengths and their weights, one pair on each line of a file. */
  static ValueSizes valueSizes(Path file) {
    List<String> lines;
    try {
      lines = Files.readAllLines(file);
    } catch (IOException e) {
      throw new IllegalArgumentException("cannot read the value sizes: " + e, e);
    }
    List<Integer> sizes = new ArrayList<>();
    List<Long> weights = new ArrayList<>();
    for (int i = 0; i < lines.size(); i++) {
      String line = lines.get(i).strip();
      if (line.isEmpty() || line.startsWith("#")) {
        continue;
      }
      Matcher parts = SIZE_AND_WEIGHT.matcher(line);
      int size = parts.matches() ? Integer.parseInt(parts.group(1)) : 0;
      if (size < 1 || size > LARGEST_VALUE) {
        throw new IllegalArgumentException(
            "line %d of %s is no value size (expected: bytes, from 1 to %d, and a weight)"
                .formatted(i + 1, file, LARGEST_VALUE));
      }
      sizes.add(size);
      weights.add(Long.parseLong(parts.group(2)));
    }
    if (weights.stream().mapToLong(Long::longValue).sum() == 0) {
      throw new IllegalArgumentException(
          file + " has no value size (expected: lines of bytes and a weight above 0)");
    }
    return new ValueSizes.Weighted(
        sizes.stream().mapToInt(Integer::intValue).toArray(),
        weights.stream().mapToLong(Long::longValue).toArray(),
        String.valueOf(file.getFileName()));
  }

  private static IllegalArgumentException wrong(String text, String expected) {
    return new IllegalArgumentException("'" + text + "' (expected: " + expected + ")");
  }
}
