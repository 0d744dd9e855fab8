package io.speicher.tck;

import io.speicher.tck.CaseResult.Failure;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;

/** Writes results for a person: a line a case, and under a failure all that is known of it. */
final class ConsoleReport {
  private static final String GREEN = "\u001b[32m";
  private static final String RED = "\u001b[31m";
  private static final String PLAIN = "\u001b[0m";

  private final PrintWriter out;
  private final boolean colours;

  ConsoleReport(PrintWriter out, boolean colours) {
    this.out = out;
    this.colours = colours;
  }

  /** Writes one result. */
  void result(CaseResult result) {
    Failure failure = result.failure();
    String name = result.testCase().fullName();
    if (failure == null) {
      out.println(paint(GREEN, "ok  ") + "  " + name);
    } else {
      out.println(paint(RED, "FAIL") + "  " + name);
      failure(result.testCase(), failure);
    }
    out.flush();
  }

  private void failure(Case testCase, Failure failure) {
    out.println("      " + testCase.purpose());
    out.println("      see:      " + testCase.reference());
    out.println("      expected: " + failure.expected());
    out.println("      but:      " + failure.message());
    if (failure.exchangesForgotten() > 0) {
      out.println(
          String.format(
              Locale.ROOT, "      (%,d earlier exchanges)", failure.exchangesForgotten()));
    }
    for (Exchange exchange : failure.exchanges()) {
      out.println("      " + exchange.title());
      exchange.dump().lines().forEach(line -> out.println("        " + line));
    }
  }

  /** Writes the closing line. */
  void total(List<CaseResult> results) {
    long passed = results.stream().filter(CaseResult::passed).count();
    long failed = results.size() - passed;
    out.println(paint(failed == 0 ? GREEN : RED, passed + " passed, " + failed + " failed"));
    out.flush();
  }

  private String paint(String colour, String text) {
    return colours ? colour + text + PLAIN : text;
  }
}
