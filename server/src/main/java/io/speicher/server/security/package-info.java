/**
 * What keeps others out: users, their passwords, and whether a password is right; and TLS, with the
 * files that it is made of.
 *
 * <p>What a command needs is known to {@code server.command} alone, and {@code server.net} asks for
 * an engine of TLS for each connection. Nothing here knows connections, dialects' bytes or the
 * store. No password is kept, logged or part of any message.
 */
@NullMarked
package io.speicher.server.security;

import org.jspecify.annotations.NullMarked;
