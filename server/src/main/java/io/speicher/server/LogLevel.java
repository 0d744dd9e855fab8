package io.speicher.server;

import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;

/** How much an event matters, the most important first. */
enum LogLevel {
  ERROR(Level.SEVERE, 3),
  WARNING(Level.WARNING, 4),
  INFO(Level.INFO, 6),
  DEBUG(Level.FINE, 7);

  /** Whose events are logged. A logger that nobody holds forgets its level. */
  private static final List<Logger> LOGGERS =
      List.of(Logger.getLogger("io.speicher"), Logger.getLogger("io.netty"));

  @SuppressWarnings("ImmutableEnumChecker") // A level of the JDK does not change.
  private final Level level;

  private final int priority;

  LogLevel(Level level, int priority) {
    this.level = level;
    this.priority = priority;
  }

  /** From now on nothing is logged in this process that matters less. */
  void apply() {
    LOGGERS.forEach(logger -> logger.setLevel(level));
  }

  /** What syslog(3) and systemd call it. */
  int priority() {
    return priority;
  }

  static LogLevel of(Level level) {
    for (LogLevel one : values()) {
      if (level.intValue() >= one.level.intValue()) {
        return one;
      }
    }
    return DEBUG;
  }
}
