package io.speicher.bench.traces;

import static java.util.stream.Collectors.joining;

import java.util.Locale;
import java.util.function.Function;
import java.util.stream.Stream;
import picocli.CommandLine.TypeConversionException;

/** Finds what a user has named among the values of an enum. */
final class Choice {
  private Choice() {}

  /** The value of this name: capitals, hyphens and underscores do not matter. */
  static <T> T of(String what, String text, T[] values, Function<T, String> name) {
    return Stream.of(values)
        .filter(value -> plain(name.apply(value)).equals(plain(text)))
        .findFirst()
        .orElseThrow(() ->
            new TypeConversionException(
                "unknown %s '%s' (expected: %s)"
                    .formatted(what, text, Stream.of(values).map(name).collect(joining(", ")))));
  }

  private static String plain(String name) {
    return name.toLowerCase(Locale.ROOT).replaceAll("[-_ ]", "");
  }
}
