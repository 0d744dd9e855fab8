package io.speicher.bench.traces;

import java.io.IOException;
import java.util.Locale;
import picocli.CommandLine;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** One line on standard error for what goes wrong, and the status to exit with. */
public final class CommandErrors {
  private static final int HELP_COLUMNS = 100;
  private static final int FAILED = 1;

  private CommandErrors() {}

  /** Runs {@code command} and ends the process. */
  public static void runAndExit(Object command, String... arguments) {
    Locale.setDefault(Locale.ROOT); // Results look the same everywhere.
    System.exit(
        new CommandLine(command)
            .setUsageHelpWidth(HELP_COLUMNS)
            .setCaseInsensitiveEnumValuesAllowed(true)
            .setParameterExceptionHandler((e, _) -> report(wrongUse(e), ExitCode.USAGE))
            .setExecutionExceptionHandler((e, _, _) -> failed(e))
            .execute(arguments));
  }

  private static String wrongUse(ParameterException e) {
    String message = String.valueOf(e.getMessage());
    if (e instanceof UnmatchedArgumentException unmatched && unmatched.isUnknownOption()) {
      message = "unknown option '" + unmatched.getUnmatched().getFirst() + "'";
      if (!unmatched.getSuggestions().isEmpty()) {
        message += " (did you mean " + unmatched.getSuggestions().getFirst() + "?)";
      }
    }
    return message + "; see --help";
  }

  private static int failed(Exception e) throws Exception {
    if (e instanceof IOException || e instanceof BadTraceException) {
      return report(String.valueOf(e.getMessage()), FAILED);
    }
    throw e;
  }

  private static int report(String message, int status) {
    System.err.println(message);
    return status;
  }
}
