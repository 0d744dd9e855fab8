package io.speicher.client;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What callers must not pass. */
final class Arguments {
  private Arguments() {}

  static <T> T nonNull(String name, @Nullable T argument) {
    return Objects.requireNonNull(argument, () -> name + "=null (expected: not null)");
  }
}
