/**
 * The Java client: {@link io.speicher.client.SpeicherClient} is where to start.
 *
 * <p>A {@link io.speicher.client.Cache} has the operations, a {@link io.speicher.client.Codec} says
 * what the values are, a {@link io.speicher.client.SpeicherException} says what went wrong and
 * whether the server may have done it all the same.
 *
 * <p>Inside, a call becomes a {@code PendingCommand}; the {@code Dispatcher} keeps it until there
 * is a connection, and reconnects; a {@code Connection} sends it and finds its reply. The sockets
 * are the JDK's, and one thread receives for all callers. The client does not pool connections,
 * does not retry, and keeps no values of its own.
 */
@NullMarked
package io.speicher.client;

import org.jspecify.annotations.NullMarked;
