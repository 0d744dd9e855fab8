package io.speicher.protocol;

import org.jspecify.annotations.Nullable;

/**
 * A number that the server tells of itself, declared once: its unit, what it says, and its name in
 * each dialect. {@code INF}, {@code INFO}, {@code stats} and {@code /metrics} are made of the
 * declarations.
 */
public sealed interface Metric permits Counter, Gauge {

  /** What a number counts. */
  enum Unit {
    COUNT,
    BYTES,
    MILLIS,
    /** Time of a processor. */
    CPU_MICROS;

    private static final long MICROS_PER_SECOND = 1_000_000;

    /**
     * The number as Redis and memcached show it, where times are in seconds: whole ones, but with
     * six decimals if it is time of a processor.
     */
    public String inSeconds(long number) {
      return switch (this) {
        case COUNT, BYTES -> Long.toString(number);
        case MILLIS -> Long.toString(number / 1_000);
        case CPU_MICROS -> {
          // The leading 1 keeps the zeros; String.format would take a hundred times as long.
          String decimals = Long.toString(MICROS_PER_SECOND + number % MICROS_PER_SECOND);
          yield number / MICROS_PER_SECOND + "." + decimals.substring(1);
        }
      };
    }
  }

  Unit unit();

  /** Whether it only ever grows, from the start or from the last {@link Command.ResetStats}. */
  boolean isTotal();

  /** A sentence for a person. */
  String help();

  /** The member in the reply to framed JSON's {@code INF}. */
  String jsonName();

  /** The section of the reply to {@code INFO} that has the field; null if none has. */
  @Nullable String infoSection();

  /** The field in the reply to {@code INFO}, or null if there is none. */
  @Nullable String infoName();

  /** The line in the reply to memcached's {@code stats}, or null if there is none. */
  @Nullable String memcachedName();
}
