package io.speicher.bench.history;

import org.jspecify.annotations.Nullable;

/**
 * What a client has asked, and what became of it.
 *
 * @param argument what was to be written, or null if nothing was
 * @param result what was read, or what the value has become: of a counter its number, of a log its
 *     length; null where there was nothing, or where the dialect does not say
 * @param beginNanos before the request was sent
 * @param endNanos after the reply was read
 * @param node which was asked, from 0
 * @param by who has asked, and how, for a person
 */
record Operation(
    Model model,
    String key,
    @Nullable String argument,
    Outcome outcome,
    @Nullable String result,
    long beginNanos,
    long endNanos,
    int node,
    String by) {

  /** How a key is used; its checker follows from it. */
  enum Model {
    /** A value that is replaced by others, each of which is written once. */
    REGISTER,
    /** A number that is only ever increased by one. */
    COUNTER,
    /** A text that only ever grows by tokens, each of which is appended once, and ends with ';'. */
    LOG
  }

  /** What the client knows. */
  enum Outcome {
    DONE,
    /** It was not executed, and will not be. */
    REFUSED,
    /** It may have been executed, or may yet be, once. */
    UNKNOWN
  }

  boolean isRead() {
    return argument == null;
  }

  long nanos() {
    return endNanos - beginNanos;
  }

  boolean isDone() {
    return outcome == Outcome.DONE;
  }

  /** When it was over; what nobody has seen the end of may go on for ever. */
  long overNanos() {
    return outcome == Outcome.UNKNOWN ? Long.MAX_VALUE : endNanos;
  }
}
