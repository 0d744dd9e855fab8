/**
 * The store of the server behind the interface of the client, in one process. {@link
 * io.speicher.embedded.Embedded} opens it; {@code EmbeddedBackend} executes commands on it. There
 * are no sockets, no users and no other dialects: {@code server} has these.
 */
@NullMarked
package io.speicher.embedded;

import org.jspecify.annotations.NullMarked;
