package io.speicher.testing;

import java.util.ArrayList;
import java.util.List;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/** What a logger gets while this is open, which stays out of the output of the tests. */
public final class CapturedLog extends Handler implements AutoCloseable {
  private final Logger logger;
  private final List<String> lines = new ArrayList<>();

  /**
   * Captures from now on.
   *
   * @param name of a logger, whose children's events are captured as well
   */
  public CapturedLog(String name) {
    logger = Logger.getLogger(name);
    logger.addHandler(this);
    logger.setUseParentHandlers(false);
  }

  /** What a server in the JVM of the tests logs. */
  public static CapturedLog ofServer() {
    return new CapturedLog("io.speicher.server");
  }

  /** Level and message of each event, without its stack trace. */
  public synchronized List<String> lines() {
    return List.copyOf(lines);
  }

  @Override
  public synchronized void publish(LogRecord event) {
    lines.add(event.getLevel() + " " + event.getMessage());
  }

  @Override
  public void flush() {}

  @Override
  public void close() {
    logger.removeHandler(this);
    logger.setUseParentHandlers(logger.getHandlers().length == 0);
  }
}
