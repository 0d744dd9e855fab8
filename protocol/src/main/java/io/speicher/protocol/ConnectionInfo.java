package io.speicher.protocol;

/**
 * What a server knows of one of its connections.
 *
 * @param id greater than those of all connections before it
 * @param peer address and port of the client, {@code 127.0.0.1:50000}
 * @param local address and port that it connected to
 * @param socketFile whether it came by a Unix domain socket, whose path both addresses are then
 * @param user who the client is to the server
 * @param name what the client gave itself, or empty
 * @param library name and version of the client library, each may be empty
 * @param ageMillis since it connected
 * @param idleMillis since it was last heard
 * @param lastCommand what it was asked last, or empty
 * @param self whether it is the one that asks
 * @param resp3 whether it speaks RESP3
 * @param touches whether its reads count as uses of items
 * @param database the one that it has chosen
 * @param queuedCommands how many wait for the end of its transaction, or -1 if it has begun none
 * @param queuedBytes what these take
 * @param receivedBytes what was received from it and has not been executed
 * @param unsentBytes what waits to be sent to it
 * @param heldBytes the memory that it holds in all, outside the heap
 */
public record ConnectionInfo(
    long id,
    String peer,
    String local,
    boolean socketFile,
    String user,
    String name,
    String library,
    String libraryVersion,
    long ageMillis,
    long idleMillis,
    String lastCommand,
    boolean self,
    boolean resp3,
    boolean touches,
    int database,
    int queuedCommands,
    long queuedBytes,
    long receivedBytes,
    long unsentBytes,
    long heldBytes) {}
