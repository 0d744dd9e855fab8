package io.speicher.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;
import static org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder.request;

import io.netty.util.ResourceLeakDetector;
import io.netty.util.ResourceLeakDetectorFactory;
import io.netty.util.ResourceLeakTracker;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.platform.launcher.LauncherSession;
import org.junit.platform.launcher.core.LauncherConfig;
import org.junit.platform.launcher.core.LauncherFactory;

/** Runs tests within a test; what they print stays inside. */
final class RunWatchTest {
  private final PrintStream out = System.out;
  private final PrintStream err = System.err;
  private final ByteArrayOutputStream printed = new ByteArrayOutputStream();

  @BeforeEach
  void keepOutput() {
    PrintStream inside = new PrintStream(printed, true, StandardCharsets.UTF_8);
    System.setOut(inside);
    System.setErr(inside);
  }

  @AfterEach
  void showOutput() {
    System.setOut(out);
    System.setErr(err);
  }

  // Surefire leaves nested classes alone, so that these are run by the tests below only.

  static final class Quiet {
    @Test
    void test() {}
  }

  static final class Noisy {
    @Test
    void quiet() {}

    @Test
    void prints() {
      System.out.println("one\ntwo");
    }

    @Test
    void warns() {
      System.err.print("warning");
      System.err.println();
    }

    @AfterAll
    static void afterwards() {
      System.out.println("done");
    }
  }

  @Test
  void quiet() {
    assertThatCode(() -> run(Quiet.class)).doesNotThrowAnyException();
  }

  @Test
  void output_namesTheTest() {
    String name = Noisy.class.getName();
    assertThatExceptionOfType(AssertionError.class)
        .isThrownBy(() -> run(Noisy.class))
        .withMessageContaining(
            "\n  %s, %s.prints\n    standard output: one\n    standard output: two", name, name)
        .withMessageContaining("\n  %s, %s.warns\n    standard error: warning", name, name)
        .withMessageContaining("\n  %s\n    standard output: done", name);
    assertThat(printed.toString(StandardCharsets.UTF_8)).contains("one", "two", "warning", "done");
  }

  private static void run(Class<?> tests) {
    LauncherConfig config =
        LauncherConfig.builder()
            .enableLauncherSessionListenerAutoRegistration(false)
            .addLauncherSessionListeners(new RunWatch())
            .build();
    try (LauncherSession session = LauncherFactory.openSession(config)) {
      session.getLauncher().execute(request().selectors(selectClass(tests)).build());
    }
  }

  @Test
  void leak() {
    List<String> leaks = new ArrayList<>();
    ResourceLeakDetectorFactory before = ResourceLeakDetectorFactory.instance();
    try {
      Runnable search = LeakSearch.start(leaks::add);
      ResourceLeakDetector<Object> detector =
          ResourceLeakDetectorFactory.instance().newResourceLeakDetector(Object.class, 1);
      leakOne(detector);
      search.run();
      detector.track(new Object());
      assertThat(leaks).singleElement().asString().startsWith("Object was not released");
    } finally {
      ResourceLeakDetectorFactory.setResourceLeakDetectorFactory(before);
    }
  }

  /** In a frame of its own, so that nothing refers to the object afterwards. */
  private static void leakOne(ResourceLeakDetector<Object> detector) {
    ResourceLeakTracker<Object> tracker = detector.track(new Object());
    assertThat(tracker).as("the level is paranoid").isNotNull();
  }
}
