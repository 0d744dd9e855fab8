/**
 * The Java client: {@link io.speicher.client.Speicher} is where to start.
 *
 * <p>A {@link io.speicher.client.Cache} has the operations, a {@link io.speicher.client.Codec} says
 * what the values are, a {@link io.speicher.client.exception.SpeicherException} says what went
 * wrong and whether the server may have done it all the same.
 *
 * <p>Inside, a cache makes commands of calls and values of replies; a {@code Backend} executes the
 * commands: a server in {@code net}, or a map in this process. No class here knows sockets.
 */
@NullMarked
package io.speicher.client;

import org.jspecify.annotations.NullMarked;
