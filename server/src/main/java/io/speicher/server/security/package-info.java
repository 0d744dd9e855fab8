/**
 * What keeps others out: users, their passwords, and whether a password is right; TLS, and the files
 * that it is made of.
 *
 * <p>What a command needs is known to {@code server.command} alone. Nothing here knows connections,
 * dialects' bytes or the store; {@code server.net} asks it for an engine for each connection. No
 * password is kept, logged or part of any message.
 */
@NullMarked
package io.speicher.server.security;

import org.jspecify.annotations.NullMarked;
