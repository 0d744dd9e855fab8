package io.speicher.protocol;

import java.util.List;

/**
 * A command that took long.
 *
 * @param id greater than those of all before it
 * @param atMillis when it was noted, since 1970
 * @param micros how long the event loop took to execute it
 * @param words its name and its keys, which are cut, each char a byte; never a value
 * @param peer address and port of the client
 * @param client what the client calls itself, or empty
 */
public record SlowCommand(
    long id, long atMillis, long micros, List<String> words, String peer, String client) {}
