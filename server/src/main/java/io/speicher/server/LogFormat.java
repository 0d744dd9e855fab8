package io.speicher.server;

/** How the lines of the log look. */
enum LogFormat {
  /** Time, level, thread and message. */
  TEXT,
  /** A JSON object each. */
  JSON
}
