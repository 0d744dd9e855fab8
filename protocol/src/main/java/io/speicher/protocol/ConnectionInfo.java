package io.speicher.protocol;

/**
 * What a server knows of one of its connections.
 *
 * @param id greater than those of all connections before it
 * @param peer address and port of the client, {@code 127.0.0.1:50000}
 * @param local address and port that it connected to
 * @param name what the client gave itself, or empty
 * @param library name and version of the client library, each may be empty
 * @param ageMillis since it connected
 * @param idleMillis since it was last heard
 * @param lastCommand what it was asked last, or empty
 * @param self whether it is the one that asks
 */
public record ConnectionInfo(
    long id,
    String peer,
    String local,
    String name,
    String library,
    String libraryVersion,
    long ageMillis,
    long idleMillis,
    String lastCommand,
    boolean self) {}
