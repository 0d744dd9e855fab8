package io.speicher.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.speicher.testing.CapturedLog;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class DutiesTest {
  private final CapturedLog log = CapturedLog.ofServer();
  private final List<String> done = new ArrayList<>();

  @AfterEach
  void closeLog() {
    log.close();
  }

  @ParameterizedTest
  @ValueSource(
      classes = {
        OutOfMemoryError.class,
        StackOverflowError.class,
        AssertionError.class,
        IllegalStateException.class
      })
  void run_goesOnAfterAFailure(Class<? extends Throwable> failure) throws Exception {
    Throwable thrown = failure.getConstructor().newInstance();
    Duties duties =
        new Duties()
            .add("first", () -> done.add("first"))
            .add("second", () -> DutiesTest.<RuntimeException>sneak(thrown))
            .add("third", () -> done.add("third"));
    duties.run();
    duties.run();
    assertThat(done).containsExactly("first", "third", "first", "third");
    assertThat(log.lines())
        .containsExactly("SEVERE maintenance failed and will be tried again: duty=second");
  }

  @Test
  void run_tellsOfTheEndOfAFailure() {
    boolean[] fails = {true};
    Duties duties =
        new Duties()
            .add(
                "only",
                () -> {
                  if (fails[0]) {
                    throw new IllegalStateException("for the test");
                  }
                });
    duties.run();
    fails[0] = false;
    duties.run();
    duties.run();
    fails[0] = true;
    duties.run();
    assertThat(log.lines())
        .containsExactly(
            "SEVERE maintenance failed and will be tried again: duty=only",
            "INFO maintenance works again: duty=only",
            "SEVERE maintenance failed and will be tried again: duty=only");
  }

  @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
  private static <T extends Throwable> void sneak(Throwable e) throws T {
    throw (T) e;
  }
}
