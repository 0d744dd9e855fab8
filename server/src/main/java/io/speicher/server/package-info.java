/**
 * The server.
 *
 * <p>{@link io.speicher.server.SpeicherServer} puts it together: event loops, {@code
 * ServerPipeline} for each connection, one {@code CommandExecutor}, and a store. A request passes
 * {@code ConnectionHandler}, the decoder of its dialect, {@code CommandExecutor}, the store and the
 * encoder, all on the connection's event loop; docs/architecture.md walks through it.
 *
 * <p>{@link io.speicher.server.ServerCommand} is the command line around it: settings, signals,
 * messages for a person.
 */
@NullMarked
package io.speicher.server;

import org.jspecify.annotations.NullMarked;
