package io.speicher.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

final class Failures {
  private Failures() {}

  /**
   * Waits for the future to fail, and returns what it failed with, which must be a {@code type}.
   */
  static <T extends Throwable> T failure(Class<T> type, CompletableFuture<?> future) {
    Throwable cause = catchThrowableOfType(ExecutionException.class, future::get).getCause();
    assertThat(cause).isInstanceOf(type);
    if (cause == null) {
      throw new AssertionError("not reached");
    }
    return type.cast(cause);
  }
}
