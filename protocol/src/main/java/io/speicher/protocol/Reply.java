package io.speicher.protocol;

import java.nio.ByteBuffer;

/** What a server answers to a {@link Command}, whatever dialect it was asked in. */
public sealed interface Reply {
  /** The status code of the replies that the server itself refuses. */
  int BAD_REQUEST = 400;

  /** The status code of a server that could not do what it was asked. */
  int UNAVAILABLE = 503;

  /** It is done, and there is nothing more to say. */
  record Done() implements Reply {
    public static final Done DONE = new Done();
  }

  /** There is no such key. */
  record Miss() implements Reply {
    public static final Miss MISS = new Miss();
  }

  /**
   * The value that was asked for.
   *
   * @param bytes a view: who receives the reply copies what it keeps
   */
  record Value(ValueKind kind, ByteBuffer bytes) implements Reply {}

  /**
   * The command is wrong, and sending it again will not help.
   *
   * @param statusCode 400 to 499
   * @param message one sentence for a person
   */
  record Refused(int statusCode, String message) implements Reply {}

  /**
   * The server could not do it.
   *
   * @param statusCode 500 to 599
   * @param message one sentence for a person
   */
  record Failed(int statusCode, String message) implements Reply {}
}
