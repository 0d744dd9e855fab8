package io.speicher.protocol;

/** What a server counts from its start, or from the last {@link Command.ResetStats}. */
public enum Counter {
  /** Commands of any dialect, those that were refused included. */
  COMMANDS,
  /** Commands that were refused or failed. */
  ERRORS,
  CONNECTIONS,
  REJECTED_CONNECTIONS,
  READ_BYTES,
  WRITTEN_BYTES,
  /** Keys that were asked for and had an item. */
  GET_HITS,
  GET_MISSES,
  /** Items that were to be stored, whatever became of it. */
  SETS,
  /** Conditional on a version, and it was that. */
  CAS_HITS,
  CAS_OTHER_VERSION,
  CAS_MISSES,
  DELETE_HITS,
  DELETE_MISSES,
  TOUCH_HITS,
  TOUCH_MISSES,
  INCREMENT_HITS,
  INCREMENT_MISSES,
  DECREMENT_HITS,
  DECREMENT_MISSES,
  CLEARS
}
