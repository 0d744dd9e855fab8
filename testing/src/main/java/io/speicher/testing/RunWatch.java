package io.speicher.testing;

import java.io.PrintStream;
import java.nio.charset.Charset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.TestSource;
import org.junit.platform.engine.support.descriptor.ClassSource;
import org.junit.platform.engine.support.descriptor.MethodSource;
import org.junit.platform.launcher.LauncherSession;
import org.junit.platform.launcher.LauncherSessionListener;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;

/**
 * Fails a run of tests that prints anything or leaks a buffer of Netty's, and names the tests that
 * ran meanwhile. A warning, a log line or a stack trace that everybody has learned to overlook
 * hides the one that matters. JUnit finds this class by itself wherever it is on the class path.
 *
 * <p>A test that provokes a message takes it out of the log, and checks it. A random test tells its
 * seed in its failures.
 *
 * <p>The findings end the run as an error when all tests have been run, since no listener of
 * JUnit's can fail a test. A leak is found when the garbage collector has met the buffer, so the
 * collector runs after each class.
 */
public final class RunWatch implements LauncherSessionListener, TestExecutionListener {
  private static final int MAX_LINES_OF_ONE = 20;

  /** The names of the tests that run, by their ids. */
  private final Map<String, String> running = new ConcurrentHashMap<>();

  /** The lines that were printed, or the leaks, by the tests that ran meanwhile. */
  private final Map<String, List<String>> findings = new LinkedHashMap<>();

  private final PrintStream out = System.out;
  private final PrintStream err = System.err;
  private Runnable leakSearch = () -> {};

  @Override
  public void launcherSessionOpened(LauncherSession session) {
    System.setOut(watched("standard output: ", out));
    System.setErr(watched("standard error: ", err));
    if (isNettyPresent()) {
      leakSearch = LeakSearch.start(leak -> report("leak: " + leak));
    }
    session.getLauncher().registerTestExecutionListeners(this);
  }

  private PrintStream watched(String name, PrintStream stream) {
    LineStream lines = new LineStream(stream, line -> report(name + line));
    return new PrintStream(lines, true, Charset.defaultCharset());
  }

  private static boolean isNettyPresent() {
    return ClassLoader.getSystemResource("io/netty/buffer/ByteBufAllocator.class") != null;
  }

  @Override
  public void executionStarted(TestIdentifier test) {
    test.getSource().ifPresent(source -> running.put(test.getUniqueId(), name(source)));
  }

  @Override
  public void executionFinished(TestIdentifier test, TestExecutionResult result) {
    if (test.getSource().filter(ClassSource.class::isInstance).isPresent()) {
      leakSearch.run();
    }
    running.remove(test.getUniqueId());
  }

  private static String name(TestSource source) {
    if (source instanceof MethodSource method) {
      return method.getClassName() + "." + method.getMethodName();
    }
    return source instanceof ClassSource type ? type.getClassName() : source.toString();
  }

  private synchronized void report(String finding) {
    String tests = String.join(", ", new TreeSet<>(running.values()));
    findings
        .computeIfAbsent(tests.isEmpty() ? "between the tests" : tests, name -> new ArrayList<>())
        .add(finding);
  }

  @Override
  public void launcherSessionClosed(LauncherSession session) {
    leakSearch.run();
    System.setOut(out);
    System.setErr(err);
    String found = describe();
    if (!found.isEmpty()) {
      throw new AssertionError("the tests were not quiet:" + found);
    }
  }

  private synchronized String describe() {
    StringBuilder text = new StringBuilder();
    findings.forEach((tests, lines) -> {
      text.append("\n  ").append(tests);
      lines.stream().limit(MAX_LINES_OF_ONE).forEach(line -> text.append("\n    ").append(line));
      if (lines.size() > MAX_LINES_OF_ONE) {
        text.append("\n    and ").append(lines.size() - MAX_LINES_OF_ONE).append(" more");
      }
    });
    return text.toString();
  }
}
