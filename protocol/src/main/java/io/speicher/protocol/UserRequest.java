package io.speicher.protocol;

import java.util.List;

/** What can be asked of the users that a server knows. */
public sealed interface UserRequest {

  /** Answered with {@link Reply.Users}, in the order of their names. */
  record ListAll() implements UserRequest {}

  /** Answered with {@link Reply.Users}, of one, or {@link Reply.Miss}. */
  record Find(String name) implements UserRequest {}

  /**
   * Changes a user, or makes one who may do nothing before. Answered with {@link Reply.Done}, or
   * with {@link Reply.Refused}, and nothing is changed, if a rule makes no sense.
   *
   * @param rules as Redis spells them; they may hold passwords, so that nobody may log them
   */
  record Change(String name, List<String> rules) implements Mutation {
    @Override
    public String toString() {
      return "Change[name=" + name + "]";
    }
  }

  /** Removes users, and ends their connections: {@link Reply.Count}, how many there were. */
  record Remove(List<String> names) implements Mutation {}

  /** Reads the users from their file again: {@link Reply.Done}, {@link Reply.Failed}. */
  record Load() implements Mutation {}

  /** Writes the users to their file: {@link Reply.Done}, {@link Reply.Failed}. */
  record Save() implements Mutation {}

  /**
   * Whether a user may do something, which is not done: {@link Reply.Permission}, or {@link
   * Reply.Miss} if there is no such user.
   *
   * @param commandName what its dialect calls the command
   */
  record Try(String name, String commandName, Command command) implements UserRequest {}

  /** What was denied lately, the last first: {@link Reply.Denials}. */
  record ListDenials(int max) implements UserRequest {}

  /** Forgets what was denied: {@link Reply.Done}. */
  record ForgetDenials() implements UserRequest {}

  /** Changes users. It is done elsewhere, and takes its time. */
  sealed interface Mutation extends UserRequest {}
}
