package io.speicher.server;

import static java.util.stream.Collectors.joining;

import io.speicher.protocol.Namespace;
import io.speicher.protocol.Quantities;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Function;
import java.util.function.LongFunction;
import java.util.function.ToLongFunction;

/**
 * How the text of a setting is read, and which values it may have. Immutable.
 *
 * @param <T> what the text means
 */
public final class SettingType<T> {
  static final int MAX_PORT = 65_535;

  private static final Duration MAX_SHORT_TIME = Duration.ofHours(1);

  private static final String SECRET = "SECRET";

  /** The word of an optional setting that has no value. */
  static final String NONE = "none";

  /** The word for never. */
  static final String OFF = "off";

  /** The word for what the server chooses. */
  static final String AUTO = "auto";

  private static final String YES_OR_NO = "yes|no";

  private final String label;
  private final Function<String, T> parser;
  private final ToLongFunction<T> number;
  private final LongFunction<String> spelling;
  private final Function<T, String> plain;
  private final Function<String, T> plainParser;
  private final long min;
  private final long max;

  /** Where programs write what people write. */
  private SettingType(
      String label,
      Function<String, T> parser,
      ToLongFunction<T> number,
      LongFunction<String> spelling,
      Function<T, String> plain,
      long min,
      long max) {
    this(label, parser, number, spelling, plain, parser, min, max);
  }

  private SettingType(
      String label,
      Function<String, T> parser,
      ToLongFunction<T> number,
      LongFunction<String> spelling,
      Function<T, String> plain,
      Function<String, T> plainParser,
      long min,
      long max) {
    this.label = label;
    this.parser = parser;
    this.number = number;
    this.spelling = spelling;
    this.plain = plain;
    this.plainParser = plainParser;
    this.min = min;
    this.max = max;
  }

  /** What is no number, and has no bounds. */
  private static <T> SettingType<T> unbounded(
      String label, Function<String, T> parser, Function<T, String> plain) {
    return new SettingType<>(label, parser, value -> 0, Long::toString, plain, 0, 0);
  }

  /** Any text. */
  static SettingType<String> text(String label) {
    return unbounded(label, String::strip, text -> text);
  }

  /** A text that nobody is shown, and that no option says: others see the options of a process. */
  static SettingType<String> secret() {
    return unbounded(SECRET, text -> text, text -> "");
  }

  /** A file, or none. */
  static SettingType<Optional<Path>> file() {
    return path("FILE");
  }

  /** A directory, or none. */
  static SettingType<Optional<Path>> directory() {
    return path("DIR");
  }

  private static SettingType<Optional<Path>> path(String label) {
    return unbounded(
        label,
        text -> text.strip().equals(NONE) ? Optional.empty() : Optional.of(Path.of(text.strip())),
        file -> file.map(Path::toString).orElse(""));
  }

  /** The permissions of a file: three octal digits. */
  static SettingType<Integer> mode() {
    return unbounded(
        "MODE",
        text -> {
          if (!text.strip().matches("0?[0-7]{3}")) {
            throw new IllegalArgumentException("'" + text + "' is not three octal digits");
          }
          return Integer.parseInt(text.strip(), 8);
        },
        Integer::toOctalString);
  }

  /** Names with commas between them, or none. */
  static SettingType<List<String>> names() {
    return unbounded(
        "NAMES",
        text ->
            text.strip().equals(AUTO)
                ? List.of()
                : Arrays.stream(text.split(",", -1)).map(String::strip).toList(),
        names -> String.join(",", names));
  }

  /** Namespaces, or none. */
  static SettingType<List<Namespace>> namespaces() {
    return unbounded("NAMESPACES", DeclaredNamespaces::parse, DeclaredNamespaces::text);
  }

  /** One of the constants of a type, in lower case. */
  static <E extends Enum<E>> SettingType<E> oneOf(Class<E> type) {
    Function<E, String> word = constant -> constant.name().toLowerCase(Locale.ROOT);
    List<E> constants = List.of(type.getEnumConstants());
    String words = constants.stream().map(word).collect(joining("|"));
    return unbounded(
        words,
        text ->
            constants.stream()
                .filter(constant -> word.apply(constant).equals(text.strip()))
                .findFirst()
                .orElseThrow(
                    () -> new IllegalArgumentException("'" + text + "' is none of " + words)),
        word);
  }

  /** Yes or no; the option alone means yes. */
  static SettingType<Boolean> yesOrNo() {
    return unbounded(
        YES_OR_NO,
        text ->
            switch (text.strip()) {
              case "yes", "true" -> true;
              case "no", "false" -> false;
              default -> throw new IllegalArgumentException("'" + text + "' is neither yes nor no");
            },
        answer -> answer ? "yes" : "no");
  }

  static SettingType<Integer> count(int min, int max) {
    return count("N", min, max);
  }

  static SettingType<Integer> port() {
    return count("PORT", 0, MAX_PORT);
  }

  private static SettingType<Integer> count(String label, int min, int max) {
    return new SettingType<>(
        label,
        text -> integer(text, min, max),
        Integer::longValue,
        Long::toString,
        count -> Integer.toString(count),
        min,
        max);
  }

  /** A port, or none. */
  static SettingType<OptionalInt> otherPort() {
    return new SettingType<>(
        "PORT",
        text ->
            text.strip().equals(NONE)
                ? OptionalInt.empty()
                : OptionalInt.of(integer(text, 0, MAX_PORT)),
        port -> port.orElse(0),
        Long::toString,
        port -> Integer.toString(port.orElse(0)),
        0,
        MAX_PORT);
  }

  /** A size in bytes. */
  static SettingType<Long> size(long minBytes, long maxBytes) {
    return sizeBy(Quantities::bytes, minBytes, maxBytes);
  }

  /** A size in bytes, or a share of the memory that this machine, or this container, has. */
  static SettingType<Long> memory(long minBytes, long maxBytes) {
    return sizeBy(SettingType::bytesOrShare, minBytes, maxBytes);
  }

  private static SettingType<Long> sizeBy(
      Function<String, Long> parser, long minBytes, long maxBytes) {
    return new SettingType<>(
        "SIZE",
        parser,
        Long::longValue,
        SettingType::exactBytes,
        bytes -> Long.toString(bytes),
        minBytes,
        maxBytes);
  }

  /**
   * A duration of up to a hundred years; only zero needs no unit. Programs count seconds: they are
   * shown a part of one as a whole one, since 0 often means for ever.
   */
  static SettingType<Duration> time() {
    return new SettingType<>(
        "TIME",
        Quantities::duration,
        Duration::toMillis,
        millis -> millis + "ms",
        time -> Long.toString(time.plusMillis(999).toSeconds()),
        SettingType::seconds,
        0,
        Duration.ofDays(36_500).toMillis());
  }

  /** A duration of up to an hour after which something happens again, or off, which is zero. */
  static SettingType<Duration> interval() {
    return new SettingType<>(
        "TIME",
        text -> text.strip().equals(OFF) ? Duration.ZERO : Quantities.duration(text),
        Duration::toMillis,
        millis -> millis == 0 ? OFF : millis + "ms",
        time -> Long.toString(time.plusMillis(999).toSeconds()),
        SettingType::seconds,
        0,
        MAX_SHORT_TIME.toMillis());
  }

  /** A duration that Redis counts in microseconds, or none, which is a negative one. */
  static SettingType<Duration> shortTime() {
    return new SettingType<>(
        "TIME",
        text -> text.strip().equals(NONE) ? Duration.ofMillis(-1) : Quantities.duration(text),
        Duration::toMillis,
        millis -> millis < 0 ? NONE : millis + "ms",
        time -> time.isNegative() ? "-1" : Long.toString(time.toNanos() / 1_000),
        SettingType::micros,
        -1,
        MAX_SHORT_TIME.toMillis());
  }

  /** What stands for a value in the help. */
  String label() {
    return label;
  }

  /** Whether values are kept from everybody. */
  boolean isSecret() {
    return label.equals(SECRET);
  }

  /** Whether an option without a value makes sense. */
  boolean isYesOrNo() {
    return label.equals(YES_OR_NO);
  }

  /** Whether values are ports. */
  boolean isPort() {
    return label.equals("PORT");
  }

  /**
   * The value that {@code text} means, within its bounds or not.
   *
   * @throws IllegalArgumentException if it means none, saying what was expected
   */
  T parse(String text) {
    return parser.apply(text);
  }

  /**
   * The value that programs mean by this text, of a type that is a plain number to them.
   *
   * @throws IllegalArgumentException if it is none
   */
  T parsePlain(String text) {
    return plainParser.apply(text);
  }

  /** The value as programs read it: sizes in bytes, times in seconds, no port as 0. */
  String plain(T value) {
    return plain.apply(value);
  }

  /**
   * Refuses what is out of bounds.
   *
   * @throws IllegalArgumentException that names the setting, the value and the bounds
   */
  void requireWithinBounds(String name, T value) {
    long tested = number.applyAsLong(value);
    if (tested < min || tested > max) {
      throw new IllegalArgumentException(
          "out of bounds: %s=%s (expected: %s..%s)"
              .formatted(name, spelling.apply(tested), spelling.apply(min), spelling.apply(max)));
    }
  }

  /** As people write sizes, and without rounding. */
  private static String exactBytes(long bytes) {
    boolean isRound = bytes % (1 << 10) == 0 && Quantities.ofBytes(bytes).indexOf('.') < 0;
    return isRound ? Quantities.ofBytes(bytes) : Long.toString(bytes);
  }

  private static int integer(String text, int min, int max) {
    long whole = whole(text, min, max);
    if (whole != (int) whole) {
      throw outOfBounds(text, min, max);
    }
    return (int) whole;
  }

  /** A whole number, within bounds or not; the bounds are for the message. */
  private static long whole(String text, long min, long max) {
    String digits = text.strip();
    try {
      return Long.parseLong(digits);
    } catch (NumberFormatException e) {
      if (digits.matches("[+-]?\\d+")) {
        throw outOfBounds(digits, min, max);
      }
      throw new IllegalArgumentException("'" + text + "' is not a whole number", e);
    }
  }

  private static IllegalArgumentException outOfBounds(String text, long min, long max) {
    return new IllegalArgumentException(
        "out of bounds: '%s' (expected: %d..%d)".formatted(text.strip(), min, max));
  }

  private static Duration seconds(String text) {
    boolean isPlain = !text.isEmpty() && text.chars().allMatch(c -> c >= '0' && c <= '9');
    Duration time = Quantities.duration(isPlain ? text + "s" : text);
    if (time.toMillis() % 1_000 != 0) {
      throw new IllegalArgumentException("'" + text + "' is not a whole number of seconds");
    }
    return time;
  }

  private static Duration micros(String text) {
    long max = MAX_SHORT_TIME.toMillis() * 1_000;
    long micros = whole(text, -1, max);
    if (micros > max) {
      throw outOfBounds(text, -1, max);
    }
    return micros < 0 ? Duration.ofMillis(-1) : Duration.ofNanos(1_000 * micros);
  }

  private static long bytesOrShare(String text) {
    String share = text.strip();
    if (!share.endsWith("%")) {
      return Quantities.bytes(share);
    }
    long percent = whole(share.substring(0, share.length() - 1), 1, 100);
    if (percent < 1 || percent > 100) {
      throw new IllegalArgumentException("'" + text + "' is not a share from 1% to 100%");
    }
    return Machine.memoryBytes() * percent / 100;
  }
}
