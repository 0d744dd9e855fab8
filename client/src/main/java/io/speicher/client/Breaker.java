package io.speicher.client;

import static io.speicher.client.Arguments.nonNull;

import java.time.Duration;

/**
 * When to leave a server alone that does not answer. A call that finds no connection fails at once
 * anyway; a breaker helps where connections can be made and nothing is answered in time.
 *
 * @param failures so many calls in a row that end with no answer open it
 * @param openFor for so long calls fail at once; then one may try, and closes it or does not
 */
public record Breaker(int failures, Duration openFor) {
  private static final Duration MAX = Duration.ofDays(1);

  public Breaker {
    nonNull("openFor", openFor);
    if (failures < 1) {
      throw new IllegalArgumentException("failures=" + failures + " (expected: at least 1)");
    }
    if (openFor.toMillis() < 1 || openFor.compareTo(MAX) > 0) {
      throw new IllegalArgumentException(
          "openFor=" + openFor + " (expected: " + Duration.ofMillis(1) + ".." + MAX + ")");
    }
  }

  /** A breaker that opens after so many failures in a row, for so long. */
  public static Breaker after(int failures, Duration openFor) {
    return new Breaker(failures, openFor);
  }
}
