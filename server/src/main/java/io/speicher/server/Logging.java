package io.speicher.server;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.temporal.ChronoUnit;
import java.util.logging.ConsoleHandler;
import java.util.logging.Formatter;
import java.util.logging.Level;
import java.util.logging.LogManager;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/** How the server's log looks: a line for each event, on standard error, times in UTC. */
final class Logging {
  private Logging() {}

  static void toStandardError() {
    LogManager.getLogManager().reset();
    ConsoleHandler handler = new ConsoleHandler();
    handler.setLevel(Level.INFO);
    handler.setFormatter(new Lines());
    Logger.getLogger("").addHandler(handler);
  }

  private static final class Lines extends Formatter {
    @Override
    public String format(LogRecord event) {
      StringWriter line = new StringWriter();
      line.append(event.getInstant().truncatedTo(ChronoUnit.MILLIS).toString())
          .append(' ')
          .append(event.getLevel().getName())
          .append(' ')
          .append(formatMessage(event))
          .append(System.lineSeparator());
      if (event.getThrown() != null) {
        event.getThrown().printStackTrace(new PrintWriter(line, true));
      }
      return line.toString();
    }
  }
}
