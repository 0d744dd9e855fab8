package io.speicher.protocol;

import org.jspecify.annotations.Nullable;

/**
 * Something that was denied to a peer, once or more often.
 *
 * @param id greater than those of all that were denied before it for the first time
 * @param inTransaction whether it was an element of a transaction
 * @param object the command, or the key, or how the peer wanted to say who it is; each byte is a
 *     character
 * @param user who the peer was, or said it was
 * @param peer what the connection was like at the last time; null if too much was denied at a time
 */
public record Denial(
    long id,
    long count,
    Reply.Denied reason,
    boolean inTransaction,
    String object,
    String user,
    long firstMillis,
    long lastMillis,
    @Nullable ConnectionInfo peer) {}
