/**
 * What keeps others out: TLS, and the files that it is made of. It knows no connection; {@code
 * server.net} asks it for an engine for each.
 */
@NullMarked
package io.speicher.server.security;

import org.jspecify.annotations.NullMarked;
