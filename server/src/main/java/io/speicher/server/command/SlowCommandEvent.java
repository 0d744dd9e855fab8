package io.speicher.server.command;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Timespan;

/**
 * What the flight recorder of the JVM is told of a command that the slow log notes: no key, since
 * recordings are passed on.
 */
@Name("speicher.SlowCommand")
@Label("Slow Command")
@Description("A command has kept its event loop for as long as slowlog-log-slower-than")
@Category("Speicher")
@StackTrace(false)
@SuppressWarnings("UnusedVariable") // The flight recorder reads them.
final class SlowCommandEvent extends Event {
  @Label("Command")
  String command = "";

  @Label("Execution Time")
  @Timespan(Timespan.NANOSECONDS)
  long executionNanos;

  @Label("Client Address")
  String peer = "";

  @Label("Client Name")
  String client = "";
}
