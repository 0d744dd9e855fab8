package io.speicher.junit;

import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/** A program that runs a test class with whatever JUnit is on its class path. */
final class RunTests {
  private RunTests() {}

  /** Prints the version and how many tests there were, and what failed of them. */
  public static void main(String[] arguments) {
    StringBuilder failures = new StringBuilder();
    int[] tests = new int[1];
    LauncherFactory.create(QuietLauncher.CONFIG)
        .execute(
            LauncherDiscoveryRequestBuilder.request()
                .selectors(selectClass(SpeicherExtensionTest.class))
                .configurationParameter("junit.jupiter.execution.parallel.enabled", "true")
                .build(),
            new TestExecutionListener() {
              @Override
              public void executionFinished(TestIdentifier test, TestExecutionResult result) {
                synchronized (tests) {
                  tests[0] += test.isTest() ? 1 : 0;
                  result
                      .getThrowable()
                      .ifPresent(e -> failures.append('\n').append(test).append(": ").append(e));
                }
              }
            });
    String version = org.junit.jupiter.api.Test.class.getPackage().getImplementationVersion();
    System.out.println("JUnit " + version + ": tests=" + tests[0] + failures);
    System.exit(0);
  }
}
