package io.speicher.tck;

import java.util.List;
import java.util.Map;

/** One line of a case, or one block. The name of a connection is empty for the unnamed one. */
sealed interface Step {

  /** Sends bytes: a frame around them when {@code framed}, or only themselves. */
  record Send(String connection, Template bytes, boolean framed) implements Step {}

  /** Closes the sending half of a connection. */
  record SendEnd(String connection) implements Step {}

  /** Drops a connection with a TCP reset. */
  record SendReset(String connection) implements Step {}

  /** Reads a frame, which has to hold an object with at least these members. */
  record Expect(String connection, Template reply) implements Step {}

  /** Reads a reply of another dialect than JSON, and compares its bytes. */
  record ExpectBytes(String connection, Comparison comparison, ReplyPattern reply)
      implements Step {}

  /** How a reply is compared with a pattern. */
  enum Comparison {
    /** The reply is the next one. */
    exact,
    /** The reply is the next one, and its elements may come in any order. */
    unordered,
    /** The reply comes after any number of others. */
    until
  }

  /**
   * Reads the end of a connection, before which no other byte may come.
   *
   * @param orderly whether it must not be a reset
   */
  record ExpectEnd(String connection, boolean orderly) implements Step {}

  /** Runs steps many times over; {@code $(i)} counts the rounds from 0. */
  record Repeat(int times, List<Step> steps) implements Step {
    public Repeat {
      steps = List.copyOf(steps);
    }
  }

  /** Runs a request and its reply again and again until the reply is the expected one. */
  record Eventually(int millis, List<Step> steps) implements Step {
    public Eventually {
      steps = List.copyOf(steps);
    }
  }

  /** Runs one of {@link Programs}. */
  record Program(String name, Map<String, Integer> parameters) implements Step {
    public Program {
      parameters = Map.copyOf(parameters);
    }
  }
}
