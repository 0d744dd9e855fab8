/**
 * Brings commands to a server and replies back.
 *
 * <p>A call becomes a {@code PendingCommand}. The {@code ServerBackend} chooses one of a few {@code
 * Dispatcher}s, each of which has one connection: it keeps the command until there is a connection,
 * and connects again when it is lost. A {@code Connection} sends the command and finds its reply.
 * {@code Deadlines} knows when time is over. {@code Callbacks} completes futures where a callback
 * may block. It knows nothing of values and codecs.
 */
@NullMarked
package io.speicher.client.net;

import org.jspecify.annotations.NullMarked;
