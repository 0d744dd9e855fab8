/**
 * Who may do what: users, their passwords, and whether a password is right.
 *
 * <p>What a command needs is known to {@code server.command} alone. Nothing here knows connections,
 * dialects' bytes or the store. No password is kept, logged or part of any message.
 */
@NullMarked
package io.speicher.server.security;

import org.jspecify.annotations.NullMarked;
