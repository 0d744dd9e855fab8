package io.speicher.load;

import java.io.PrintWriter;
import java.io.StringWriter;
import picocli.CommandLine;

/** What the command said and returned. */
record BenchOutcome(int status, String out, String err) {
  static BenchOutcome run(String... arguments) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int status =
        new CommandLine(new BenchCommand())
            .setOut(new PrintWriter(out))
            .setErr(new PrintWriter(err))
            .execute(arguments);
    return new BenchOutcome(status, out.toString(), err.toString());
  }

  /** The number that a JSON member has. */
  double number(String member) {
    return Double.parseDouble(out.replaceAll("(?s).*?\"" + member + "\":([-0-9.]+).*", "$1"));
  }
}
