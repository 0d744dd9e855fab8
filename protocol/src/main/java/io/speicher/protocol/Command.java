package io.speicher.protocol;

import java.nio.ByteBuffer;

/**
 * What a server can be asked to do, whatever dialect it was asked in.
 *
 * <p>The buffers of a decoded command are views of what was read from the network: they are valid
 * until the command has been executed and the next one is decoded. Keys are 1 to {@link
 * Limits#MAX_KEY_BYTES} bytes long.
 */
public sealed interface Command {

  /** Answered with {@link Reply.Value} or {@link Reply.Miss}. */
  record Get(ByteBuffer key) implements Command {}

  /**
   * Answered with {@link Reply.Done}. Replaces what was there, its time to live included.
   *
   * @param ttlMillis from 1 to {@link Limits#MAX_TTL_MILLIS}, or {@link #NO_TTL}
   */
  record Set(ByteBuffer key, ValueKind kind, ByteBuffer value, long ttlMillis) implements Command {
    /** The item stays until it is deleted or room is needed. */
    public static final long NO_TTL = 0;
  }

  /** Answered with {@link Reply.Done} if there was such an item, else with {@link Reply.Miss}. */
  record Delete(ByteBuffer key) implements Command {}

  /** Removes every item. Answered with {@link Reply.Done}. */
  record Clear() implements Command {}

  /** Does nothing. Answered with {@link Reply.Done}. */
  record Ping() implements Command {}

  /**
   * Something that was read to its end but is no command. Answered with {@link Reply.Refused}; the
   * next command starts where it should.
   *
   * @param why one sentence for the peer, without any of its keys and values
   */
  record Malformed(String why) implements Command {}
}
